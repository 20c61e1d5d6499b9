import { expect, test } from "bun:test";

import { placeOf, reach } from "./first_connection.ts";
import { unavailable } from "./unavailable.ts";

const OPTIONS = { withinMs: 300, isRefusal: (fault: unknown) => fault instanceof RangeError };

/** What a promise is rejected with, as text. */
function faultOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => "", String);
}

test("reach() tries again until the server answers", async () => {
  let attempts = 0;
  await reach(
    "the server",
    async () => {
      if (++attempts < 3) throw new Error("not yet");
    },
    OPTIONS,
  );
  expect(attempts).toBe(3);
});

test("reach() gives up in time and tells the last fault, not that of its own deadline", async () => {
  const startedAt = performance.now();
  let attempts = 0;
  const connect = () => (attempts++ ? Bun.sleep(5000) : Promise.reject(unavailable("away", new Error("ECONNREFUSED"))));
  expect(await faultOf(reach("the server", connect, OPTIONS))).toBe(
    "StartFault: Cannot start: cannot reach the server within 300 ms: ECONNREFUSED",
  );
  expect(performance.now() - startedAt).toBeWithin(200, 450);
});

test("reach() does not try again after a refusal", async () => {
  let attempts = 0;
  const connect = () => {
    attempts++;
    return Promise.reject(unavailable("away", new RangeError("wrong password")));
  };
  expect(await faultOf(reach("the server", connect, OPTIONS))).toBe(
    "StartFault: Cannot start: the server refuses the connection: wrong password",
  );
  expect(attempts).toBe(1);
});

test.each([
  ["postgres://user:p@ss/w?rd@db:5432/shop?sslmode=require", "db:5432/shop"],
  ["mongodb+srv://user:secret@cluster.example/shop", "cluster.example/shop"],
  ["mongodb://a:1,b:2/shop?replicaSet=rs0", "a:1,b:2/shop"],
])("placeOf(%p) is %p", (url, place) => {
  expect(placeOf(url)).toBe(place);
});
