import { expect, test } from "bun:test";
import { Registry } from "prom-client";
import type { Handler } from "#contract";
import { countLogins } from "./login_metrics.ts";
import { invalidCredentials } from "./user.ts";

type LogIn = Handler<"logIn">;

async function readCounts(registry: Registry): Promise<Record<string, number>> {
  const { values } = await registry.getSingleMetric("login_attempts_total")!.get(); // registered by countLogins
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
}

test("sign-ins are counted by how they end, and each kind is there from the start", async () => {
  const registry = new Registry();
  const reply = { status: 200 } as Awaited<ReturnType<LogIn>>; // not looked at
  const ends = [reply, reply, invalidCredentials(), new Error("broken")];
  const logIn = countLogins(registry, (async () => {
    const end = ends.shift();
    if (end instanceof Error) throw end;
    return end;
  }) as LogIn); // of its input nothing is read
  expect(await readCounts(registry)).toEqual({
    succeeded: 0,
    "invalid-credentials": 0,
    "too-many-requests": 0,
    "service-unavailable": 0,
  });
  const input = {} as Parameters<LogIn>[0]; // passed on, not read
  expect(await logIn(input)).toBe(reply);
  expect(await logIn(input)).toBe(reply);
  await expect(Promise.resolve(logIn(input))).rejects.toMatchObject({ code: "invalid-credentials" });
  await expect(Promise.resolve(logIn(input))).rejects.toThrow("broken");
  expect(await readCounts(registry)).toMatchObject({ succeeded: 2, "invalid-credentials": 1, "internal-error": 1 });
});
