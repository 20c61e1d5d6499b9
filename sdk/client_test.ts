import { describe, expect, expectTypeOf, test } from "bun:test";
import { ApiError, ConnectionError, createClient, type Result, type Schema } from "#sdk";
import { answers, failure, PRICE, PRODUCT_ID, problem, QUICK } from "./fixtures.ts";

const params = { productId: PRODUCT_ID };
const body = { sku: "A", name: "A", price: PRICE, tags: ["light"] } as const;

function refusedConnection(): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) });
}

describe("a call", () => {
  test("fills the path, leaves out what is undefined and encodes the rest", async () => {
    const { fetch, requests } = answers(Response.json({ items: [], nextCursor: null }));
    const client = createClient({ baseUrl: "http://localhost/", fetch });
    await client.listProducts({ query: { q: "a&b c", tag: undefined, inStock: true, limit: 5 } });
    expect(requests[0]?.url).toBe("http://localhost/products?q=a%26b+c&inStock=true&limit=5");
    expect(requests[0]?.method).toBe("GET");
  });

  test.each(["", ".", ".."])(
    "whose path parameter is %p is not sent: it would go somewhere else",
    async (productId) => {
      const { fetch, requests } = answers();
      const client = createClient({ baseUrl: "http://localhost", fetch });
      await expect(client.deleteProduct({ params: { productId } })).rejects.toThrow("Cannot call this operation");
      expect(requests).toHaveLength(0);
    },
  );

  test("can't leave its path", async () => {
    const { fetch, requests } = answers(Response.json({}));
    await createClient({ baseUrl: "http://localhost", fetch }).getProduct({ params: { productId: "../users?a#b" } });
    expect(requests[0]?.url).toBe("http://localhost/products/..%2Fusers%3Fa%23b");
  });

  test("keeps the path that the API is below", async () => {
    for (const baseUrl of ["https://shop.example/api", "https://shop.example/api/"]) {
      const { fetch, requests } = answers(Response.json({}));
      await createClient({ baseUrl, fetch }).getProduct({ params });
      expect(requests[0]?.url).toBe(`https://shop.example/api/products/${PRODUCT_ID}`);
    }
  });

  test("goes to the origin of its service", async () => {
    const { fetch, requests } = answers(Response.json({}), Response.json({}));
    const baseUrl = {
      "user-authentication": "http://users",
      "product-management": "http://products",
      "order-processing": "http://orders",
    };
    const client = createClient({ baseUrl, fetch, token: "t" });
    await client.getProfile();
    await client.getProduct({ params });
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(["users", "products"]);
  });

  test("sends a form where the contract says so, and merge-patch for PATCH", async () => {
    const { fetch, requests } = answers(Response.json({}), Response.json({}));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    await client.issueServiceToken({ body: { grant_type: "client_credentials", client_id: "a b", scope: undefined } });
    await client.updateProfile({ body: { version: 1, displayName: "Ada" } });
    expect(requests[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(await requests[0]?.text()).toBe("grant_type=client_credentials&client_id=a+b");
    expect(requests[1]?.headers.get("content-type")).toBe("application/merge-patch+json");
  });

  test("adds its own headers to the client's", async () => {
    const { fetch, requests } = answers(new Response(null, { status: 204 }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const headers = { "if-match": '"1"' };
    await client.deleteProduct({ params, headers }, { headers: { "x-request-id": "r-1" } });
    expect(requests[0]?.headers.get("if-match")).toBe('"1"');
    expect(requests[0]?.headers.get("x-request-id")).toBe("r-1");
  });

  test("answers status, headers and body, typed", async () => {
    const reply = Response.json({ id: PRODUCT_ID }, { status: 201, headers: { etag: '"1"', location: "/products/1" } });
    const client = createClient({ baseUrl: "http://localhost", ...answers(reply) });
    const created = await client.createProduct({ body });
    expectTypeOf(created.headers.etag).toEqualTypeOf<string>();
    expectTypeOf(created.body).toEqualTypeOf<Schema<"Product">>();
    expectTypeOf<Result<"listUsers">["headers"]["link"]>().toEqualTypeOf<string | undefined>();
    expect(created).toMatchObject({ status: 201, headers: { etag: '"1"' }, body: { id: PRODUCT_ID } });
    expect(created.response).toBe(reply);
  });

  test("can be answered 304 only if it asks for that", async () => {
    const product = (): Response => Response.json({ id: PRODUCT_ID }, { headers: { etag: '"7"' } });
    const { fetch } = answers(product(), new Response(null, { status: 304, headers: { etag: '"7"' } }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const first = await client.getProduct({ params });
    expectTypeOf(first.status).toEqualTypeOf<200>();
    expectTypeOf(first.body).toEqualTypeOf<Schema<"Product">>();
    const again = await client.getProduct({ params, headers: { "if-none-match": first.headers.etag } });
    expectTypeOf(again.status).toEqualTypeOf<200 | 304>();
    // @ts-expect-error a 304 has no body
    expect(again.body).toBeUndefined();
    expect(again).toMatchObject({ status: 304, headers: { etag: '"7"' } });
  });

  test("is checked by the compiler", () => {
    const client = createClient({ baseUrl: "http://localhost", ...answers() });
    const wrong = () => [
      // @ts-expect-error the id is missing
      client.getProduct(),
      // @ts-expect-error the price is missing
      client.createProduct({ body: { sku: "A", name: "A" } }),
      // @ts-expect-error there is no such order
      client.listProducts({ query: { sort: "size" } }),
      // @ts-expect-error there is no such operation
      client.archiveProduct({ params }),
    ];
    expect(wrong).toBeFunction();
  });
});

describe("a refusal", () => {
  test("is an ApiError with the members of its problem", async () => {
    const { fetch } = answers(problem(409, "version-conflict", { currentVersion: 7 }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const error = await failure(client.updateProduct({ params, body: { version: 1, name: "B" } }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "version-conflict", currentVersion: 7 });
  });

  test.each(["text/html", "application/json"])("from something else than the API has its text (%s)", async (type) => {
    const { fetch } = answers(new Response("<h1>Bad", { status: 500, headers: { "content-type": type } }));
    const error = await failure(createClient({ baseUrl: "http://localhost", fetch }).getProfile());
    expect(error).toMatchObject({ name: "ApiError", status: 500, problem: undefined, body: "<h1>Bad" });
  });
});

describe("retries", () => {
  test("a read is repeated after a lost connection, an answer cut short and a 503", async () => {
    const { fetch, requests } = answers(
      new TypeError("reset"),
      new Response('{"id":', { headers: { "content-type": "application/json" } }),
      problem(503, "service-unavailable"),
      Response.json({ id: "1" }),
    );
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: { ...QUICK, attempts: 4 } });
    expect(await client.getProfile()).toMatchObject({ body: { id: "1" } });
    expect(requests).toHaveLength(4);
  });

  test("a creating POST is repeated with the same Idempotency-Key and body", async () => {
    const busy = problem(409, "request-in-progress", {}, { "retry-after": "0" });
    const { fetch, requests } = answers(new TypeError("reset"), busy, Response.json({}, { status: 201 }));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    await client.createProduct({ body });
    const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
    const bodies = await Promise.all(requests.map((request) => request.text()));
    expect(keys).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f]{32}$/)));
    expect(new Set(keys).size).toBe(1);
    expect(new Set(bodies).size).toBe(1);
  });

  test("each call has a key of its own, unless the caller gives one", async () => {
    const { fetch, requests } = answers(...[1, 2, 3].map(() => Response.json({}, { status: 201 })));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    await client.createProduct({ body });
    await client.createProduct({ body });
    await client.createProduct({ body, headers: { "idempotency-key": "form-17" } });
    const [first, second, third] = requests.map(({ headers }) => headers.get("idempotency-key"));
    expect(first).not.toBe(second!);
    expect(third).toBe("form-17");
  });

  test.each([
    ["503", () => problem(503, "service-unavailable")],
    ["a lost connection", () => new TypeError("reset")],
  ])("an edit, which may have had its effect, is not repeated after %s", async (_, answer) => {
    const { fetch, requests } = answers(answer());
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    await failure(client.deleteProduct({ params }));
    await expect(client.deleteProduct({ params })).rejects.toThrow();
    expect(requests).toHaveLength(2);
  });

  test("an edit whose connection was refused is repeated: it can't have arrived", async () => {
    const { fetch, requests } = answers(refusedConnection(), new Response(null, { status: 204 }));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    expect(await client.deleteProduct({ params })).toMatchObject({ status: 204 });
    expect(requests).toHaveLength(2);
  });

  test("this runtime tells that a connection was refused", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const baseUrl = server.url.origin;
    await server.stop(true);
    const client = createClient({ baseUrl, retry: { attempts: 1 } });
    expect(await failure(client.deleteProduct({ params }))).toMatchObject({
      name: "ConnectionError",
      maybeSent: false,
    });
  });

  test("a refusal is not repeated, a Retry-After beyond the limit ends the attempts", async () => {
    const { fetch, requests } = answers(
      problem(404, "not-found"),
      problem(503, "service-unavailable", {}, { "retry-after": "60" }),
    );
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    await expect(client.getProfile()).rejects.toMatchObject({ status: 404 });
    await expect(client.getProfile()).rejects.toMatchObject({ status: 503 });
    expect(requests).toHaveLength(2);
  });

  test("a Retry-After within the limit is waited for", async () => {
    const { fetch } = answers(problem(503, "service-unavailable", {}, { "retry-after": "1" }), Response.json({}));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: { baseMs: 1, maxMs: 2_000 } });
    const startMs = performance.now();
    await client.getProfile();
    expect(performance.now() - startMs).toBeGreaterThan(900);
  });

  test("attempts are bounded", async () => {
    const { fetch, requests } = answers(...Array.from({ length: 9 }, () => new TypeError("reset")));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: { ...QUICK, attempts: 4 } });
    await expect(client.getProfile()).rejects.toBeInstanceOf(ConnectionError);
    expect(requests).toHaveLength(4);
  });
});

