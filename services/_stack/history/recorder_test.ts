import { expect, test } from "bun:test";
import { createClient } from "#sdk";
import { createRandom } from "./random.ts";
import { Recorder } from "./recorder.ts";

/** Records one read of a product from somebody who answers so. */
async function recordRead(fetch: () => Response | Promise<Response>, timeoutMs = 1_000) {
  const recorder = new Recorder();
  const client = createClient({ baseUrl: "http://localhost", fetch, timeoutMs, retry: { attempts: 1 } });
  const input = { productId: "lamp" };
  await recorder.record({ client: "reader", kind: "read product", input }, async () => {
    const { body } = await client.getProduct({ params: input });
    return { version: body.version, value: body.name };
  });
  const [entry] = recorder.history;
  if (!entry) throw new Error("Nothing was recorded");
  return entry;
}

const problem = (status: number, code: string): Response =>
  Response.json({ status, code, detail: "" }, { status, headers: { "content-type": "application/problem+json" } });
const refused = (): never => {
  throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
};
const reset = (): never => {
  throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
};

test("a success is kept with its times and its answer", async () => {
  const entry = await recordRead(() => Response.json({ id: "lamp", version: 3, name: "Lamp" }));
  expect(entry).toMatchObject({ outcome: "ok", client: "reader", answer: { version: 3, value: "Lamp" } });
  expect(entry.returnedMs).toBeGreaterThanOrEqual(entry.invokedMs);
});

test.each([
  ["a refusal has failed", () => problem(409, "version-conflict"), "fail", "version-conflict"],
  ["what was never sent has failed", refused, "fail", /connection failed/],
  ["a 503 is unknown", () => problem(503, "service-unavailable"), "unknown", "service-unavailable"],
  ["a reset is unknown", reset, "unknown", /connection failed/],
  ["silence is unknown", () => new Promise<Response>(() => {}), "unknown", /no answer within 50 ms/],
] as const)("%s", async (_name, fetch, outcome, code) => {
  const entry = await recordRead(fetch, 50);
  expect(entry).toMatchObject({
    outcome,
    refusal: { code: typeof code === "string" ? code : expect.stringMatching(code) },
  });
});

test("a fault of the driver itself is not the system's", async () => {
  const broken = new Recorder().record({ client: "x", kind: "delete order", input: { orderId: "o1" } }, () => {
    throw new TypeError("no such thing");
  });
  await expect(broken).rejects.toThrow("no such thing");
});

test("the same seed makes the same choices, and each name its own", () => {
  const choices = (seed: number, name: string): number[] => {
    const random = createRandom(seed).fork(name);
    return Array.from({ length: 20 }, () => random.below(1_000));
  };
  expect(choices(7, "buyer")).toEqual(choices(7, "buyer"));
  expect(choices(7, "buyer")).not.toEqual(choices(7, "reader"));
  expect(choices(7, "buyer")).not.toEqual(choices(8, "buyer"));
  const values = Array.from({ length: 10_000 }, createRandom(1).next);
  expect(values.every((value) => value >= 0 && value < 1)).toBeTrue();
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
});
