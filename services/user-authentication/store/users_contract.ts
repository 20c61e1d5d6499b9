import { beforeAll, describe, expect, test } from "bun:test";
import type { Store } from "./mod.ts";
import { outcomesOf, type Replicas, race, type Stores } from "./replicas_fixture.ts";
import { LATER, NOW, sampleAccount } from "./samples.ts";

/** Promises about accounts. */
export function testUsers({ shared, fresh }: Stores): void {
  describe("accounts", () => {
    let replicas: Replicas;
    let store: Store;

    beforeAll(async () => {
      replicas = await shared();
      store = replicas.first;
    });

    test("insert() keeps an account that find() and findByEmail() answer", async () => {
      const account = sampleAccount();
      await store.users.insert(account);
      const kept = { ...account, sessionEpoch: 1 };
      expect(await replicas.second.users.find(account.user.id)).toEqual(kept);
      expect(await replicas.second.users.findByEmail(account.user.email)).toEqual(kept);
    });

    test("find() and findByEmail() answer nothing for nobody", async () => {
      expect(await store.users.find(Bun.randomUUIDv7())).toBeUndefined();
      expect(await store.users.findByEmail("nobody@example.com")).toBeUndefined();
    });

    test("texts are kept as they are, whatever they mean to the database", async () => {
      for (const displayName of ["$email", "Robert'); DROP TABLE users;--", '{"$gt": ""}', '漢字 🙂 \\ "', "a.b"]) {
        const account = sampleAccount({ displayName });
        await store.users.insert(account);
        expect((await store.users.find(account.user.id))?.user.displayName).toBe(displayName);
        const edited = await store.users.updateProfile(account.user.id, {
          version: 1,
          displayName: "$roles",
          now: LATER,
        });
        expect(edited.displayName).toBe("$roles");
      }
    });

    test("insert() of one email many times at once keeps one account", async () => {
      const email = `${Bun.randomUUIDv7()}@example.com`;
      const accounts = Array.from({ length: 20 }, () => sampleAccount({ email }));
      const outcomes = outcomesOf(await race(replicas, 20, ({ users }, at) => users.insert(accounts[at]!)));
      expect(outcomes).toEqual([...Array<string>(19).fill("email-taken"), "ok"]);
      const ids = accounts.map(({ user }) => user.id);
      const found = await Promise.all(ids.map((id) => store.users.find(id)));
      expect(found.filter(Boolean)).toHaveLength(1);
    });

    test("list() gives pages, newest first, that hold still while accounts are added", async () => {
      const { first } = await fresh();
      const ids: string[] = [];
      for (let count = 0; count < 5; count++) {
        const account = sampleAccount();
        await first.users.insert(account);
        ids.unshift(account.user.id);
      }
      const page = await first.users.list({ limit: 2 });
      expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      await first.users.insert(sampleAccount());
      const next = await first.users.list({ limit: 2, before: ids[1] });
      expect(next.map(({ id }) => id)).toEqual(ids.slice(2, 4));
      expect(await first.users.list({ limit: 2, before: ids[4] })).toEqual([]);
    });

    test("list() of an email gives that account, on the pages it belongs to", async () => {
      const { user, passwordHash } = sampleAccount();
      await store.users.insert({ user, passwordHash });
      expect(await store.users.list({ limit: 20, email: user.email })).toEqual([user]);
      expect(await store.users.list({ limit: 20, email: user.email, before: user.id })).toEqual([]);
      expect(await store.users.list({ limit: 20, email: "nobody@example.com" })).toEqual([]);
    });

    test("updateProfile() changes what is given, and adds one to the version", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      const edited = await store.users.updateProfile(id, { version: 1, displayName: "Ada King", now: LATER });
      const expected = { ...account.user, displayName: "Ada King", version: 2, updatedAt: LATER.toISOString() };
      expect(edited).toEqual(expected);
      expect(await store.users.updateProfile(id, { version: 2, now: LATER })).toEqual({ ...expected, version: 3 });
      expect(await store.users.find(id)).toEqual({ ...account, user: { ...expected, version: 3 }, sessionEpoch: 1 });
    });

    test("updateProfile() and replaceRoles() refuse nobody's id and another version", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      const profile = { version: 7, displayName: "Eve", now: LATER };
      const roles = { version: 7, roles: ["customer"], now: LATER } as const;
      const conflict = { code: "version-conflict", extras: { currentVersion: 1 } };
      await expect(store.users.updateProfile(id, profile)).rejects.toMatchObject(conflict);
      await expect(store.users.replaceRoles(id, roles)).rejects.toMatchObject(conflict);
      await expect(store.users.replaceRoles(id, { ...roles, roles: ["admin"] })).rejects.toMatchObject(conflict);
      const nobody = Bun.randomUUIDv7();
      await expect(store.users.updateProfile(nobody, profile)).rejects.toMatchObject({ code: "not-found" });
      await expect(store.users.replaceRoles(nobody, roles)).rejects.toMatchObject({ code: "not-found" });
      expect(await store.users.find(id)).toEqual({ ...account, sessionEpoch: 1 });
    });

    test("updateProfile() lets one of many writers at the same version win", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      const edit = { version: 1, displayName: "Won", now: LATER };
      const outcomes = outcomesOf(await race(replicas, 40, ({ users }) => users.updateProfile(id, edit)));
      expect(outcomes).toEqual(["ok", ...Array<string>(39).fill("version-conflict")]);
      expect((await store.users.find(id))?.user.version).toBe(2);
    });

    test("replaceRoles() changes roles and version, and begins a new epoch", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      const edited = await store.users.replaceRoles(id, { version: 1, roles: ["customer", "admin"], now: LATER });
      const expected = { ...account.user, roles: ["customer", "admin"], version: 2, updatedAt: LATER.toISOString() };
      expect<unknown>(edited).toEqual(expected);
      expect<unknown>(await store.users.find(id)).toEqual({ ...account, user: expected, sessionEpoch: 2 });
    });

    test("replaceRoles() keeps the last admin", async () => {
      const { first } = await fresh();
      const [ada, eve] = [sampleAccount({ roles: ["admin"] }), sampleAccount({ roles: ["customer", "admin"] })];
      await first.users.insert(ada);
      await first.users.insert(eve);
      await first.users.insert(sampleAccount());
      const demote = { version: 1, roles: ["customer"], now: LATER } as const;
      expect((await first.users.replaceRoles(eve.user.id, demote)).roles).toEqual(["customer"]);
      await expect(first.users.replaceRoles(ada.user.id, demote)).rejects.toMatchObject({ code: "last-admin" });
      expect(await first.users.find(ada.user.id)).toEqual({ ...ada, sessionEpoch: 1 });
      const again = { version: 2, roles: ["customer"], now: LATER } as const;
      expect((await first.users.replaceRoles(eve.user.id, again)).version).toBe(3);
    });

    test("replaceRoles() leaves an admin when all admins are demoted at once", async () => {
      const own = await fresh();
      for (let round = 0; round < 5; round++) {
        const before = await own.first.users.list({ limit: 100 });
        const left = before.filter(({ roles }) => roles.includes("admin"));
        const added = Array.from({ length: 4 - left.length }, () => sampleAccount({ roles: ["admin"] }));
        for (const account of added) await own.first.users.insert(account);
        const admins = [...left, ...added.map(({ user }) => user)];
        const demotions = race(own, 4, ({ users }, at) => {
          const { id, version } = admins[at]!;
          return users.replaceRoles(id, { version, roles: ["customer"], now: NOW });
        });
        expect(outcomesOf(await demotions)).toEqual(["last-admin", "ok", "ok", "ok"]);
      }
    });

    test("replaceHash() keeps another hash of the password that was checked, and of no other; sessions go on", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      await store.users.replaceHash(id, { from: account.passwordHash, to: "stronger" });
      await replicas.second.users.replaceHash(id, { from: account.passwordHash, to: "too late" });
      await store.users.replaceHash(Bun.randomUUIDv7(), { from: "stronger", to: "nobody's" });
      expect(await store.users.find(id)).toEqual({ ...account, passwordHash: "stronger", sessionEpoch: 1 });
    });

    test("replacePassword() lets one of many changes from the same password win", async () => {
      const account = sampleAccount();
      const { id } = account.user;
      await store.users.insert(account);
      const results = await race(replicas, 10, ({ users }, at) =>
        users.replacePassword(id, { from: account.passwordHash, to: `hash ${at}` }),
      );
      const wins = results.flatMap((result, at) => (result.status === "fulfilled" && result.value ? [at] : []));
      expect(wins).toHaveLength(1);
      const kept = { ...account, passwordHash: `hash ${wins[0]}`, sessionEpoch: 2 };
      expect(await store.users.find(id)).toEqual(kept);
      expect(await store.users.replacePassword(Bun.randomUUIDv7(), { from: "a", to: "b" })).toBe(false);
    });
  });
}
