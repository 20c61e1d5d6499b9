import { beforeAll, describe, expect, test } from "bun:test";
import { operatorEvent } from "#platform/audit.ts";
import type { NewMailToken, Store } from "./mod.ts";
import { type Replicas, race, type Stores } from "./replicas_fixture.ts";
import { LATER, sampleAccount } from "./samples.ts";

/** Promises about tokens that are sent by mail. */
export function testMailTokens({ shared }: Stores): void {
  describe("mail tokens", () => {
    let replicas: Replicas;
    let store: Store;

    beforeAll(async () => {
      replicas = await shared();
      store = replicas.first;
    });

    /** An account, and a token for it that no other test has. */
    async function issue(change: Partial<NewMailToken> = {}): Promise<{ id: string; hash: string }> {
      const account = sampleAccount();
      await store.users.insert(account);
      const token = { hash: `$hash.${Bun.randomUUIDv7()}`, userId: account.user.id, epoch: 1, lifetimeMs: 60_000 };
      await store.mailTokens.issue({ ...token, ...change });
      return { id: token.userId, hash: change.hash ?? token.hash };
    }

    const eventOf = (id: string) =>
      operatorEvent(Bun.randomUUIDv7(), { action: "email-verified", target: { kind: "user", id } });
    const reset = { to: "$another", now: LATER };
    const verification = { now: LATER, eventOf };

    test("findUser() says whose a token is, until it expires or the account begins a new epoch", async () => {
      const { id, hash } = await issue();
      expect(await replicas.second.mailTokens.findUser(hash)).toBe(id);
      expect(await store.mailTokens.findUser("unknown")).toBeUndefined();
      expect(await store.mailTokens.findUser((await issue({ lifetimeMs: -1 })).hash)).toBeUndefined();
      await store.sessions.endAll(id);
      expect(await store.mailTokens.findUser(hash)).toBeUndefined();
    });

    test("resetPassword() sets the password once, ends every session and verifies the email", async () => {
      const { id, hash } = await issue();
      const results = await race(replicas, 10, ({ mailTokens }) => mailTokens.resetPassword(hash, reset));
      expect(results.filter((result) => result.status === "fulfilled" && result.value)).toHaveLength(1);
      expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
      const account = await store.users.find(id);
      expect(account).toMatchObject({ passwordHash: "$another", sessionEpoch: 2 });
      expect(account?.user).toMatchObject({ emailVerified: true, version: 2, updatedAt: LATER.toISOString() });
      expect(await store.mailTokens.findUser(hash)).toBeUndefined();
    });

    test("resetPassword() by several tokens at once sets one password", async () => {
      const { id, hash } = await issue();
      const hashes = [hash];
      for (let count = 1; count < 6; count++) {
        hashes.push(`${hash}.${count}`);
        await store.mailTokens.issue({ hash: hashes[count]!, userId: id, epoch: 1, lifetimeMs: 60_000 });
      }
      const results = await race(replicas, 6, ({ mailTokens }, at) =>
        mailTokens.resetPassword(hashes[at]!, { ...reset, to: `password ${at}` }),
      );
      const wins = results.flatMap((result, at) => (result.status === "fulfilled" && result.value ? [at] : []));
      expect(wins).toHaveLength(1);
      const account = await store.users.find(id);
      expect(account).toMatchObject({ passwordHash: `password ${wins[0]}`, sessionEpoch: 2 });
    });

    test("resetPassword() refuses a token that is unknown, old, or of an epoch before", async () => {
      const [old, stale] = [await issue({ lifetimeMs: -1 }), await issue()];
      await store.users.replacePassword(stale.id, { from: `hash of ${stale.id}`, to: "changed" });
      for (const hash of ["unknown", old.hash, stale.hash]) {
        expect(await store.mailTokens.resetPassword(hash, reset)).toBe(false);
      }
      expect(await store.users.find(old.id)).toMatchObject({ sessionEpoch: 1, user: { emailVerified: false } });
      expect((await store.users.find(stale.id))?.passwordHash).toBe("changed");
    });

    test("verifyEmail() verifies once, whatever the epoch, and tells the trail the first time only", async () => {
      const { id, hash } = await issue();
      await store.mailTokens.issue({ hash: `${hash}.2`, userId: id, epoch: 1, lifetimeMs: 60_000 });
      await store.sessions.endAll(id);
      const results = await race(replicas, 4, ({ mailTokens }) => mailTokens.verifyEmail(hash, verification));
      expect(results.filter((result) => result.status === "fulfilled" && result.value)).toHaveLength(1);
      expect(await store.mailTokens.verifyEmail(`${hash}.2`, verification)).toBe(true);
      expect(await store.mailTokens.verifyEmail("unknown", verification)).toBe(false);
      expect((await store.users.find(id))?.user).toMatchObject({ emailVerified: true, version: 2 });
      expect(await store.audit.list({ limit: 5, targetId: id })).toHaveLength(1);
      expect((await store.users.list({ limit: 1, email: `${id}@example.com` }))[0]?.emailVerified).toBe(true);
    });
  });
}
