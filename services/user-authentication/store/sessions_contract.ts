import { beforeAll, describe, expect, test } from "bun:test";
import { decideRefresh, type RefreshState } from "../refresh_token.ts";
import type { NewAccount, RefreshOutcome, Store } from "./mod.ts";
import { type Replicas, race, type Stores } from "./replicas_fixture.ts";
import { LATER, sampleAccount } from "./samples.ts";

/** Promises about sessions and refresh tokens. */
export function testSessions({ shared }: Stores): void {
  describe("sessions", () => {
    let replicas: Replicas;
    let store: Store;
    let tokens = 0;

    beforeAll(async () => {
      replicas = await shared();
      store = replicas.first;
    });

    function newHash(): string {
      tokens += 1;
      return `token-${tokens}`;
    }

    /** Signs an account in. */
    async function openSession(lifetimeMs = 60_000): Promise<NewAccount & { hash: string }> {
      const account = sampleAccount();
      await store.users.insert(account);
      const hash = newHash();
      await store.sessions.open({
        ...{ id: Bun.randomUUIDv7(), userId: account.user.id, epoch: 1, tokenHash: hash, lifetimeMs },
      });
      return { ...account, hash };
    }

    /** Presents a token, and answers what became of it and the token that takes its place. */
    async function refresh(hash: string, graceMs = 10_000, { sessions }: Store = store) {
      const nextHash = newHash();
      const decide = (state: RefreshState) => decideRefresh(state, graceMs);
      return { ...(await sessions.refresh(hash, { nextHash, decide })), nextHash };
    }

    function decisionsOf(results: readonly PromiseSettledResult<RefreshOutcome>[]): string[] {
      return results.map((result) => (result.status === "fulfilled" ? result.value.decision : String(result.reason)));
    }

    test("a token is renewed, and so is the one that takes its place", async () => {
      const { hash, user } = await openSession();
      const renewed = { decision: "renew", user: { id: user.id, roles: user.roles } } as const;
      const second = await refresh(hash);
      expect(second).toMatchObject(renewed);
      const third = await refresh(second.nextHash, 10_000, replicas.second);
      expect(third).toMatchObject(renewed);
    });

    test("the rule is told everything, by the clock of the database", async () => {
      const { hash } = await openSession(5000);
      const { nextHash } = await refresh(hash);
      const states: RefreshState[] = [];
      const decide = (state: RefreshState) => {
        states.push(state);
        return "refuse" as const;
      };
      for (const token of [hash, nextHash]) await store.sessions.refresh(token, { nextHash: newHash(), decide });
      const [old, current] = states;
      const session = { generation: 2, revokedAt: null, epoch: 1 };
      expect(old).toMatchObject({ token: { generation: 1 }, session, accountEpoch: 1 });
      expect(current).toMatchObject({ token: { generation: 2, replacedAt: null }, session, accountEpoch: 1 });
      const nowMs = old!.now.getTime();
      expect(nowMs - old!.token.replacedAt!.getTime()).toBeWithin(0, 3000);
      expect(old!.session.expiresAt.getTime() - nowMs).toBeWithin(1, 5001);
      expect(Math.abs(nowMs - Date.now())).toBeLessThan(3000);
    });

    test("a token that is refused is not replaced", async () => {
      const { hash } = await openSession();
      const refused = await store.sessions.refresh(hash, { nextHash: newHash(), decide: () => "refuse" });
      expect(refused.decision).toBe("refuse");
      expect((await refresh(hash, 0)).decision).toBe("renew");
    });

    test("an unknown token is refused, without an account", async () => {
      expect(await store.sessions.refresh("unknown", { nextHash: newHash(), decide: () => "renew" })).toEqual({
        decision: "refuse",
      });
    });

    test("a token of before the last one ends the session for all of its tokens", async () => {
      const { hash } = await openSession();
      const second = await refresh(hash);
      const third = await refresh(second.nextHash);
      expect((await refresh(hash)).decision).toBe("revoke");
      for (const token of [hash, second.nextHash, third.nextHash]) {
        expect((await refresh(token)).decision).toBe("refuse");
      }
    });

    test("many at once with one token all renew within the grace, and the session goes on", async () => {
      const { hash } = await openSession();
      const results = await race(replicas, 12, (replica) => refresh(hash, 10_000, replica));
      expect(decisionsOf(results)).toEqual(Array<string>(12).fill("renew"));
      for (const result of results) {
        if (result.status === "fulfilled") expect((await refresh(result.value.nextHash)).decision).toBe("renew");
      }
    });

    test("many at once with one token without grace: one renews, the others end the session", async () => {
      const { hash } = await openSession();
      const results = await race(replicas, 12, (replica) => refresh(hash, 0, replica));
      expect(decisionsOf(results).sort()).toEqual([...Array<string>(10).fill("refuse"), "renew", "revoke"]);
      const winner = results.find((result) => result.status === "fulfilled" && result.value.decision === "renew");
      if (winner?.status !== "fulfilled") throw new Error("Nobody won");
      expect((await refresh(winner.value.nextHash)).decision).toBe("refuse");
    });

    test("revoke() ends the session of any of its tokens, and no other", async () => {
      const [first, other] = [await openSession(), await openSession()];
      const second = await refresh(first.hash);
      await replicas.second.sessions.revoke(first.hash);
      expect((await refresh(second.nextHash)).decision).toBe("refuse");
      expect((await refresh(other.hash)).decision).toBe("renew");
      await store.sessions.revoke(first.hash);
      await store.sessions.revoke("unknown");
    });

    test("revoke() and a refresh at once leave no token that works", async () => {
      const { hash } = await openSession();
      const [renewed] = await Promise.all([refresh(hash), replicas.second.sessions.revoke(hash)]);
      expect((await refresh(renewed.nextHash)).decision).toBe("refuse");
    });

    test("list() answers the sessions of an account that are not over, newest first, in pages", async () => {
      const { user, hash } = await openSession();
      const open = async (client: string | null, lifetimeMs = 60_000): Promise<string> => {
        const id = Bun.randomUUIDv7();
        await store.sessions.open({ id, userId: user.id, epoch: 1, tokenHash: newHash(), lifetimeMs, client });
        return id;
      };
      const [phone, gone] = [await open("$phone"), await open("gone")];
      const tablet = await open(null);
      await open("expired", -1);
      expect(await replicas.second.sessions.end(user.id, gone)).toBe(true);
      await openSession();
      const all = await store.sessions.list(user.id, { limit: 10 });
      expect(all.map(({ client }) => client)).toEqual([null, "$phone", null]);
      const [newest] = all;
      expect(newest!.id).toBe(tablet);
      expect(Date.parse(newest!.expiresAt) - Date.parse(newest!.createdAt)).toBeWithin(59_000, 61_000);
      expect(await store.sessions.list(user.id, { limit: 1, before: tablet })).toMatchObject([{ id: phone }]);
      expect((await refresh(hash)).decision).toBe("renew");
    });

    test("list() says when a session was last used", async () => {
      const { user, hash } = await openSession();
      await Bun.sleep(5);
      await refresh(hash);
      const [session] = await store.sessions.list(user.id, { limit: 10 });
      expect(Date.parse(session!.lastUsedAt)).toBeGreaterThan(Date.parse(session!.createdAt));
    });

    test("isLive() is true of the account's own sessions until they are over", async () => {
      const [mine, other] = [await openSession(), await openSession()];
      const [session] = await store.sessions.list(mine.user.id, { limit: 1 });
      const key = { id: session!.id, userId: mine.user.id };
      expect(await replicas.second.sessions.isLive(key)).toBe(true);
      expect(await store.sessions.isLive({ ...key, userId: other.user.id })).toBe(false);
      expect(await store.sessions.isLive({ ...key, id: Bun.randomUUIDv7() })).toBe(false);
      await store.users.replaceRoles(mine.user.id, { version: 1, roles: ["customer", "admin"], now: LATER });
      expect(await replicas.second.sessions.isLive(key)).toBe(false);
      const [theirs] = await store.sessions.list(other.user.id, { limit: 1 });
      await store.sessions.revoke(other.hash);
      expect(await replicas.second.sessions.isLive({ id: theirs!.id, userId: other.user.id })).toBe(false);
    });

    test("end() ends a session of the account once, and none of another one's", async () => {
      const [mine, other] = [await openSession(), await openSession()];
      const [session] = await store.sessions.list(mine.user.id, { limit: 1 });
      expect(await store.sessions.end(other.user.id, session!.id)).toBe(false);
      expect(await store.sessions.end(mine.user.id, Bun.randomUUIDv7())).toBe(false);
      const results = await race(replicas, 6, ({ sessions }) => sessions.end(mine.user.id, session!.id));
      expect(results.filter((result) => result.status === "fulfilled" && result.value)).toHaveLength(1);
      expect((await refresh(mine.hash)).decision).toBe("refuse");
      expect((await refresh(other.hash)).decision).toBe("renew");
    });

    test("endAll() ends every session of an account, also one opened for a password of before", async () => {
      const [mine, other] = [await openSession(), await openSession()];
      await replicas.second.sessions.endAll(mine.user.id);
      const late = newHash();
      const { id: userId } = mine.user;
      await store.sessions.open({ id: Bun.randomUUIDv7(), userId, epoch: 1, tokenHash: late, lifetimeMs: 60_000 });
      for (const hash of [mine.hash, late]) expect((await refresh(hash)).decision).toBe("refuse");
      expect(await store.sessions.list(userId, { limit: 10 })).toEqual([]);
      expect((await refresh(other.hash)).decision).toBe("renew");
      expect((await store.users.find(userId))?.user.version).toBe(1);
    });

    test("another password and other roles end every session of the account", async () => {
      const changed = await openSession();
      await store.users.replacePassword(changed.user.id, { from: changed.passwordHash, to: "other" });
      expect((await refresh(changed.hash)).decision).toBe("refuse");

      const demoted = await openSession();
      await store.users.replaceRoles(demoted.user.id, { version: 1, roles: ["customer"], now: LATER });
      expect((await refresh(demoted.hash)).decision).toBe("refuse");
    });

    test("a session that was opened for a password of before is over", async () => {
      const account = sampleAccount();
      const { id: userId } = account.user;
      await store.users.insert(account);
      await store.users.replacePassword(userId, { from: account.passwordHash, to: "other" });
      const tokenHash = newHash();
      await store.sessions.open({ id: Bun.randomUUIDv7(), userId, epoch: 1, tokenHash, lifetimeMs: 60_000 });
      expect((await refresh(tokenHash)).decision).toBe("refuse");
    });

    test("a session expires", async () => {
      const { hash } = await openSession(150);
      const { decision, nextHash } = await refresh(hash);
      expect(decision).toBe("renew");
      await Bun.sleep(200);
      expect((await refresh(nextHash)).decision).toBe("refuse");
    });
  });
}
