/** Copies a MongoDB database as it is at one moment, and writes such a copy into another one. */
import { BSON, type ClientSession, type Db, type Document, MongoClient, MongoServerError, Timestamp } from "mongodb";
import { type CopiedDatabase, type CopiedTable, readCopy, writeCopy } from "./copy_files.ts";
import type { Source } from "./copy_postgres.ts";

const CONNECT_MS = 10_000;
const BATCH = 500;
const LENGTH_BYTES = 4;

/** Connects to a database that shall be copied. */
export async function openMongo(url: string): Promise<Source> {
  const client = await connect(url);
  const db = client.db();
  const [first] = await collectionsOf(db);
  const isByMoment = first === undefined || (await knowsMoments(db, first));
  return {
    async openSnapshot() {
      const names = await collectionsOf(db);
      const session = await openSession(client, { collection: names[0], isByMoment });
      return (folder, service) => copyAll(db, names, { session, folder, service });
    },
    close: () => client.close(),
  };
}

/**
 * Writes a copy into a database; the services make its indexes at their next start.
 *
 * @param replace Drops what is there; else only an empty database is taken.
 * @throws {Error} if a collection is not empty.
 */
export async function restoreMongo(
  url: string,
  copy: CopiedDatabase,
  { folder, replace }: { readonly folder: string; readonly replace: boolean },
): Promise<void> {
  const client = await connect(url);
  try {
    const db = client.db();
    for (const name of await collectionsOf(db)) {
      if (replace) await db.collection(name).drop();
      else if (await db.collection(name).findOne({})) {
        throw new Error(`collection ${name} is not empty: --replace empties it`);
      }
    }
    for (const table of copy.tables) await restoreCollection(db, table, folder);
  } finally {
    await client.close();
  }
}

async function connect(url: string): Promise<MongoClient> {
  // Numbers and dates go through as they came.
  const raw = { promoteValues: false, promoteBuffers: false, promoteLongs: false } as const;
  const options = { serverSelectionTimeoutMS: CONNECT_MS, connectTimeoutMS: CONNECT_MS, ...raw };
  return new MongoClient(url, { ...options, writeConcern: { w: "majority", journal: true } }).connect();
}

async function collectionsOf(db: Db): Promise<string[]> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  return collections
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("system."))
    .sort();
}

/** A session that sees one moment, that of its first read, which is made here. */
async function openSession(
  client: MongoClient,
  { collection, isByMoment }: { readonly collection: string | undefined; readonly isByMoment: boolean },
): Promise<ClientSession> {
  const session = client.startSession(isByMoment ? { snapshot: true } : {});
  if (!isByMoment) session.startTransaction({ readConcern: { level: "snapshot" } }); // the same, for as long as a transaction may take
  if (collection !== undefined) await client.db().collection(collection).findOne({}, { session });
  return session;
}

/** MongoDB refuses to read what was at a moment that it has forgotten; an engine that answers has not looked at the moment at all. */
async function knowsMoments(db: Db, collection: string): Promise<boolean> {
  const readConcern = { level: "snapshot", atClusterTime: new Timestamp({ t: 1, i: 1 }) };
  return db.command({ find: collection, filter: {}, limit: 1, readConcern }).then(
    () => false,
    (error) => {
      if (error instanceof MongoServerError) return true;
      throw error;
    },
  );
}

interface Copying {
  readonly session: ClientSession;
  readonly folder: string;
  readonly service: string;
}

async function copyAll(
  db: Db,
  names: readonly string[],
  { session, folder, service }: Copying,
): Promise<CopiedDatabase> {
  const copied: CopiedTable[] = [];
  for (const name of names) {
    let rows = 0;
    const cursor = db.collection(name).find({}, { session, batchSize: BATCH });
    const documents = (async function* (): AsyncGenerator<Buffer> {
      for await (const document of cursor) {
        rows++;
        yield Buffer.from(BSON.serialize(document));
      }
    })();
    const file = await writeCopy(folder, `${service}/${name}.bson.gz`, documents); // as mongodump has it
    copied.push({ name, rows, file });
  }
  return { engine: "mongo", tables: copied };
}

async function restoreCollection(db: Db, { name, rows, file }: CopiedTable, folder: string): Promise<void> {
  let batch: Document[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await db.collection(name).insertMany(batch);
    count += batch.length;
    batch = [];
  };
  for await (const document of documentsOf(readCopy(folder, file))) {
    batch.push(document);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  if (count !== rows) throw new Error(`${name} has ${count} documents, and the copy ${rows}`);
}

/** Each begins with its length. */
async function* documentsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Document> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < LENGTH_BYTES) break;
      const length = rest.readInt32LE(0);
      if (rest.length < length) break;
      yield BSON.deserialize(rest.subarray(0, length), { promoteValues: false, promoteBuffers: false });
      rest = rest.subarray(length);
    }
  }
  if (rest.length > 0) throw new Error("a copy ends in the middle of a document");
}
