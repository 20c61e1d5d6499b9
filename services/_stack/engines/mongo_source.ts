import type { ProcessJournal } from "../journal.ts";
import type { Engine } from "./engine.ts";

/** A MongoDB that can be started. */
export interface MongoSource {
  /** `MongoDB` or `SecantusDB`. */
  readonly name: string;
  readonly version: string;
  /** Where it comes from, for the reader: `mongod on PATH`. */
  readonly origin: string;
  start(options: MongoStart): Promise<Engine>;
}

/** Where and how to run it. */
export interface MongoStart {
  /** Holds the data and the port; made on the first start. */
  readonly folder: string;
  /** Where the server's log goes; `server.log` in the folder unless told. */
  readonly logFile?: string;
  readonly journal?: ProcessJournal;
  /** Its data may go with it: it is ended by SIGKILL, and has fail points. */
  readonly disposable?: boolean;
  /** Keeps what it acknowledged over a `kill -9` even if it is disposable; slower. */
  readonly durable?: boolean;
}

/** There is none, and why, in one line. */
export interface MongoMissing {
  readonly missing: string;
}
