import { describe, expect, test } from "bun:test";
import type { StoredKey } from "../signing_key.ts";
import { race, type Stores } from "./replicas_fixture.ts";
import { LATER, NOW } from "./samples.ts";

/** Promises about signing keys. */
export function testSigningKeys({ shared, fresh }: Stores): void {
  describe("signing keys", () => {
    function sampleKey(generation: number, signsFrom = NOW): StoredKey {
      const secrets = { publicKey: "public", sealedKey: "sealed" };
      return { generation, kid: Bun.randomUUIDv7(), ...secrets, signsFrom, withdrawnAt: null };
    }

    test("add() keeps keys, and list() answers them", async () => {
      const { first, second } = await fresh();
      expect(await first.signingKeys.list()).toEqual([]);
      const keys = [sampleKey(1), sampleKey(2, LATER)];
      for (const key of keys) expect(await first.signingKeys.add(key)).toBe(true);
      const listed = await second.signingKeys.list();
      expect(listed.toSorted((a, b) => a.generation - b.generation)).toEqual(keys);
    });

    test("withdraw() takes one key out of use, once", async () => {
      const own = await fresh();
      const keys = [sampleKey(1), sampleKey(2)] as const;
      for (const key of keys) await own.first.signingKeys.add(key);
      const results = await race(own, 6, ({ signingKeys }) => signingKeys.withdraw(keys[0].kid));
      expect(results.filter((result) => result.status === "fulfilled" && result.value)).toHaveLength(1);
      expect(await own.first.signingKeys.withdraw("unknown")).toBe(false);
      const listed = await own.second.signingKeys.list();
      expect(listed.toSorted((a, b) => a.generation - b.generation)).toEqual([
        { ...keys[0], withdrawnAt: expect.any(Date) },
        keys[1],
      ]);
    });

    test("add() of one generation many times at once keeps one key", async () => {
      const replicas = await shared();
      for (const generation of [1, 2]) {
        const keys = Array.from({ length: 10 }, () => sampleKey(generation));
        const results = await race(replicas, 10, ({ signingKeys }, at) => signingKeys.add(keys[at]!));
        const won = results.map((result) => result.status === "fulfilled" && result.value);
        expect(won.filter(Boolean)).toHaveLength(1);
        const kept = (await replicas.first.signingKeys.list()).filter((key) => key.generation === generation);
        expect(kept).toEqual([keys[won.indexOf(true)]!]);
      }
    });
  });
}
