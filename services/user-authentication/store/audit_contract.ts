import { beforeAll, describe, expect, test } from "bun:test";
import { type AuditEvent, operatorEvent, timeOf } from "#platform/audit.ts";
import { expectForgetting } from "../../_stack/audit_fixture.ts";
import { createRefreshToken, decideRefresh } from "../refresh_token.ts";
import type { Store } from "./mod.ts";
import { type Replicas, race, type Stores } from "./replicas_fixture.ts";
import { LATER, sampleAccount } from "./samples.ts";

/** Promises about the trail. */
export function testAudit({ shared, fresh }: Stores): void {
  describe("trail", () => {
    let replicas: Replicas;
    let store: Store;

    beforeAll(async () => {
      replicas = await shared();
      store = replicas.first;
    });

    /** An event about something that no other test has. */
    function sampleEvent(change: Partial<AuditEvent> = {}): AuditEvent {
      const target = { kind: "user", id: Bun.randomUUIDv7() } as const;
      return { ...operatorEvent(Bun.randomUUIDv7(), { action: "profile-updated", target }), ...change };
    }

    function about(userId: string): Promise<AuditEvent[]> {
      return replicas.second.audit.list({ limit: 10, targetId: userId });
    }

    test("append() keeps an event as it is, and says when from its id", async () => {
      const event = sampleEvent({
        actor: { kind: "user", id: Bun.randomUUIDv7() },
        source: { address: "2001:db8::1", userAgent: "$gt {}; DROP TABLE users" },
        requestId: "request.1",
        details: { roles: "$admin", "a.b": "é漢" },
      });
      await store.audit.append(event);
      expect(await about(event.target.id!)).toEqual([event]);
      expect(event.at).toBe(timeOf(event.id));
      expect(Math.abs(Date.parse(event.at) - Date.now())).toBeLessThan(60_000);
    });

    test("forget() deletes what is older than it is kept, the oldest first", async () => {
      await expectForgetting((await fresh()).first.audit);
    });

    test("list() gives pages, newest first, of an actor, a target, an action and a time", async () => {
      const { first } = await fresh();
      const actor = { kind: "user", id: Bun.randomUUIDv7() } as const;
      const events: AuditEvent[] = [];
      for (let count = 0; count < 6; count++) {
        const action = count % 2 === 0 ? "signed-in" : "sign-in-refused";
        events.unshift(sampleEvent({ action, ...(count < 4 && { actor }) }));
        await first.audit.append(events[0]!);
      }
      const ids = async (query: Partial<Parameters<Store["audit"]["list"]>[0]>): Promise<number[]> => {
        const found = await first.audit.list({ limit: 10, ...query });
        return found.map(({ id }) => events.findIndex((event) => event.id === id));
      };
      expect(await ids({})).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await ids({ limit: 2 })).toEqual([0, 1]);
      expect(await ids({ limit: 2, before: events[1]!.id })).toEqual([2, 3]);
      expect(await ids({ from: events[2]!.id, before: events[0]!.id })).toEqual([1, 2]);
      expect(await ids({ actorId: actor.id })).toEqual([2, 3, 4, 5]);
      expect(await ids({ actorId: actor.id, action: "signed-in", before: events[3]!.id })).toEqual([5]);
      expect(await ids({ action: "signed-in" })).toEqual([1, 3, 5]);
      expect(await ids({ targetId: events[4]!.target.id! })).toEqual([4]);
      expect(await ids({ actorId: "$ne" })).toEqual([]);
    });

    test("what is done to an account is written with its event, and what is refused is not", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      const target = { kind: "user", id } as const;
      const event = (action: AuditEvent["action"]) => operatorEvent(Bun.randomUUIDv7(), { action, target });
      await store.users.insert(account, undefined, event("user-registered"));
      const taken = sampleAccount({ email: account.user.email });
      await store.users.insert(taken, undefined, event("user-registered")).catch(() => {});
      const profile = { version: 1, displayName: "Ada King", now: LATER };
      await store.users.updateProfile(id, { ...profile, event: event("profile-updated") });
      await store.users.updateProfile(id, { ...profile, event: event("profile-updated") }).catch(() => {});
      const roles = { version: 2, roles: ["customer", "admin"], now: LATER } as const;
      await store.users.replaceRoles(id, { ...roles, event: event("roles-replaced") });
      await store.users.replaceRoles(id, { ...roles, event: event("roles-replaced") }).catch(() => {});
      const password = { from: account.passwordHash, to: "another" };
      await store.users.replacePassword(id, { ...password, event: event("password-changed") });
      await store.users.replacePassword(id, { ...password, event: event("password-changed") });
      await store.sessions.endAll(id, event("all-sessions-ended"));
      await store.sessions.endAll(Bun.randomUUIDv7(), event("all-sessions-ended"));
      expect((await about(id)).map(({ action }) => action)).toEqual([
        ...([
          "all-sessions-ended",
          "password-changed",
          "roles-replaced",
          "profile-updated",
          "user-registered",
        ] as const),
      ]);
    });

    test("what is done to a session is written with its event, once", async () => {
      const account = sampleAccount();
      await store.users.insert(account);
      const userId = account.user.id;
      const target = { kind: "user", id: userId } as const;
      const event = (action: AuditEvent["action"]) => operatorEvent(Bun.randomUUIDv7(), { action, target });
      const open = async (): Promise<{ id: string; tokenHash: string }> => {
        const session = { id: Bun.randomUUIDv7(), tokenHash: createRefreshToken() };
        const signedIn = event("signed-in");
        await store.sessions.open({ ...session, userId, epoch: 1, lifetimeMs: 60_000, event: signedIn });
        return session;
      };
      const told: unknown[] = [];
      const telling = (action: AuditEvent["action"]) => (session: object) => {
        told.push(session);
        return event(action);
      };
      const [ended, loggedOut, reused] = [await open(), await open(), await open()];
      await race(replicas, 4, ({ sessions }) => sessions.end(userId, ended.id, event("session-ended")));
      await store.sessions.revoke(loggedOut.tokenHash, telling("session-ended"));
      await store.sessions.revoke(loggedOut.tokenHash, telling("session-ended"));
      await store.sessions.revoke("unknown", telling("session-ended"));
      const decide: typeof decideRefresh = (state) => decideRefresh(state, 0);
      for (const nextHash of [createRefreshToken(), createRefreshToken()]) {
        const options = { nextHash, decide, reused: telling("refresh-token-reused") };
        await store.sessions.refresh(reused.tokenHash, options);
      }
      expect(told).toEqual([
        { id: loggedOut.id, userId },
        { id: reused.id, userId },
      ]);
      const actions = (await about(userId)).map(({ action }) => action);
      expect(actions).toEqual([
        ...(["refresh-token-reused", "session-ended", "session-ended", "signed-in", "signed-in", "signed-in"] as const),
      ]);
    });

    test("a signing key is written with its event, by the replica that wins", async () => {
      const { first, second } = await fresh();
      const key = { generation: 1, publicKey: "x", sealedKey: "s", signsFrom: LATER, withdrawnAt: null };
      const add = ({ signingKeys }: Store) => {
        const kid = Bun.randomUUIDv7();
        const deed = { action: "signing-key-rotated", target: { kind: "signing-key", id: kid } } as const;
        return signingKeys.add({ ...key, kid }, operatorEvent(Bun.randomUUIDv7(), deed));
      };
      expect((await Promise.all([first, second, first, second].map(add))).filter(Boolean)).toHaveLength(1);
      const [kept] = await first.signingKeys.list();
      const events = await second.audit.list({ limit: 10 });
      expect(events.map(({ target }) => target.id)).toEqual([kept!.kid]);
    });
  });
}
