import type { ClientSession, Filter } from "mongodb";
import type { Mongo } from "#platform/mongo.ts";
import { audited, insertEvent } from "#platform/mongo_audit.ts";
import { duplicateKey } from "#platform/mongo_faults.ts";
import { insertRecord } from "#platform/mongo_idempotency.ts";
import { emailTaken, lastAdmin, type Role, type User, userNotFound, versionConflict } from "../user.ts";
import type { Account, NewAccount, RolesEdit, UserStore } from "./mod.ts";

interface UserDocument {
  _id: string;
  email: string;
  /** Accounts of before have none. */
  emailVerified?: boolean;
  displayName: string;
  roles: Role[];
  passwordHash: string;
  sessionEpoch: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Written by each transaction that may take an admin away, so that of two at once one waits. */
interface GuardDocument {
  _id: "admins";
  sequence: number;
}

const ADMINS_GUARD = { _id: "admins" } as const;

/** Makes the collections of accounts. */
export async function prepareUsers(database: Mongo): Promise<void> {
  const text = { bsonType: "string", minLength: 1 };
  const count = { bsonType: "number", minimum: 1 };
  const properties = {
    ...{ _id: text, email: text, displayName: text, passwordHash: text, sessionEpoch: count, version: count },
    roles: { bsonType: "array", minItems: 1, uniqueItems: true, items: { enum: ["customer", "admin"] } },
    ...{ createdAt: { bsonType: "date" }, updatedAt: { bsonType: "date" } },
  };
  await database.prepare("users", {
    validator: {
      $jsonSchema: {
        required: Object.keys(properties),
        properties: { ...properties, emailVerified: { bsonType: "bool" } },
        additionalProperties: false,
      },
    },
    indexes: [
      { name: "users_email", key: { email: 1 }, unique: true },
      { name: "users_admins", key: { roles: 1, _id: 1 }, partialFilterExpression: { roles: "admin" } },
    ],
  });
  await database.prepare("guards", {});
  const guards = database.collection<GuardDocument>("guards");
  await guards.updateOne(ADMINS_GUARD, { $setOnInsert: { sequence: 0 } }, { upsert: true }).catch(ignoreDuplicate);
}

/** Accounts in MongoDB. */
export function createMongoUsers(database: Mongo): UserStore {
  const users = database.collection<UserDocument>("users");
  const guards = database.collection<GuardDocument>("guards");

  /** Says why no document had the id and the version. */
  async function refusal(id: string, version: number): Promise<Error> {
    const document = await users.findOne({ _id: id }, { projection: { version: 1 } });
    return document ? versionConflict(version, document.version) : userNotFound();
  }

  async function replaceRoles(
    id: string,
    { version, roles, now }: RolesEdit,
    { session, demotes }: { session: ClientSession | undefined; demotes: boolean },
  ): Promise<User> {
    const before = await users.findOneAndUpdate(
      { _id: id, version },
      { $set: { roles: [...roles], updatedAt: now }, $inc: { version: 1, sessionEpoch: 1 } },
      { returnDocument: "before", ...(session && { session }) },
    );
    if (!before) throw await refusal(id, version);
    if (session && demotes && before.roles.includes("admin")) {
      const others = { roles: "admin", _id: { $ne: id } } as const;
      if (!(await users.findOne(others, { session, hint: "users_admins", projection: { _id: 1 } }))) throw lastAdmin();
    }
    return toUser({ ...before, roles: [...roles], version: version + 1, updatedAt: now });
  }

  return {
    async insert(account, record, event) {
      const document = toDocument(account);
      try {
        if (!record && !event) await users.insertOne(document);
        else {
          await database.transaction(async (session) => {
            if (record) await insertRecord(database, record, session);
            await users.insertOne(document, { session });
            if (event) await insertEvent(database, event, session);
          });
        }
      } catch (error) {
        throw duplicateKey(error) && (await users.findOne({ email: document.email })) ? emailTaken() : error;
      }
    },

    async find(id) {
      return toAccount(await users.findOne({ _id: id }));
    },

    async findByEmail(email) {
      return toAccount(await users.findOne({ email }));
    },

    async list({ limit, email, before }) {
      const filter: Filter<UserDocument> = { ...(email && { email }), ...(before && { _id: { $lt: before } }) };
      const hint = email ? "users_email" : { _id: 1 };
      const documents = await users.find(filter, { hint }).sort({ _id: -1 }).limit(limit).toArray();
      return documents.map(toUser);
    },

    async updateProfile(id, { version, displayName, now, event }) {
      const document = await audited(database, event, (session) =>
        users.findOneAndUpdate(
          { _id: id, version },
          { $set: { updatedAt: now, ...(displayName !== undefined && { displayName }) }, $inc: { version: 1 } },
          { returnDocument: "after", ...(session && { session }) },
        ),
      );
      if (!document) throw await refusal(id, version);
      return toUser(document);
    },

    replaceRoles(id, edit) {
      const demotes = !edit.roles.includes("admin");
      const { event } = edit;
      if (!demotes) return audited(database, event, (session) => replaceRoles(id, edit, { session, demotes }));
      return database.transaction(async (session) => {
        await guards.updateOne(ADMINS_GUARD, { $inc: { sequence: 1 } }, { session });
        const user = await replaceRoles(id, edit, { session, demotes });
        if (event) await insertEvent(database, event, session);
        return user;
      });
    },

    replacePassword(id, { from, to, event }) {
      const update = { $set: { passwordHash: to }, $inc: { sessionEpoch: 1 } };
      return audited(database, event, async (session) => {
        const options = session && { session };
        const { modifiedCount } = await users.updateOne({ _id: id, passwordHash: from }, update, options);
        return modifiedCount === 1;
      });
    },

    async replaceHash(id, { from, to }) {
      await users.updateOne({ _id: id, passwordHash: from }, { $set: { passwordHash: to } });
    },
  };
}

function toDocument({ user, passwordHash }: NewAccount): UserDocument {
  const { id, createdAt, updatedAt, ...rest } = user;
  const times = { createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) };
  return { _id: id, ...rest, passwordHash, sessionEpoch: 1, ...times };
}

function toAccount(document: UserDocument | null): Account | undefined {
  if (!document) return undefined;
  return { user: toUser(document), passwordHash: document.passwordHash, sessionEpoch: document.sessionEpoch };
}

function toUser({ _id, email, emailVerified = false, createdAt, updatedAt, ...rest }: UserDocument): User {
  const { displayName, roles, version } = rest;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id: _id, email, emailVerified, displayName, roles, version, ...times };
}

function ignoreDuplicate(error: unknown): void {
  if (!duplicateKey(error)) throw error;
}
