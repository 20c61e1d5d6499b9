import { describe, expect, test } from "bun:test";
import { type Caller, type Handlers, OPERATIONS, type OperationId, type ServiceName } from "#contract";
import { createRateLimits, type RateLimitOptions } from "./rate_limit.ts";
import { createTestService, ID, send, type TestReply } from "./service_fixture.ts";
import { unavailable } from "./unavailable.ts";

const ADA: Caller = { kind: "user", id: "ada", roles: ["customer"] };
const EVE: Caller = { kind: "user", id: "eve", roles: ["customer"] };
const SHOP: Caller = { kind: "service", id: "ada", scopes: [] };

/** Limits with a clock that stands still. */
function createLimits(options: Partial<RateLimitOptions> = {}) {
  const clock = { nowMs: 5 };
  const quotas = { user: 3, service: 3, address: 3 };
  const limits = createRateLimits({ quotas, windowS: 30, nowMs: () => clock.nowMs, ...options });
  const waits = (caller: Caller | undefined, address = "") => limits.take(caller, () => address)?.retryAfterS;
  return { clock, limits, waits };
}

describe("createRateLimits()", () => {
  test("lets the quota in at once, then one for each part of the window", () => {
    const { clock, waits } = createLimits();
    expect([waits(ADA), waits(ADA), waits(ADA), waits(ADA), waits(ADA)]).toEqual([0, 0, 0, 10, 10]);
    clock.nowMs += 9_000;
    expect(waits(ADA)).toBe(1);
    clock.nowMs += 1_000;
    expect([waits(ADA), waits(ADA)]).toEqual([0, 10]);
    clock.nowMs += 30_000;
    expect([waits(ADA), waits(ADA), waits(ADA), waits(ADA)]).toEqual([0, 0, 0, 10]);
  });

  test("tells what is left, and when all of it is back", () => {
    const { clock, limits } = createLimits();
    const states = [1, 2, 3, 4].map(() => limits.take(ADA, () => ""));
    expect(states.map((each) => each?.state)).toEqual([
      '"user";r=2;t=10',
      '"user";r=1;t=20',
      '"user";r=0;t=30',
      '"user";r=0;t=30',
    ]);
    expect(new Set(states.map((each) => each?.policy))).toEqual(new Set(['"user";q=3;w=30']));
    clock.nowMs += 30_000;
    expect(limits.take(ADA, () => "")?.state).toBe('"user";r=2;t=10');
  });

  test("a quota that does not divide the window is let in to the last one", () => {
    for (const user of [7, 600, 6000, 999_983]) {
      const { waits, limits } = createLimits({ quotas: { user, service: 0, address: 0 }, windowS: 60 });
      const asked = Math.min(user, 10_000);
      for (let count = 1; count < asked; count++) expect(waits(ADA)).toBe(0);
      expect(limits.take(ADA, () => "")).toMatchObject({
        state: expect.stringContaining(`r=${user - asked};`),
        retryAfterS: 0,
      });
      expect(waits(ADA)).toBe(user === asked ? 1 + Math.floor(59 / user) : 0);
    }
  });

  test("callers of each kind and addresses have their own", () => {
    const { waits } = createLimits({ quotas: { user: 1, service: 1, address: 1 } });
    expect([waits(ADA), waits(EVE), waits(SHOP)]).toEqual([0, 0, 0]);
    expect([waits(undefined, "192.0.2.1"), waits(undefined, "192.0.2.2")]).toEqual([0, 0]);
    const again = [waits(ADA), waits(EVE), waits(SHOP), waits(undefined, "192.0.2.1"), waits(undefined, "192.0.2.2")];
    expect(again).toEqual([30, 30, 30, 30, 30]);
  });

  test("of IPv6 the network of a home is one address", () => {
    const { waits } = createLimits({ quotas: { user: 1, service: 1, address: 1 } });
    expect([waits(undefined, "2001:db8::1"), waits(undefined, "2001:db8::2")]).toEqual([0, 30]);
    expect(waits(undefined, "2001:db8:0:1::1")).toBe(0);
  });

  test("nobody has a limit where it is 0, and no address is looked for where a caller is known", () => {
    const { limits } = createLimits({ quotas: { user: 0, service: 1, address: 1 } });
    const address = () => {
      throw new Error("not to be asked");
    };
    expect(limits.take(ADA, address)).toBeUndefined();
    expect(limits.take(SHOP, address)?.retryAfterS).toBe(0);
  });

  test("remembers whoever asks on, across the turn of its generations", () => {
    const { clock, waits } = createLimits();
    for (let count = 0; count < 3; count++) waits(ADA);
    for (let second = 0; second < 100; second++) {
      clock.nowMs += 1_000;
      waits(EVE);
      const expected = second % 10 === 9 ? 0 : 9 - (second % 10);
      expect(waits(ADA)).toBe(expected);
    }
  });

  test("its memory is bounded, whoever asks", () => {
    const { waits } = createLimits({ callersMax: 100, quotas: { user: 1, service: 1, address: 1 } });
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 200_000; count++)
      waits(undefined, `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`);
    Bun.gc(true);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
    expect(waits(undefined, "10.3.13.63")).toBe(30);
    expect(waits(undefined, "10.0.0.1")).toBe(0);
  });
});