describe("a token", () => {
  test("is sent, also from a function, but not to a public operation", async () => {
    const { fetch, requests } = answers(Response.json({}), Response.json({}));
    const client = createClient({ baseUrl: "http://localhost", fetch, token: async () => "abc" });
    await client.getProfile();
    await client.logIn({ body: { email: "a@b.c", password: "x" } });
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer abc", null]);
  });

  test("that is refused is asked for again, once, and an edit sent again with the new one", async () => {
    const { fetch, requests } = answers(problem(401, "unauthorized"), new Response(null, { status: 204 }));
    const refusals: (string | undefined)[] = [];
    const token = (refused?: string): string => {
      refusals.push(refused);
      return refused === undefined ? "old" : "new";
    };
    await createClient({ baseUrl: "http://localhost", fetch, token }).deleteProduct({ params });
    expect(refusals).toEqual([undefined, "old"]);
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer old", "Bearer new"]);
  });

  test.each([
    ["the same", () => "same"],
    ["a fixed one", "same"],
  ])("that is refused while there is only %s ends the call", async (_, token) => {
    const { fetch, requests } = answers(problem(401, "unauthorized"));
    const call = createClient({ baseUrl: "http://localhost", fetch, token }).getProfile();
    await expect(call).rejects.toMatchObject({ code: "unauthorized" });
    expect(requests).toHaveLength(1);
  });

  test("that is refused twice ends the call", async () => {
    const { fetch, requests } = answers(problem(401, "unauthorized"), problem(401, "unauthorized"));
    let count = 0;
    const token = (): string => String(++count);
    const call = createClient({ baseUrl: "http://localhost", fetch, token }).getProfile();
    await expect(call).rejects.toMatchObject({ code: "unauthorized" });
    expect(requests).toHaveLength(2);
  });

  test("that is gone after the refusal leaves a call that needs none", async () => {
    const { fetch, requests } = answers(problem(401, "unauthorized"), Response.json({ items: [], nextCursor: null }));
    const token = (refused?: string): string | undefined => (refused === undefined ? "old" : undefined);
    await createClient({ baseUrl: "http://localhost", fetch, token }).listProducts();
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer old", null]);
  });
});

