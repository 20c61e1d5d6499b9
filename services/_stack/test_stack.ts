import { dropDatabase } from "./engines/mongo_hello.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import type { NatsSource } from "./engines/nats.ts";
import { preparePostgresTemplate } from "./engines/postgres.ts";
import { CACHE_FOLDER } from "./paths.ts";
import { freePorts } from "./ports.ts";
import { randomSecret } from "./secrets.ts";
import { byService } from "./service_names.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";
import { createTestFolder, removeTestFolder, sweepTestFolders } from "./test_folder.ts";

/** What a test may ask of its stack. */
export interface TestStackOptions
  extends Pick<StackOptions, "adjust" | "durable" | "furtherPorts" | "mainFiles" | "signal"> {
  /** Where users and products live; in Postgres if not given. */
  readonly mongo?: MongoSource;
  /** The broker of events, if there shall be one. */
  readonly nats?: NatsSource;
  /** Further settings for all services. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The whole system on free ports with data of its own, replies checked against the contract; `stop()` removes the data.
 * What a killed test left is ended by the next one.
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<Stack> {
  const { mongo, environment, ...others } = options;
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
    ...others,
  }).catch((error: unknown) => {
    removeTestFolder(dataFolder);
    throw error;
  });
  return {
    ...stack,
    async stop() {
      await stack.stop();
      if (mongo?.origin === "MONGODB_URL") await Promise.all(mongoUrls(stack).map(dropDatabase)); // nothing of ours stays
      removeTestFolder(dataFolder);
    },
  };
}

function mongoUrls({ storeUrls }: Stack): readonly string[] {
  return Object.values(storeUrls).filter((url) => url.startsWith("mongodb"));
}
