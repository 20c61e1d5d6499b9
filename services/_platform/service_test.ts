import { afterAll, expect, spyOn, test } from "bun:test";
import { swagger } from "@elysiajs/swagger";
import { type AnyElysia, Elysia } from "elysia";
import { type Input, OPERATIONS, type Schema, type ServiceName } from "#contract";
import { parseProxies } from "./client_address.ts";
import { formatEtag } from "./etag.ts";
import { type IdempotencyRecord, idempotently } from "./idempotency.ts";
import { OAuthError } from "./oauth_error.ts";
import type { RequestRecord } from "./observability.ts";
import { Problem } from "./problem.ts";
import type { ServiceOptions } from "./service.ts";
import { createTestService, ID, ORIGINS, PRODUCT, send } from "./service_fixture.ts";

const OK = { status: 200, headers: { "cache-control": "no-cache", etag: '"1"' }, body: PRODUCT } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A service that keeps what it would tell its operators. */
function createWatched(
  handlers: Parameters<typeof createTestService<"product-management">>[1],
  options: Parameters<typeof createTestService>[2] = {},
) {
  const records: RequestRecord[] = [];
  const observability = {
    enterRequest: () => undefined,
    recordRequest: (record: RequestRecord) => records.push(record),
    metrics: async () => ({ contentType: "text/plain", text: "watched 1\n" }),
  };
  const service = createTestService("product-management", handlers, {
    ...options,
    observability: observability as never,
  });
  return { service, records };
}

test("a reply is sent with its headers as text, its body as JSON, and what every response has", async () => {
  const { service, records } = createWatched({ getProduct: () => OK });
  const { status, headers, text } = await send(service, `/products/${ID}`);
  expect({ status, text }).toEqual({ status: 200, text: JSON.stringify(PRODUCT) });
  expect(Object.fromEntries(headers)).toEqual({
    "cache-control": "no-cache",
    "content-type": "application/json",
    etag: '"1"',
    vary: "Origin",
    "x-content-type-options": "nosniff",
    "x-request-id": expect.stringMatching(UUID),
  });
  expect(records).toEqual([
    {
      operationId: "getProduct",
      method: "GET",
      route: expect.objectContaining({ method: "GET", path: "/products/{productId}" }),
      status: 200,
      durationMs: expect.any(Number),
      requestId: headers.get("x-request-id") ?? "",
      span: undefined,
      error: undefined,
    },
  ]);
});

test("nothing may be kept, unless it has an ETag or its handler says so", async () => {
  const service = createTestService("product-management", {
    listProducts: () => ({ status: 200, body: { items: [], nextCursor: null } }),
    replaceProduct: () => ({ status: 200, headers: { etag: '"1"' }, body: PRODUCT }),
    getProduct: () => ({ status: 200, headers: { "cache-control": "no-store" }, body: PRODUCT }),
  });
  const cacheControl = async (path: string, request = {}) =>
    (await send(service, path, request)).headers.get("cache-control");
  expect(await cacheControl("/products")).toBe("no-store");
  expect(await cacheControl(`/products/${ID}`)).toBe("no-store");
  expect(await cacheControl("/nowhere")).toBe("no-store");
  const { tags, sku, name, description, price, status } = PRODUCT;
  const json = { version: 1, tags, sku, name, description, price, status };
  expect(await cacheControl(`/products/${ID}`, { method: "PUT", json, token: "customer" })).toBe("private, no-cache");
});

test("304 and 204 have no body and no type", async () => {
  const service = createTestService("product-management", {
    getProduct: () => ({ status: 304, headers: { etag: '"1"', "cache-control": "no-cache" } }),
    deleteProduct: () => ({ status: 204 }),
  });
  for (const [method, status] of [
    ["GET", 304],
    ["DELETE", 204],
  ] as const) {
    const reply = await send(service, `/products/${ID}`, { method, token: "customer" });
    expect([reply.status, reply.text, reply.headers.get("content-type")]).toEqual([status, "", null]);
  }
});