/** Where the quota is all that matters, nothing else is there. */
const AWAY = new Proxy({} as Handlers<ServiceName>, {
  get: () => () => {
    throw unavailable("Nothing is there");
  },
});

/** One request of each operation, by whoever may send it; what else is wrong with it comes later. */
function ask(id: OperationId, limits: RateLimitOptions): () => Promise<TestReply> {
  const { service: name, method, path, access, ...rest } = OPERATIONS[id];
  const service = createTestService(name, AWAY, { rateLimits: limits });
  const token = { user: "needs" in rest ? "admin" : "customer", optional: "customer", service: "stock" };
  const mediaType = "mediaType" in rest ? rest.mediaType : "application/json";
  return () =>
    send(service, path.replace(/\{\w+\}/, ID), {
      method,
      ...(access in token && { token: token[access as keyof typeof token] }), // the line before proved it
      ...("mediaType" in rest && { headers: { "content-type": mediaType }, body: "?" }),
    });
}

const ONE: RateLimitOptions = { quotas: { user: 1, service: 1, address: 1 }, windowS: 60 };

describe("a service", () => {
  // The keys of the table are what OperationId is made of.
  for (const id of Object.keys(OPERATIONS) as OperationId[]) {
    test(`${id} answers 429 with Retry-After past the quota`, async () => {
      const request = ask(id, ONE);
      const first = await request();
      expect(first.status).not.toBe(429);
      expect(first.headers.get("ratelimit")).toMatch(/^"(user|service|address)";r=0;t=60$/);
      expect(first.headers.get("ratelimit-policy")).toMatch(/^"(user|service|address)";q=1;w=60$/);
      const second = await request();
      expect([second.status, second.headers.get("content-type")]).toEqual([429, "application/problem+json"]);
      expect(second.json).toMatchObject({ code: "too-many-requests", status: 429 });
      expect(Number(second.headers.get("retry-after"))).toBeWithin(59, 61);
      expect(second.headers.get("ratelimit")).toMatch(/;r=0;t=60$/);
    });
  }

  test("what is refused counts: wrong tokens, unknown paths, wrong methods and pages, by address", async () => {
    for (const [path, request] of [
      ["/profile", { token: "nobody" }],
      ["/nowhere", {}],
      ["/profile", { method: "POST" }],
      ["/profile", { method: "OPTIONS" }],
      ["/docs", {}],
    ] as const) {
      const service = createTestService("user-authentication", AWAY, { rateLimits: ONE });
      expect((await send(service, path, request)).headers.get("ratelimit")).toStartWith('"address";r=0');
      expect((await send(service, path, request)).status).toBe(429);
    }
  });

  test("what a known caller may not do counts for them, and not for their address", async () => {
    for (const [name, path, request] of [
      ["user-authentication", "/users", { token: "customer" }],
      ["product-management", "/internal/stock-audit", { token: "scopeless", json: { limit: 1 } }],
    ] as const) {
      const service = createTestService(name, AWAY, { rateLimits: ONE });
      const first = await send(service, path, request);
      expect([first.status, first.headers.get("ratelimit")]).toEqual([403, expect.stringMatching(/^"(user|service)"/)]);
      expect((await send(service, path, request)).status).toBe(429);
      expect((await send(service, "/docs")).status).toBe(200);
    }
  });

  test("past the quota nobody has the store asked about their session", async () => {
    let asked = 0;
    const isOver = async (): Promise<boolean> => {
      asked += 1;
      return true;
    };
    const service = createTestService("user-authentication", AWAY, { rateLimits: ONE, isOver });
    const over = await send(service, "/profile/sessions", { token: "customer" });
    expect([over.status, over.headers.get("ratelimit")]).toEqual([401, '"user";r=0;t=60']);
    for (let count = 0; count < 3; count++) {
      expect((await send(service, "/profile/sessions", { token: "customer" })).status).toBe(429);
    }
    expect(asked).toBe(1);
  });

  test("what watches it is never told to wait", async () => {
    const service = createTestService("user-authentication", AWAY, { rateLimits: ONE });
    for (const path of ["/livez", "/readyz", "/metrics", "/livez", "/readyz"]) {
      const { status, headers } = await send(service, path);
      expect([path, status === 429, headers.get("ratelimit")]).toEqual([path, false, null]);
    }
  });

  test("one caller does not use up another's", async () => {
    const service = createTestService("product-management", AWAY, { rateLimits: ONE });
    const statuses: number[] = [];
    for (const token of ["customer", "customer", undefined, undefined]) {
      statuses.push((await send(service, "/products", token === undefined ? {} : { token })).status);
    }
    expect(statuses).toEqual([503, 429, 503, 429]);
  });
});
