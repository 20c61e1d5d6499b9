import { describe, expect, expectTypeOf, test } from "bun:test";
import { ApiError, ConnectionError, clientCredentials, createClient, type Schema } from "#sdk";

const PRODUCT_ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const PRICE = { amount: 4900, currency: "USD" };
const QUICK = { baseMs: 1, maxMs: 50 };

/** A fetch that answers from a list and keeps what it was asked. */
function answers(...replies: (Response | Error)[]) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request);
    const reply = replies.shift();
    if (reply === undefined) throw new Error("asked more often than expected");
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return { fetch, requests };
}

function problem(status: number, code: string, extras: object = {}, headers: Record<string, string> = {}): Response {
  const body = { type: `/problems/${code}`, title: code, status, detail: "as told", instance: "/", code, ...extras };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

describe("a call", () => {
  test("fills the path, leaves out what is undefined and encodes the rest", async () => {
    const { fetch, requests } = answers(Response.json({ items: [], nextCursor: null }));
    const client = createClient({ baseUrl: "http://localhost/", fetch });
    await client.listProducts({ query: { q: "a&b c", inStock: true, limit: 5 } });
    expect(requests[0]?.url).toBe("http://localhost/products?q=a%26b+c&inStock=true&limit=5");
    expect(requests[0]?.method).toBe("GET");
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
    await client.getProduct({ params: { productId: PRODUCT_ID } });
    expect(requests.map(({ url }) => new URL(url).host)).toEqual(["users", "products"]);
  });

  test("carries the token, also from a function, but not to a public operation", async () => {
    const { fetch, requests } = answers(Response.json({}), Response.json({}));
    const client = createClient({ baseUrl: "http://localhost", fetch, token: async () => "abc" });
    await client.getProfile();
    await client.logIn({ body: { email: "a@b.c", password: "x" } });
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer abc", null]);
  });

  test("sends a form where the contract says so, and merge-patch for PATCH", async () => {
    const { fetch, requests } = answers(Response.json({}), Response.json({}));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    await client.issueServiceToken({ body: { grant_type: "client_credentials", client_id: "a b" } });
    await client.updateProfile({ body: { version: 1, displayName: "Ada" } });
    expect(requests[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(await requests[0]?.text()).toBe("grant_type=client_credentials&client_id=a+b");
    expect(requests[1]?.headers.get("content-type")).toBe("application/merge-patch+json");
  });

  test("answers status, headers and body, typed", async () => {
    const reply = Response.json({ id: PRODUCT_ID }, { status: 201, headers: { etag: '"1"', location: "/products/1" } });
    const client = createClient({ baseUrl: "http://localhost", ...answers(reply) });
    const created = await client.createProduct({ body: { sku: "A", name: "A", price: PRICE } });
    expectTypeOf(created.headers.etag).toEqualTypeOf<string>();
    expectTypeOf(created.body).toEqualTypeOf<Schema<"Product">>();
    expect(created).toMatchObject({ status: 201, headers: { etag: '"1"' }, body: { id: PRODUCT_ID } });
  });
});

describe("a refusal", () => {
  test("is an ApiError whose problem is narrowed by its code", async () => {
    const { fetch } = answers(problem(409, "version-conflict", { currentVersion: 7 }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const body = {
      version: 1,
      sku: "A",
      name: "A",
      description: "",
      price: PRICE,
      status: "active",
      tags: [],
    } as const;
    const error = await client
      .replaceProduct({ params: { productId: PRODUCT_ID }, body: { ...body, tags: [] } })
      .catch((e) => e);
    expect(error).toBeInstanceOf(ApiError);
    if (!(error instanceof ApiError) || error.problem?.code !== "version-conflict") throw error;
    expectTypeOf(error.problem.currentVersion).toEqualTypeOf<number>();
    expect(error.problem.currentVersion).toBe(7);
  });

  test("from something else than the API has no problem but its text", async () => {
    const { fetch } = answers(new Response("Bad Gateway", { status: 500 }));
    const error = await createClient({ baseUrl: "http://localhost", fetch })
      .getProfile()
      .catch((e) => e);
    expect(error).toMatchObject({ name: "ApiError", status: 500, problem: undefined, body: "Bad Gateway" });
  });
});

describe("retries", () => {
  test("a read is repeated after a lost connection and a 503", async () => {
    const { fetch, requests } = answers(
      new TypeError("reset"),
      problem(503, "service-unavailable"),
      Response.json({ id: "1" }),
    );
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    expect(await client.getProfile()).toMatchObject({ body: { id: "1" } });
    expect(requests).toHaveLength(3);
  });

  test("a creating POST is repeated with the same Idempotency-Key and body", async () => {
    const { fetch, requests } = answers(new TypeError("reset"), Response.json({}, { status: 201 }));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    await client.createProduct({ body: { sku: "A", name: "A", price: PRICE } });
    const [first, second] = requests;
    expect(first?.headers.get("idempotency-key")).toBeString();
    expect(second?.headers.get("idempotency-key")).toBe(first!.headers.get("idempotency-key"));
    expect(await second?.text()).toBe(await first!.text());
  });

  test("an edit, which may have had its effect, is never repeated", async () => {
    const { fetch, requests } = answers(problem(503, "service-unavailable"));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: QUICK });
    await expect(client.deleteProduct({ params: { productId: PRODUCT_ID } })).rejects.toMatchObject({ status: 503 });
    expect(requests).toHaveLength(1);
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

  test("attempts are bounded", async () => {
    const { fetch, requests } = answers(...Array.from({ length: 9 }, () => new TypeError("refused")));
    const client = createClient({ baseUrl: "http://localhost", fetch, retry: { ...QUICK, attempts: 4 } });
    await expect(client.getProfile()).rejects.toBeInstanceOf(ConnectionError);
    expect(requests).toHaveLength(4);
  });
});

describe("time", () => {
  const never = (request: Request): Promise<Response> =>
    new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));

  test("an attempt that gets no answer ends at its deadline", async () => {
    const client = createClient({ baseUrl: "http://localhost", fetch: never, timeoutMs: 20, retry: { attempts: 1 } });
    await expect(client.getProfile()).rejects.toThrow("no answer within 20 ms");
  });

  test("the caller's signal ends the call with its own reason", async () => {
    const client = createClient({ baseUrl: "http://localhost", fetch: never });
    const stop = new AbortController();
    const call = client.getProfile({}, { signal: stop.signal });
    stop.abort(new Error("left the page"));
    await expect(call).rejects.toThrow("left the page");
  });
});

describe("clientCredentials()", () => {
  const service = { baseUrl: "http://localhost", clientId: "orders", clientSecret: "s", scope: "stock:write" };
  const issued = (access_token: string): Response =>
    Response.json({ access_token, token_type: "Bearer", expires_in: 300, scope: "stock:write" });

  test("asks once for many callers, and again shortly before the end", async () => {
    let nowMs = 0;
    const { fetch, requests } = answers(issued("one"), issued("two"));
    const token = clientCredentials({ ...service, fetch, now: () => nowMs });
    expect(await Promise.all([token(), token(), token()])).toEqual(["one", "one", "one"]);
    nowMs = 269_000;
    expect(await token()).toBe("one");
    nowMs = 271_000;
    expect(await token()).toBe("two");
    expect(requests).toHaveLength(2);
  });

  test("a failure is not kept", async () => {
    const { fetch } = answers(new TypeError("refused"), issued("late"));
    const token = clientCredentials({ ...service, fetch });
    await expect(token()).rejects.toBeInstanceOf(ConnectionError);
    expect(await token()).toBe("late");
  });
});
