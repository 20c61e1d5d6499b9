import type { Postgres } from "#platform/postgres.ts";
import { audited } from "#platform/postgres_audit.ts";
import type { StoredKey } from "../signing_key.ts";
import type { SigningKeyStore } from "./mod.ts";

/** Sealed signing keys in Postgres. */
export function createPostgresSigningKeys(database: Postgres): SigningKeyStore {
  return {
    async list() {
      const rows = await database.query<{ [Name in keyof StoredKey]: StoredKey[Name] }>`
        SELECT generation, kid, public_key, sealed_key, signs_from, withdrawn_at FROM signing_keys ORDER BY generation`;
      return [...rows];
    },

    add({ generation, kid, publicKey, sealedKey, signsFrom }, event) {
      return audited(database, event, async (sql) => {
        const { count } = await sql`
          INSERT INTO signing_keys (generation, kid, public_key, sealed_key, signs_from)
          VALUES (${generation}, ${kid}, ${publicKey}, ${sealedKey}, ${signsFrom})
          ON CONFLICT (generation) DO NOTHING`;
        return count === 1;
      });
    },

    withdraw(kid, event) {
      return audited(database, event, async (sql) => {
        const { count } =
          await sql`UPDATE signing_keys SET withdrawn_at = now() WHERE kid = ${kid} AND withdrawn_at IS NULL`;
        return count === 1;
      });
    },
  };
}
