import type { Postgres, Rows, Sql } from "#platform/postgres.ts";
import { audited, auditInsert } from "#platform/postgres_audit.ts";
import { uniqueViolation } from "#platform/postgres_faults.ts";
import { insertRecord } from "#platform/postgres_idempotency.ts";
import { emailTaken, lastAdmin, type Role, type User, userNotFound, versionConflict } from "../user.ts";
import type { Account, UserStore } from "./mod.ts";

interface UserRow {
  id: string;
  email: string;
  emailVerified: boolean;
  displayName: string;
  roles: Role[];
  version: number;
  createdAt: Date;
  updatedAt: Date;
}
interface AccountRow extends UserRow {
  passwordHash: string;
  sessionEpoch: number;
}

/** Accounts in Postgres. */
export function createPostgresUsers(database: Postgres): UserStore {
  const { sql } = database;
  const columns = sql`id, email, email_verified, display_name, roles, version, created_at, updated_at`;
  const accountColumns = sql`${columns}, password_hash, session_epoch`;

  /** Says why no row had the id and the version. */
  async function refusal(id: string, version: number): Promise<Error> {
    const [row] = await database.query<Pick<UserRow, "version">>`SELECT version FROM users WHERE id = ${id}`;
    if (!row) return userNotFound();
    return row.version === version ? lastAdmin() : versionConflict(version, row.version);
  }

  return {
    async insert({ user, passwordHash }, record, event) {
      try {
        await database.transaction(async (tx) => {
          if (record) await insertRecord(tx, record);
          await insertUser(tx, user, passwordHash);
          if (event) await auditInsert(tx, event);
        });
      } catch (error) {
        throw uniqueViolation(error) === "users_email" ? emailTaken() : error;
      }
    },

    async find(id) {
      return toAccount(await database.query<AccountRow>`SELECT ${accountColumns} FROM users WHERE id = ${id}`);
    },

    async findByEmail(email) {
      return toAccount(await database.query<AccountRow>`SELECT ${accountColumns} FROM users WHERE email = ${email}`);
    },

    async list({ limit, email, before }) {
      const rows = await database.query<UserRow>`
        SELECT ${columns} FROM users
        WHERE true ${before ? sql`AND id < ${before}` : sql``} ${email ? sql`AND email = ${email}` : sql``}
        ORDER BY id DESC LIMIT ${limit}`;
      return rows.map(toUser);
    },

    async updateProfile(id, { version, displayName, now, event }) {
      const row = await audited(database, event, async (tx) => {
        const [updated] = await tx<UserRow[]>`
          UPDATE users
          SET display_name = coalesce(${displayName ?? null}, display_name), version = version + 1, updated_at = ${now}
          WHERE id = ${id} AND version = ${version}
          RETURNING ${columns}`;
        return updated;
      });
      if (!row) throw await refusal(id, version);
      return toUser(row);
    },

    async replaceRoles(id, { version, roles, now, event }) {
      const demotes = !roles.includes("admin");
      const row = await audited(database, event, async (tx) => {
        // Two admins who demote each other see each other's change, because each waits here for the other.
        if (demotes) await tx`SELECT id FROM users WHERE 'admin' = ANY (roles) ORDER BY id FOR UPDATE`;
        const [updated] = await tx<UserRow[]>`
          UPDATE users
          SET roles = ${[...roles]}, version = version + 1, session_epoch = session_epoch + 1, updated_at = ${now}
          WHERE id = ${id} AND version = ${version} AND (
            NOT ${demotes} OR NOT 'admin' = ANY (roles)
            OR EXISTS (SELECT FROM users AS other WHERE 'admin' = ANY (other.roles) AND other.id <> ${id}))
          RETURNING ${columns}`;
        return updated;
      });
      if (!row) throw await refusal(id, version);
      return toUser(row);
    },

    replacePassword(id, { from, to, event }) {
      return audited(database, event, async (tx) => {
        const { count } = await tx`
          UPDATE users SET password_hash = ${to}, session_epoch = session_epoch + 1
          WHERE id = ${id} AND password_hash = ${from}`;
        return count === 1;
      });
    },

    async replaceHash(id, { from, to }) {
      await database.query`UPDATE users SET password_hash = ${to} WHERE id = ${id} AND password_hash = ${from}`;
    },
  };
}

function insertUser(sql: Sql, user: User, passwordHash: string): Promise<unknown> {
  const { id, email, displayName, roles, version, createdAt, updatedAt } = user;
  return sql`
    INSERT INTO users (id, email, display_name, roles, password_hash, version, created_at, updated_at)
    VALUES (${id}, ${email}, ${displayName}, ${roles}, ${passwordHash}, ${version}, ${createdAt}, ${updatedAt})`;
}

function toAccount([row]: Rows<AccountRow>): Account | undefined {
  return row && { user: toUser(row), passwordHash: row.passwordHash, sessionEpoch: row.sessionEpoch };
}

function toUser({ id, email, emailVerified, displayName, roles, version, createdAt, updatedAt }: UserRow): User {
  return {
    id,
    email,
    emailVerified,
    displayName,
    roles,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