describe("time", () => {
  const never = (): Promise<Response> => new Promise(() => {});

  test("an attempt that gets no answer ends at its deadline, whatever the fetch does", async () => {
    const client = createClient({ baseUrl: "http://localhost", fetch: never, timeoutMs: 20, retry: { attempts: 1 } });
    const error = await failure(client.getProfile());
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ message: expect.stringContaining("no answer within 20 ms"), maybeSent: true });
  });

  test("the request is aborted at its deadline", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const fetch = (request: Request): Promise<Response> => {
      request.signal.addEventListener("abort", () => resolve());
      return never();
    };
    const client = createClient({ baseUrl: "http://localhost", fetch, timeoutMs: 20, retry: { attempts: 1 } });
    await failure(client.getProfile());
    await promise;
  });

  test.each([
    ["an attempt", { fetch: never }],
    ["a wait between attempts", { ...answers(new TypeError("reset")), retry: { baseMs: 60_000, maxMs: 60_000 } }],
    ["the wait for a token", { ...answers(), token: () => new Promise<string>(() => {}) }],
  ])("the caller's deadline ends %s with its own reason", async (_, options) => {
    const client = createClient({ baseUrl: "http://localhost", ...options });
    const error = await failure(client.getProfile({}, { signal: AbortSignal.timeout(20) }));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });

  test("a signal that has ended already sends nothing", async () => {
    const { fetch, requests } = answers();
    const reason = new Error("left the page");
    const client = createClient({ baseUrl: "http://localhost", fetch });
    await expect(client.getProfile({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests).toHaveLength(0);
  });
});
