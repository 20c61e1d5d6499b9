/** Makes one replica set of MongoDB servers and gives each service a user for its own database; does no harm when run again. */
import { MongoClient, MongoServerError } from "mongodb";

import { Env } from "#platform/config.ts";
import { reach } from "#platform/first_connection.ts";
import { runOnce } from "./run_once.ts";

/** What is made of the servers. */
export interface MongoDesign {
  /** `mongodb://root:password@member,member/admin?replicaSet=name`: the members as they see each other. */
  rootUrl: string;
  /** The stores of the services; the user of each is made for the database in its path. */
  serviceUrls: readonly string[];
  /** How long to wait for the servers, in milliseconds. */
  withinMs: number;
}

const SELECTION_MS = 5_000;
const ALREADY_INITIALIZED = 23;
/** Of an engine that is always a set of one. */
const COMMAND_NOT_FOUND = 59;
const USER_EXISTS = 51_003;

/** @throws {StartFault} if it cannot be done within the time. */
export async function prepareMongo({ rootUrl, serviceUrls, withinMs }: MongoDesign): Promise<void> {
  // A server that initializes itself refuses a login that it takes a second later.
  const isRefusal = (): boolean => false;
  await reach("the first member of the replica set", () => initiate(rootUrl), { withinMs, isRefusal });
  await reach("the primary of the replica set", () => keepUsers(rootUrl, serviceUrls), { withinMs, isRefusal });
}

async function initiate(rootUrl: string): Promise<void> {
  const { hosts, replicaSet, credentials } = new MongoClient(rootUrl).options;
  const client = new MongoClient(`mongodb://${hosts[0]}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: SELECTION_MS,
    ...(credentials && { auth: { username: credentials.username, password: credentials.password } }),
  });
  try {
    const hello = await client.db("admin").command({ hello: 1 });
    if (hello.setName) return;
    const members = hosts.map((host, index) => ({ _id: index, host: `${host}` }));
    await client.db("admin").command({ replSetInitiate: { _id: replicaSet, members } });
  } catch (error) {
    if (codeOf(error) !== ALREADY_INITIALIZED && codeOf(error) !== COMMAND_NOT_FOUND) throw error;
  } finally {
    await client.close();
  }
}

async function keepUsers(rootUrl: string, serviceUrls: readonly string[]): Promise<void> {
  const client = new MongoClient(rootUrl, { serverSelectionTimeoutMS: SELECTION_MS });
  try {
    for (const url of serviceUrls) await keepUser(client, url);
  } finally {
    await client.close();
  }
}

/** The user exists, with the password of its URL. */
async function keepUser(client: MongoClient, url: string): Promise<void> {
  const { credentials, dbName } = new MongoClient(url).options;
  if (!credentials) throw new Error("a service URL has no user");
  // dbAdmin changes a collection's validator; neither role reaches another database.
  const roles = ["readWrite", "dbAdmin"].map((role) => ({ role, db: dbName }));
  const account = { pwd: credentials.password, roles };
  try {
    await client.db(dbName).command({ createUser: credentials.username, ...account });
  } catch (error) {
    if (codeOf(error) !== USER_EXISTS) throw error;
    await client.db(dbName).command({ updateUser: credentials.username, ...account });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof MongoServerError ? error.code : undefined;
}

if (import.meta.main) {
  await runOnce(() => {
    const env = new Env(process.env);
    const rootUrl = env.url("ROOT_URL", { schemes: ["mongodb", "mongodb+srv"] });
    const serviceUrls = env.string("SERVICE_URLS").split(" ");
    const withinMs = env.integer("WITHIN_MS", { fallback: 120_000, min: 1 });
    env.check();
    return prepareMongo({ rootUrl, serviceUrls, withinMs });
  });
}
