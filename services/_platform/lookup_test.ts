import { expect, test } from "bun:test";
import type { LookupAddress } from "node:dns";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo } from "../_stack/setup.ts";
import { type AskDns, createLookup } from "./lookup.ts";
import { connectMongo } from "./mongo.ts";
import { connectPostgres } from "./postgres.ts";

const OLD: LookupAddress[] = [{ address: "192.0.2.1", family: 4 }];
const NEW: LookupAddress[] = [{ address: "192.0.2.2", family: 4 }];
const START_WITHIN_MS = 60_000;

/** A DNS whose answers the test gives, in the order of the questions. */
function createDns() {
  const questions: ((fault: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void)[] = [];
  const ask: AskDns = () =>
    new Promise((resolve, reject) => {
      questions.push((fault, addresses) => (fault ? reject(fault) : resolve(addresses)));
    });
  return { questions, find: findWith(createLookup({ ask, patienceMs: 20 })) };
}

function findWith(lookup: ReturnType<typeof createLookup>) {
  return (options: { all?: boolean } = { all: true }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lookup("db.test", options, (fault, ...answer) => (fault ? reject(fault) : resolve(answer)));
    });
}

const FAULT = Object.assign(new Error("queryA ESERVFAIL db.test"), { code: "ESERVFAIL" });

test("a name whose address nobody knows yet is waited for, and its fault is told", async () => {
  const { questions, find } = createDns();
  const finding = find();
  await Bun.sleep(60);
  questions[0]?.(null, OLD);
  expect(await finding).toEqual([OLD]);

  const other = createDns();
  const failing = other.find().catch((fault: unknown) => fault);
  other.questions[0]?.(FAULT, []);
  expect(await failing).toBe(FAULT);
});

test("while the DNS is silent or fails a name keeps its address, and has the new one as soon as it is told", async () => {
  const { questions, find } = createDns();
  const first = find();
  questions[0]?.(null, OLD);
  await first;

  expect(await find()).toEqual([OLD]); // silence
  expect(questions).toHaveLength(2);
  const failing = find();
  questions[2]?.(FAULT, []);
  expect(await failing).toEqual([OLD]);

  questions[1]?.(null, NEW); // late, and nobody is called a second time
  expect(await find()).toEqual([NEW]);
});

test("a socket that wants one address is given one", async () => {
  const { questions, find } = createDns();
  const finding = find({});
  questions[0]?.(null, OLD);
  expect(await finding).toEqual(["192.0.2.1", 4]);
});

/** Knows one name, which no DNS does. */
const local = createLookup({
  ask: async (hostname) => {
    if (hostname !== "db.test") throw FAULT;
    return [{ address: "127.0.0.1", family: 4 }];
  },
});

interface Opened {
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connects by that name. */
async function reachByName(
  { url }: { readonly url: string },
  connect: (options: { url: string; poolMax: number; timeoutMs: number; lookup: typeof local }) => Promise<Opened>,
): Promise<void> {
  const named = url.replace("127.0.0.1", "db.test");
  const database = await connect({ url: named, poolMax: 2, timeoutMs: 2000, lookup: local });
  await database.ping();
  await database.close();
}

test(
  "Postgres is reached at the address that it finds",
  async () => reachByName(await createPostgresDatabase(), connectPostgres),
  START_WITHIN_MS,
);

describeWithMongo("with MongoDB", () => {
  test(
    "it is reached at the address that it finds",
    async () => reachByName(await createMongoDatabase(), connectMongo),
    START_WITHIN_MS,
  );
});
