import { type ManagedOptions, type ManagedProcess, startManaged } from "../managed_process.ts";

/** A running database server, as the stack, the tests and the fault drivers see it. */
export interface Engine extends ManagedProcess, EngineFacts {}

/** What there is to know of a database server. */
export interface EngineFacts {
  /** Such as `PostgreSQL`. */
  readonly name: string;
  readonly version: string;
  /** Of the server, without a database. */
  readonly url: string;
  /** Of a database on it, which need not exist yet. */
  databaseUrl(database: string): string;
}

/** Starts an engine and gives the handle to it. */
export async function startEngine(facts: EngineFacts, options: Omit<ManagedOptions, "name" | "kind">): Promise<Engine> {
  return Object.assign(await startManaged({ ...options, name: facts.name, kind: "engine" }), facts);
}
