import { MongoClient } from "mongodb";
import type { MongoSource } from "./engines/mongo.ts";
import { preparePostgresTemplate } from "./engines/postgres.ts";
import { CACHE_FOLDER } from "./paths.ts";
import { freePorts } from "./ports.ts";
import { randomSecret } from "./secrets.ts";
import { byService } from "./service_names.ts";
import { type Stack, startStack } from "./stack.ts";
import { createTestFolder, removeTestFolder, sweepTestFolders } from "./test_folder.ts";

/** What a test may ask of its stack. */
export interface TestStackOptions {
  /** Where users and products live; in Postgres if not given. */
  readonly mongo?: MongoSource;
  /** Further settings for all services. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The whole system on free ports with data of its own, replies checked against the contract; `stop()` removes the data.
 * What a killed test left is ended by the next one.
 */
export async function startTestStack({ mongo, environment }: TestStackOptions = {}): Promise<Stack> {
  await sweepTestFolders();
  const ports = await freePorts(3);
  const dataFolder = createTestFolder();
  const stack = await startStack({
    dataFolder,
    ports: byService((_, index) => ports[index]!), // as many as there are services
    postgresTemplate: await preparePostgresTemplate(CACHE_FOLDER),
    environment: { CHECK_RESPONSES: "true", ...environment },
    disposable: true,
    mongoSuffix: `_${randomSecret().replaceAll(/[^A-Za-z0-9]/g, "")}`,
    ...(mongo && { mongo }),
  });
  return {
    ...stack,
    async stop() {
      if (mongo?.origin === "MONGODB_URL") await dropDatabases(stack);
      await stack.stop();
      removeTestFolder(dataFolder);
    },
  };
}

/** On somebody else's server nothing of ours stays. */
async function dropDatabases({ storeUrls }: Stack): Promise<void> {
  for (const url of Object.values(storeUrls).filter((url) => url.startsWith("mongodb"))) {
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
    try {
      await client.db().dropDatabase();
    } finally {
      await client.close();
    }
  }
}
