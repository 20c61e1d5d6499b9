/** The examples of requests are what people copy: each is sent, and none is refused for what it is. */
import { randomUUID } from "node:crypto";
import type { Caller } from "./api.ts";
import { OPERATIONS, type Operation } from "./document.ts";
import { expect, test } from "./fixtures.ts";

/** What a request is refused with that is not right in itself. */
const WRONG_IN_ITSELF = [400, 413, 415, 422];

for (const operation of OPERATIONS.filter(({ body }) => body !== undefined)) {
  test(`${operation.id} takes the examples of its contract`, async ({ api, operators, stranger }) => {
    const as = callerOf(operation, { ...operators, user: stranger });
    test.skip(
      as === undefined && ["user", "service"].includes(operation.access),
      "needs TRADEPOST_ADMIN and TRADEPOST_CLIENT",
    );
    const params = Object.fromEntries(
      operation.path.matchAll(/\{(\w+)\}/g).map(([, name = ""]) => [name, randomUUID()]),
    );
    for (const example of operation.body?.examples ?? []) {
      const { status, text } = await api.call(operation.id, { ...(as && { as }), params, body: unique(example) });
      expect(WRONG_IN_ITSELF, text).not.toContain(status);
    }
  });
}

interface Callers {
  readonly user: Caller;
  readonly admin: Caller | undefined;
  readonly service: Caller | undefined;
}

function callerOf({ access, needs }: Operation, { user, admin, service }: Callers): Caller | undefined {
  if (access === "service") return service;
  if (access !== "user") return undefined;
  return needs.includes("admin") ? admin : user;
}

/** An example of nobody's account and nobody's product: what others have is left alone. */
function unique(example: unknown): unknown {
  if (typeof example !== "object" || example === null) return example;
  const own = {
    email: `conformance-${randomUUID()}@example.com`,
    sku: `TEST-${randomUUID()}`,
    password: `pass ${randomUUID()}`,
  };
  return Object.fromEntries(
    Object.entries({ ...example }).map(([name, value]) => [name, own[name as keyof typeof own] ?? value]),
  ); // other names have no such member
}
