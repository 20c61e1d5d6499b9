import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { keptPort } from "../ports.ts";

/** Where a database server lives. */
export interface ServerFolder {
  /** Without links: what the operating system says of the server's folder can be compared with it. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly logFile: string;
  /** The one of the last start, if it is free. */
  readonly port: number;
}

/** Makes the folder of a server if need be, closed to everybody else, and finds its port. */
export async function openServerFolder(options: { folder: string; logFile?: string }): Promise<ServerFolder> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  const logFile = options.logFile ?? join(folder, "server.log");
  return { folder, dataFolder: join(folder, "data"), logFile, port: await keptPort(folder) };
}
