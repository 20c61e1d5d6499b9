import { expect, test } from "bun:test";
import { createPasswords } from "./password.ts";

const PASSWORD = "quiet lanterns over the harbour";
const passwords = createPasswords({ running: 2, waiting: 10, waitMs: 10_000 });

test("a hash is argon2id with OWASP's parameters and a salt of its own", async () => {
  const hashes = await Promise.all([passwords.hash(PASSWORD), passwords.hash(PASSWORD)]);
  for (const hash of hashes) expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect(hashes[0]).not.toBe(hashes[1]!);
});

test("verify() knows the password of a hash, from every keyboard", async () => {
  const hash = await passwords.hash("caf\u00E9 au lait in the harbour");
  expect(await passwords.verify("cafe\u0301 au lait in the harbour", hash)).toBe(true);
  expect(await passwords.verify("cafe au lait in the harbour", hash)).toBe(false);
});

test("a password may have any character, and counts to its end", async () => {
  const long = `\u0000 ${"🙂".repeat(60)}`;
  const hash = await passwords.hash(long);
  expect(await passwords.verify(long, hash)).toBe(true);
  expect(await passwords.verify(`${long}!`, hash)).toBe(false);
  expect(await passwords.verify(long.slice(1), hash)).toBe(false);
});

test("without a hash the answer is no, after the same work", async () => {
  const hash = await passwords.hash(PASSWORD);
  // Processor time of the process, hashing threads included: it does not count waiting for a busy machine.
  const costOf = async (known: string | undefined): Promise<number> => {
    const before = process.cpuUsage();
    expect(await passwords.verify("something else altogether", known)).toBe(false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const costs = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < 8; round++) {
    costs.known.push(await costOf(hash));
    costs.unknown.push(await costOf(undefined));
  }
  expect(Math.min(...costs.unknown) / Math.min(...costs.known)).toBeWithin(0.6, 1.6);
});

test("no more run at once than may, no more wait than may, and the rest is refused", async () => {
  const bounded = createPasswords({ running: 2, waiting: 3, waitMs: 10_000 });
  let running = 0;
  let most = 0;
  const checks = Array.from({ length: 8 }, () =>
    bounded.verify(PASSWORD, undefined, async () => {
      running += 1;
      most = Math.max(most, running);
      await Bun.sleep(10);
      running -= 1;
    }),
  );
  const results = await Promise.allSettled(checks);
  const outcomes = results.map((result) => (result.status === "fulfilled" ? "checked" : result.reason.code));
  expect(outcomes.sort()).toEqual([
    ...Array<string>(5).fill("checked"),
    ...Array<string>(3).fill("service-unavailable"),
  ]);
  expect(most).toBe(2);
});

test("a check that is not admitted does not look at the password", async () => {
  const startedAt = performance.now();
  const check = passwords.verify(PASSWORD, undefined, () => Promise.reject(new Error("Not admitted")));
  await expect(check).rejects.toThrow("Not admitted");
  expect(performance.now() - startedAt).toBeLessThan(25);
});