test("who may call: no token, a bad one, one of another kind, one without the role or scope", async () => {
  const users = createTestService("user-authentication", {
    listUsers: () => ({ status: 200, body: { items: [], nextCursor: null } }),
  });
  const products = createTestService("product-management", {
    getProduct: () => OK,
    applyStockCommands: () => ({ status: 200, body: { results: [] } }),
  });
  const commands = { json: { commands: [] } };
  const none = 'Bearer realm="tradepost"';
  const invalid = `${none}, error="invalid_token"`;
  const cases = [
    [users, "/users", {}, 401, none],
    [users, "/users", { headers: { authorization: "Basic YTpi" } }, 401, none],
    [users, "/users", { headers: { authorization: "Bearer" } }, 401, none],
    [users, "/users", { token: "made up" }, 401, invalid],
    [users, "/users", { token: "stock" }, 401, invalid],
    [users, "/users", { token: "customer" }, 403, null],
    [users, "/users", { token: "admin" }, 200, null],
    [users, "/users", { headers: { authorization: "bearer   admin" } }, 200, null],
    // How two headers arrive.
    [users, "/users", { headers: { authorization: "Bearer customer, Bearer admin" } }, 401, invalid],
    [users, "/users", { headers: { authorization: "Bearer customer admin" } }, 401, invalid],
    [products, `/products/${ID}`, {}, 200, null],
    [products, `/products/${ID}`, { token: "customer" }, 200, null],
    [products, `/products/${ID}`, { token: "stock" }, 401, invalid],
    [products, `/products/${ID}`, { headers: { authorization: "Basic YTpi" } }, 401, none],
    [products, "/internal/stock-commands", { ...commands, token: "admin" }, 401, invalid],
    [
      products,
      "/internal/stock-commands",
      { ...commands, token: "scopeless" },
      403,
      `${none}, error="insufficient_scope", scope="stock:write"`,
    ],
    [products, "/internal/stock-commands", { ...commands, token: "stock" }, 400, null],
  ] as const;
  for (const [service, path, request, status, challenge] of cases) {
    const reply = await send(service, path, request);
    expect([path, request, reply.status, reply.headers.get("www-authenticate")]).toEqual([
      path,
      request,
      status,
      challenge,
    ]);
    if (status === 401) expect(reply.json.code).toBe("unauthorized");
    if (status === 403) expect(reply.json.code).toBe("forbidden");
  }
});

test("a caller who may not call learns nothing about their request", async () => {
  const service = createTestService("product-management", {});
  const reply = await send(service, "/products?x=1", {
    method: "POST",
    body: "{",
    headers: { "content-type": "text/plain" },
  });
  expect([reply.status, reply.json.errors]).toEqual([401, undefined]);
});

test("a caller whose token can't be verified now is told to come back", async () => {
  const away = new Problem("service-unavailable", "Access tokens can't be verified now", {
    headers: { "retry-after": "1" },
  });
  const service = createTestService(
    "product-management",
    { getProduct: () => OK },
    { authenticate: () => Promise.reject(away) },
  );
  const reply = await send(service, `/products/${ID}`, { token: "customer" });
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await send(service, `/products/${ID}`)).status).toBe(200);
});

