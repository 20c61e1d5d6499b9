/** A real product-management in a process of its own, for the tests of a service that calls it. */
import { join } from "node:path";
import { ProcessJournal } from "./journal.ts";
import { freePort } from "./ports.ts";
import { type Service, startService } from "./service_process.ts";
import { createPostgresDatabase, createTestFolder } from "./setup.ts";
import type { TestIssuer } from "./test_issuer.ts";

/** A service that serves, and where. */
export interface RunningProducts {
  /** Its base URL. */
  readonly url: string;
  /** Its database. */
  readonly storeUrl: string;
  /** To be killed, frozen and started again. */
  readonly service: Service;
  stop(): Promise<void>;
}

/** Starts it on a fresh Postgres database; it takes the tokens of the test issuer. */
export async function startProductManagement({ issuer, jwksUrl }: TestIssuer): Promise<RunningProducts> {
  const [port, { url: storeUrl }] = await Promise.all([freePort(), createPostgresDatabase()]);
  const folder = createTestFolder();
  const service = await startService({
    name: "product-management",
    port,
    environment: () => ({
      PATH: process.env.PATH ?? "",
      PORT: String(port),
      STORE_URL: storeUrl,
      ISSUER: issuer,
      JWKS_URL: jwksUrl,
      CHECK_RESPONSES: "true",
    }),
    logFile: join(folder, "product-management.log"),
    journal: await ProcessJournal.open(folder),
  });
  return { url: `http://127.0.0.1:${port}`, storeUrl, service, stop: () => service.stop() };
}
