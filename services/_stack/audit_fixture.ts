/** What the trail of every service promises, on each engine. */
import { expect } from "bun:test";
import { type AuditStore, operatorEvent } from "#platform/audit.ts";

const DAY_MS = 86_400_000;

/** @param trail One that nobody else writes to. */
export async function expectForgetting(trail: AuditStore): Promise<void> {
  const target = { kind: "user", id: Bun.randomUUIDv7() } as const;
  const append = async (daysAgo: number): Promise<string> => {
    const id = Bun.randomUUIDv7("hex", Date.now() - daysAgo * DAY_MS);
    await trail.append(operatorEvent(id, { action: "signed-in", target }));
    return id;
  };
  const ids = async () => (await trail.list({ limit: 10 })).map(({ id }) => id);
  const young: string[] = [];
  for (const daysAgo of [0, 99, 399]) young.push(await append(daysAgo));
  const [old, older] = [await append(401), await append(800)];
  await append(900);
  expect(await trail.forget(1000, 10)).toBe(0);
  expect(await trail.forget(400, 1)).toBe(1);
  expect(await ids()).toEqual([...young, old, older]);
  expect(await trail.forget(400, 10)).toBe(2);
  expect(await trail.forget(400, 10)).toBe(0);
  expect(await ids()).toEqual(young);
}