test("an unknown path is 404, another method 405 with the methods there are", async () => {
  const service = createTestService("product-management", {});
  for (const path of [
    "/nowhere",
    "/products/",
    `/products/${ID}/`,
    `/products/${ID}/stock/x`,
    "//products",
    "/Products",
    "/orders",
  ]) {
    const { status, json } = await send(service, path);
    expect([path, status, json.code, json.instance]).toEqual([path, 404, "not-found", path]);
  }
  const allowed = {
    "/products": "GET, HEAD, POST, OPTIONS",
    [`/products/${ID}`]: "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
    "/internal/stock-commands": "POST, OPTIONS",
    "/livez": "GET, HEAD, OPTIONS",
  };
  for (const [path, allow] of Object.entries(allowed)) {
    for (const method of ["PROPFIND", "DELETE", "POST"].filter((it) => !allow.includes(it))) {
      const { status, headers, json } = await send(service, path, { method });
      expect([path, status, headers.get("allow"), json.code]).toEqual([path, 405, allow, "method-not-allowed"]);
    }
    const options = await send(service, path, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow"), options.text]).toEqual([204, allow, ""]);
  }
});

test("the instance of a problem is a URI reference, whatever the path", async () => {
  const service = createTestService("product-management", { getProduct: () => OK });
  const { json } = await send(service, "/products/%zz|[x]^?token=secret");
  expect(json.instance).toBe("/products/%25zz%7C%5Bx%5D%5E");
});

test("HEAD answers what GET answers, without the body", async () => {
  const service = createTestService("product-management", { getProduct: () => OK });
  const path = `/products/${ID}`;
  const [get, head] = [await send(service, path), await send(service, path, { method: "HEAD" })];
  expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", '"1"']);
  expect(head.headers.get("content-length")).toBe(String(get.text.length));
  expect((await send(service, "/products/x", { method: "HEAD" })).status).toBe(400);
  expect((await send(service, "/nowhere", { method: "HEAD" })).status).toBe(404);
  const refused = await send(service, "/internal/stock-commands", { method: "HEAD" });
  expect([refused.status, refused.headers.get("allow"), refused.text]).toEqual([405, "POST, OPTIONS", ""]);
});

test("pages of further origins may call where a setting allows it", async () => {
  const origin = "https://shop.example";
  const open = createTestService("product-management", {}, { allowedOrigins: [origin] });
  const allowed = async (service: typeof open): Promise<string | null> =>
    (await send(service, "/products/x", { headers: { origin } })).headers.get("access-control-allow-origin");
  expect(await allowed(open)).toBe(origin);
  expect(await allowed(createTestService("product-management", {}))).toBeNull();
});

test("pages of the configured origins may call and read; others may not", async () => {
  const service = createTestService("product-management", { getProduct: () => OK });
  const path = `/products/${ID}`;
  for (const origin of Object.values(ORIGINS)) {
    const { headers } = await send(service, path, { headers: { origin } });
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    const exposed = headers.get("access-control-expose-headers")?.split(", ") ?? [];
    for (const name of [
      "ETag",
      "Location",
      "Link",
      "Retry-After",
      "X-Request-Id",
      "Idempotent-Replayed",
      "WWW-Authenticate",
    ]) {
      expect(exposed).toContain(name);
    }
    const preflight = await send(service, path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "PUT", "access-control-request-headers": "authorization" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    const sent = preflight.headers.get("access-control-allow-headers")?.toLowerCase().split(", ") ?? [];
    for (const name of [
      "authorization",
      "content-type",
      "if-match",
      "if-none-match",
      "idempotency-key",
      "traceparent",
      "x-request-id",
    ]) {
      expect(sent).toContain(name);
    }
  }
  for (const origin of ["https://evil.example", "null", "http://localhost:3000.evil.example", "http://localhost"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await send(service, path, { method, headers: { origin } });
      expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([null, "Origin"]);
    }
  }
  // Errors are read by pages, too.
  const refused = await send(service, "/products/x", { headers: { origin: ORIGINS["user-authentication"] } });
  expect(refused.headers.get("access-control-allow-origin")).toBe(ORIGINS["user-authentication"]);
});

test("a problem that a handler throws is answered with its members and headers", async () => {
  const { service, records } = createWatched({
    updateProduct: () => {
      throw new Problem("version-conflict", "Cannot update it at version 1: current version is 2", {
        currentVersion: 2,
      });
    },
    getProductStock: async () => {
      const cause = new Error("db-7.internal refused");
      throw new Problem("service-unavailable", "The database did not answer", {
        headers: { "retry-after": "1" },
        cause,
      });
    },
  });
  const headers = { "content-type": "application/merge-patch+json" };
  const conflict = await send(service, `/products/${ID}`, {
    method: "PATCH",
    token: "customer",
    json: { version: 1 },
    headers,
  });
  expect([conflict.status, conflict.headers.get("content-type"), conflict.json]).toEqual([
    409,
    "application/problem+json",
    {
      type: "/problems/version-conflict",
      title: "Version conflict",
      status: 409,
      code: "version-conflict",
      detail: "Cannot update it at version 1: current version is 2",
      instance: `/products/${ID}`,
      currentVersion: 2,
    },
  ]);
  const away = await send(service, `/products/${ID}/stock`);
  expect([away.status, away.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(away.text).not.toContain("db-7");
  expect(records[1]?.error).toHaveProperty("cause", new Error("db-7.internal refused"));
});

test("an error that is no problem tells the caller nothing, and the operators all", async () => {
  const faults = [
    new Error("password=hunter2"),
    "hunter2",
    null,
    Object.assign(new Error("hunter2"), { status: 200, code: "NOT_FOUND" }),
  ];
  for (const fault of faults) {
    for (const thrown of [
      () => Promise.reject(fault),
      () => {
        throw fault;
      },
    ]) {
      const { service, records } = createWatched({ getProduct: thrown });
      const { status, text, json, headers } = await send(service, `/products/${ID}`);
      expect([status, json.code, headers.get("content-type")]).toEqual([
        500,
        "internal-error",
        "application/problem+json",
      ]);
      expect(text).not.toContain("hunter2");
      expect(records).toEqual([expect.objectContaining({ status: 500, error: fault })]);
    }
  }
});

test("an error in a plugin tells the caller nothing", async () => {
  const plugins = [
    new Elysia().get("/fragile", () => {
      throw Object.assign(new Error("hunter2"), { status: 418 });
    }),
  ];
  const { service, records } = createWatched({}, { plugins });
  const { status, json, text } = await send(service, "/fragile");
  expect([status, json.code]).toEqual([500, "internal-error"]);
  expect(text).not.toContain("hunter2");
  expect(String(records[0]?.error)).toContain("hunter2");
});

test("a service without observability tells its own errors, and those only, on stderr", async () => {
  const told = spyOn(console, "error").mockImplementation(() => {});
  try {
    const service = createTestService("product-management", {});
    await send(service, "/products/x");
    expect(told).not.toHaveBeenCalled();
    await send(service, "/products");
    expect(told).toHaveBeenCalledTimes(1);
  } finally {
    told.mockRestore();
  }
});

test("a reply that the contract does not have is not sent", async () => {
  // Each is wrong for the compiler, too: what a cast or a database can still do.
  const wrong: unknown[] = [
    { status: 201, headers: OK.headers, body: PRODUCT },
    { status: 404, body: PRODUCT },
    { ...OK, headers: { etag: '"1"' } },
    { ...OK, headers: { ...OK.headers, etag: "1" } },
    { ...OK, body: undefined },
    { ...OK, body: { ...PRODUCT, passwordHash: "hunter2" } },
    { ...OK, body: { ...PRODUCT, version: "1" } },
    { status: 304, headers: OK.headers, body: PRODUCT },
    new Problem("sku-taken", "this operation does not declare it"),
    new Problem("service-unavailable", "its Retry-After is missing"),
  ];
  for (const reply of wrong) {
    const getProduct = (): never => {
      if (reply instanceof Problem) throw reply;
      return reply as never;
    };
    const { service, records } = createWatched({ getProduct });
    const { status, text } = await send(service, `/products/${ID}`);
    expect([reply, status]).toEqual([reply, 500]);
    expect(text).not.toContain("hunter2");
    expect(String(records[0]?.error)).toStartWith("ContractBreach: The reply ");
    expect(String(records[0]?.error)).not.toContain("hunter2");
  }
});

test("without the check a reply is sent as it is", async () => {
  const wrong = { ...OK, body: { ...PRODUCT, surplus: 1 } };
  const service = createTestService("product-management", { getProduct: () => wrong }, { checkResponses: false });
  expect((await send(service, `/products/${ID}`)).json.surplus).toBe(1);
});

test("a request is followed by its id and its trace", async () => {
  const seen: Input<"getProduct">["context"][] = [];
  const service = createTestService("product-management", {
    getProduct: ({ context }) => {
      seen.push(context);
      return OK;
    },
  });
  const call = async (headers: Record<string, string>) => {
    const reply = await send(service, `/products/${ID}`, { headers });
    return { echoed: reply.headers.get("x-request-id"), context: seen.pop() };
  };
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const sane = await call({ "x-request-id": "Abc_1.2-3", traceparent: trace });
  expect([sane.echoed, sane.context?.requestId, sane.context?.traceparent]).toEqual(["Abc_1.2-3", "Abc_1.2-3", trace]);
  expect(sane.context?.address).toBe("");
  for (const id of ["", "a b", "a\tb", "<x>", "x".repeat(129), "ü"]) {
    const { echoed, context } = await call({ "x-request-id": id });
    expect(echoed).toMatch(UUID);
    expect(context?.requestId).toBe(echoed ?? "");
  }
  for (const odd of [
    "",
    "x",
    trace.slice(1),
    `${trace}-x`,
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    trace.toUpperCase(),
  ]) {
    expect((await call({ traceparent: odd })).context?.traceparent).toBeUndefined();
  }
});

test("an operation of OAuth reads a form and answers errors as OAuth does", async () => {
  const seen: Input<"issueServiceToken">[] = [];
  const token: Schema<"ServiceToken"> = {
    access_token: "a",
    token_type: "Bearer",
    expires_in: 300,
    scope: "stock:write",
  };
  const service = createTestService("user-authentication", {
    issueServiceToken: (input) => {
      seen.push(input);
      if (input.body.grant_type !== "client_credentials")
        throw new OAuthError("unsupported_grant_type", "Only client_credentials is served");
      if (input.headers.authorization === undefined)
        throw new OAuthError("invalid_client", "The client is unknown or its secret is wrong");
      return { status: 200, headers: { "cache-control": "no-store" }, body: token };
    },
  });
  const post = (body: string, headers: Record<string, string> = {}) =>
    send(service, "/token", { body, headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });

  const authorization = "Basic YTpi";
  const good = await post("grant_type=client_credentials&scope=stock%3Awrite&client_id=", { authorization });
  expect([good.status, good.json]).toEqual([200, { ...token }]);
  expect(seen[0]?.body).toEqual({ grant_type: "client_credentials", scope: "stock:write" });
  expect(seen[0]?.headers.authorization).toBe(authorization);
  expect(seen[0]?.caller).toBeUndefined();

  const refusals = [
    ["", "The request is required"],
    ["scope=x", "grant_type is required"],
    ["grant_type=a&grant_type=b", "The request has a parameter more than once"],
  ];
  for (const [body = "", description] of refusals) {
    const { status, json, headers } = await post(body);
    expect([status, json]).toEqual([400, { error: "invalid_request", error_description: description }]);
    expect([headers.get("content-type"), headers.get("cache-control")]).toEqual(["application/json", "no-store"]);
  }
  expect((await post("grant_type=client_credentials&colour=red", { authorization })).status).toBe(200);
  expect((await post("grant_type=password")).json.error).toBe("unsupported_grant_type");
  const unknown = await post("grant_type=client_credentials");
  expect([unknown.status, unknown.json.error, unknown.headers.get("www-authenticate")]).toEqual([
    401,
    "invalid_client",
    'Basic realm="tradepost"',
  ]);
  const json = await send(service, "/token", { json: { grant_type: "client_credentials" } });
  expect([json.status, json.json.code, json.headers.get("accept")]).toEqual([
    415,
    "unsupported-media-type",
    "application/x-www-form-urlencoded",
  ]);
});

test("a stored reply is sent again, a problem as well", async () => {
  const records = new Map<string, IdempotencyRecord>();
  const store = {
    find: async (scope: string, key: string) => records.get(scope + key),
    save: async (record: IdempotencyRecord) =>
      void records.set(record.scope + record.key, JSON.parse(JSON.stringify(record))),
  };
  let made = 0;
  const service = createTestService("product-management", {
    createProduct: ({ headers, caller, body }) =>
      idempotently(
        { store, request: { operationId: "createProduct", key: headers["idempotency-key"], caller, body } },
        async (recordOf) => {
          made += 1;
          if (body.sku === "TAKEN")
            throw new Problem("sku-taken", "Cannot create a product with this sku: another product has it");
          const reply = {
            status: 201,
            headers: { location: `/products/${ID}`, etag: formatEtag(1) },
            body: PRODUCT,
          } as const;
          const record = recordOf(reply);
          if (record) await store.save(record);
          return reply;
        },
      ),
  });
  for (const [sku, status] of [
    ["LAMP-1", 201],
    ["TAKEN", 409],
  ] as const) {
    const request = {
      token: "customer",
      headers: { "idempotency-key": sku },
      json: { sku, name: "a", price: PRODUCT.price },
    };
    const [first, second] = [await send(service, "/products", request), await send(service, "/products", request)];
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([status, null]);
    expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([status, "true"]);
    expect([second.text, second.headers.get("etag"), second.headers.get("location")]).toEqual([
      first.text,
      first.headers.get("etag"),
      first.headers.get("location"),
    ]);
    expect(second.headers.get("content-type")).toBe(first.headers.get("content-type"));
    const reused = await send(service, "/products", { ...request, json: { ...request.json, name: "b" } });
    expect([reused.status, reused.json.code]).toEqual([422, "idempotency-key-reused"]);
  }
  expect(made).toBe(2);
});

test("an operation that is sensitive asks whether the session is over, and no other one does", async () => {
  const asked: string[] = [];
  let isOver = true;
  const answered = async (path: string, token: string): Promise<number> => {
    const service = createTestService(
      "user-authentication",
      {},
      {
        checkResponses: false,
        isOver: async ({ id }) => {
          asked.push(id);
          return isOver;
        },
      },
    );
    return (await send(service, path, { token })).status;
  };
  expect([await answered("/profile/sessions", "customer"), asked.length]).toEqual([401, 1]);
  expect([await answered("/users", "customer"), asked.length]).toEqual([403, 1]);
  expect([await answered("/users", "admin"), asked.length]).toEqual([401, 2]);
  expect([await answered("/profile", "customer"), asked.length]).toEqual([500, 2]);
  isOver = false;
  expect([await answered("/profile/sessions", "customer"), asked.length]).toEqual([500, 3]);
});

// The routes that are mounted, as Elysia's own plugin derives them, against the operations of the document.

/** The plugin takes paths with a dot for files unless told otherwise, and shows paths of the documentation as if they were mounted. */
const DERIVED = { info: { title: "derived", version: "0" }, paths: {} };

/** Paths and methods in a derived document, in the contract's notation. */
async function derivedRoutes(name: ServiceName, extra: AnyElysia[] = []): Promise<string[]> {
  const plugins: AnyElysia[] = [
    swagger({ path: "/derived", excludeStaticFile: false, documentation: DERIVED }),
    ...extra,
  ];
  const { json } = await send(createTestService(name, {}, { plugins }), "/derived/json");
  return Object.entries(json.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function statedRoutes(name: ServiceName): string[] {
  return Object.values(OPERATIONS).flatMap(({ service, method, path }) =>
    service === name ? [`${method} ${path}`] : [],
  );
}

test("the routes of each service are the operations of its tag, no more and no fewer", async () => {
  for (const name of ["user-authentication", "product-management", "order-processing"] as const) {
    const stated = statedRoutes(name).sort();
    expect(stated.length).toBeGreaterThan(4);
    expect((await derivedRoutes(name)).sort()).toEqual(stated);
    expect(
      createTestService(name, {})
        .routes.map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(stated);
  }
});

test("a route that is planted beside the contract is seen, and one that is missing too", async () => {
  const derived = await derivedRoutes("order-processing", [new Elysia().get("/backdoor", () => "open")]);
  const stated = statedRoutes("order-processing");
  expect(derived.filter((route) => !stated.includes(route))).toEqual(["GET /backdoor"]);
  const others = await derivedRoutes("product-management");
  expect(stated.filter((route) => !others.includes(route))).toEqual(stated);
});

// Over sockets.

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

async function listen(service: ReturnType<typeof createTestService>): Promise<string> {
  const { port } = await service.listen({ host: "127.0.0.1", port: 0 });
  stops.push(() => service.stop({ deadlineMs: 100 }));
  return `http://127.0.0.1:${port}`;
}

test("a socket gets what a handle gets, and knows its peer", async () => {
  let address = "";
  const service = createTestService("product-management", {
    getProduct: async ({ context }) => {
      await Bun.sleep(1);
      address = context.address;
      return OK;
    },
  });
  const origin = await listen(service);
  const response = await fetch(`${origin}/products/${ID}`);
  expect([response.status, await response.json()]).toEqual([200, PRODUCT]);
  expect(address).toBe("127.0.0.1");
  const head = await fetch(`${origin}/products/${ID}`, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(JSON.stringify(PRODUCT).length)]);
  const large = await fetch(`${origin}/products`, {
    method: "POST",
    headers: { authorization: "Bearer customer", "content-type": "application/json" },
    body: "x".repeat(3_000_000),
  });
  expect([large.status, large.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
});

/** Writes bytes to a socket and answers the first line that comes back. */
async function firstLine(origin: string, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(origin);
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_socket, data) => resolve(data.toString().split("\r\n")[0] ?? ""),
      close: () => resolve("closed"),
    },
  });
  socket.write(text);
  const line = await promise;
  socket.end();
  return line;
}

test("the address is the peer's, whatever X-Forwarded-For says, but for a proxy that is trusted", async () => {
  const addressesBy = async (options: Partial<ServiceOptions>): Promise<string> => {
    let address = "";
    const getProduct = ({ context }: { context: { address: string } }) => {
      address = context.address;
      return OK;
    };
    const origin = await listen(createTestService("product-management", { getProduct }, options));
    await fetch(`${origin}/products/${ID}`, { headers: { "x-forwarded-for": "198.51.100.7" } });
    return address;
  };
  expect(await addressesBy({})).toBe("127.0.0.1");
  expect(await addressesBy({ trustedProxies: parseProxies("10.0.0.0/8")! })).toBe("127.0.0.1");
  expect(await addressesBy({ trustedProxies: parseProxies("127.0.0.0/8")! })).toBe("198.51.100.7");
});

test("the path is not taken from the host, and a request without a host has none", async () => {
  const origin = await listen(createTestService("product-management", {}));
  const get = (path: string, host: string) => firstLine(origin, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect(await get("/livez", "a")).toBe("HTTP/1.1 200 OK");
  expect(await get("/zzz/livez", "a")).toBe("HTTP/1.1 404 Not Found");
  expect(await get("/zzz", "a/livez?")).toBe("HTTP/1.1 404 Not Found");
  expect(await firstLine(origin, "GET /livez HTTP/1.0\r\n\r\n")).toBe("HTTP/1.1 404 Not Found");
  expect(await get("/livez", "a\r\nHost: b")).toBe("HTTP/1.1 404 Not Found");
});

test("a caller who leaves while their body is read is no fault of the service", async () => {
  const { service, records } = createWatched({});
  const origin = await listen(service);
  const head =
    "POST /products HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer customer\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(origin).port),
    socket: { data() {} },
  });
  socket.write(head);
  await Bun.sleep(30);
  socket.terminate();
  for (let waits = 0; records.length === 0 && waits < 100; waits += 1) await Bun.sleep(10);
  expect(records).toEqual([expect.objectContaining({ operationId: "createProduct", status: 499 })]);
});

test("a port that is taken is refused", async () => {
  const origin = await listen(createTestService("product-management", {}));
  const second = createTestService("product-management", {});
  const port = Number(new URL(origin).port);
  await expect(second.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("while it drains, each reply is the last one of its connection, so that no request meets the end of the process", async () => {
  const service = createTestService("product-management", { getProduct: async () => OK });
  const origin = await listen(service);
  const connection = async (): Promise<string | null> =>
    (await fetch(`${origin}/products/${ID}`)).headers.get("connection");
  expect(await connection()).not.toBe("close");
  service.drain();
  expect(await connection()).toBe("close");
  expect((await fetch(`${origin}/nowhere`)).headers.get("connection")).toBe("close");
});

test("stop() answers what is in flight, up to its deadline", async () => {
  for (const [durationMs, deadlineMs, outcome] of [
    [150, 5000, 200],
    [5000, 100, "cut"],
  ] as const) {
    const started = Promise.withResolvers<void>();
    const service = createTestService("product-management", {
      getProduct: async () => {
        started.resolve();
        await Bun.sleep(durationMs);
        return OK;
      },
    });
    const origin = await listen(service);
    const answer = fetch(`${origin}/products/${ID}`).then(
      (response) => response.status,
      () => "cut",
    );
    await started.promise;
    const startedMs = performance.now();
    await service.stop({ deadlineMs });
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(await answer).toBe(outcome);
    await expect(fetch(`${origin}/livez`)).rejects.toThrow();
  }
});

test("stop() before listen() is nothing", async () => {
  await createTestService("product-management", {}).stop();
});
