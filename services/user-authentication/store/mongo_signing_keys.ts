import type { Mongo } from "#platform/mongo.ts";
import { audited } from "#platform/mongo_audit.ts";
import { duplicateKey } from "#platform/mongo_faults.ts";
import type { StoredKey } from "../signing_key.ts";
import type { SigningKeyStore } from "./mod.ts";

/** The generation is the id: of two replicas that make the next key at once, one wins. */
type KeyDocument = Omit<StoredKey, "generation" | "withdrawnAt"> & { _id: number; withdrawnAt?: Date };

/** Makes the collection of signing keys. */
export async function prepareSigningKeys(database: Mongo): Promise<void> {
  const text = { bsonType: "string", minLength: 1 };
  const properties = {
    ...{ _id: { bsonType: "number", minimum: 1 }, kid: text, publicKey: text, sealedKey: text },
    signsFrom: { bsonType: "date" },
  };
  await database.prepare("signingKeys", {
    validator: {
      $jsonSchema: {
        required: Object.keys(properties),
        properties: { ...properties, withdrawnAt: { bsonType: "date" } },
        additionalProperties: false,
      },
    },
    indexes: [{ name: "signing_keys_kid", key: { kid: 1 }, unique: true }],
  });
}

/** Sealed signing keys in MongoDB. */
export function createMongoSigningKeys(database: Mongo): SigningKeyStore {
  const keys = database.collection<KeyDocument>("signingKeys");
  return {
    async list() {
      const documents = await keys.find({}, { hint: { _id: 1 } }).toArray();
      return documents.map(({ _id, withdrawnAt = null, ...key }) => ({ ...key, generation: _id, withdrawnAt }));
    },

    async add({ generation, withdrawnAt: _, ...key }, event) {
      try {
        await audited(database, event, (session) =>
          keys.insertOne({ _id: generation, ...key }, session && { session }),
        );
        return true;
      } catch (error) {
        if (duplicateKey(error)) return false;
        throw error;
      }
    },

    withdraw(kid, event) {
      return audited(database, event, async (session) => {
        const filter = { kid, withdrawnAt: { $exists: false } };
        const update = { $currentDate: { withdrawnAt: true } } as const;
        return (await keys.updateOne(filter, update, session && { session })).modifiedCount === 1;
      });
    },
  };
}
