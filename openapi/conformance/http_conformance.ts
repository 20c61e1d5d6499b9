/** What the services owe to HTTP itself: methods, paths, `HEAD`, `OPTIONS`, CORS and the request id. */
import type { ServiceName } from "#contract";
import { OPERATIONS, type Operation } from "./document.ts";
import { aProduct, expect, test } from "./fixtures.ts";

const ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE"];
const SERVICES: readonly ServiceName[] = ["user-authentication", "product-management", "order-processing"];

const paths = Map.groupBy(OPERATIONS, ({ path }) => path);

for (const [path, operations] of paths) {
  test(`${path} answers a method that it does not have with 405 and those that it has`, async ({ api }) => {
    const has = operations.map(({ method }) => method);
    for (const method of METHODS.filter((method) => !has.includes(method))) {
      const { status, headers, text } = await api.send(serviceOf(operations), concrete(path), { method });
      expect(status).toBe(405);
      expect(JSON.parse(text)).toMatchObject({ code: "method-not-allowed", instance: concrete(path) });
      expect(methodsIn(headers.allow)).toEqual(allowed(operations));
    }
  });

  test(`${path} answers OPTIONS with the methods that it has`, async ({ api }) => {
    const { status, headers } = await api.send(serviceOf(operations), concrete(path), { method: "OPTIONS" });
    expect(status).toBe(204);
    expect(methodsIn(headers.allow)).toEqual(allowed(operations));
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
}

for (const service of SERVICES) {
  test(`${service} knows nothing beside its paths`, async ({ api }) => {
    const [known = ""] = paths.keys().filter((path) => serviceOf(paths.get(path)) === service);
    const elsewhere = [
      "/nowhere",
      "/%",
      "/a/admin",
      `${concrete(known)}/`,
      `/${concrete(known)}`,
      concrete(known).toUpperCase(),
    ];
    for (const path of elsewhere) {
      const { status, text } = await api.send(service, path);
      expect(status, path).toBe(404);
      expect(JSON.parse(text)).toMatchObject({ code: "not-found" });
    }
  });

  test(`${service} lets the docs pages of all services in, and no other page`, async ({ api }) => {
    const [operation] = OPERATIONS.filter((it) => it.service === service && it.access === "user");
    const path = concrete(operation!.path); // every service has an operation for users
    for (const origin of SERVICES.map((other) => api.originOf(other))) {
      const asked = {
        origin,
        "access-control-request-method": operation!.method,
        "access-control-request-headers": "authorization,content-type",
      };
      const preflight = await api.send(service, path, { method: "OPTIONS", headers: asked });
      expect(preflight.headers["access-control-allow-origin"]).toBe(origin);
      expect(preflight.headers["access-control-allow-methods"]).toContain(operation!.method);
      expect(preflight.headers["access-control-allow-headers"]?.toLowerCase()).toContain("authorization");
      const { headers } = await api.send(service, path, { method: operation!.method, headers: { origin } });
      expect(headers["access-control-allow-origin"]).toBe(origin);
      expect(headers.vary).toContain("Origin");
    }
    for (const origin of ["https://shop.example", "null", `${api.originOf(service)}.example`]) {
      const { headers } = await api.send(service, path, { method: "OPTIONS", headers: { origin } });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });

  test(`${service} echoes X-Request-Id, or makes one`, async ({ api }) => {
    const ask = async (headers: Record<string, string>): Promise<string | undefined> =>
      (await api.send(service, "/nowhere", { headers })).headers["x-request-id"];
    expect(await ask({ "x-request-id": "trace-7.a_B" })).toBe("trace-7.a_B");
    expect(await ask({})).not.toBe(await ask({}));
    expect(await ask({ "x-request-id": "two words" })).not.toContain("two words");
    expect(await ask({ "x-request-id": "x".repeat(4000) })).not.toContain("xxxx");
  });
}

for (const operation of OPERATIONS.filter(({ method }) => method === "GET")) {
  test(`HEAD of ${operation.path} is answered as GET, without the body`, async ({ api }) => {
    const path = concrete(operation.path);
    const get = await api.send(operation.service, path);
    const head = await api.send(operation.service, path, { method: "HEAD" });
    expect(head.status).toBe(get.status);
    expect(head.text).toBe("");
    const names = ["etag", "cache-control", "content-type", "www-authenticate", "vary"];
    for (const name of names) expect(head.headers[name]).toBe(get.headers[name]);
  });

  test(`GET ${operation.path} is answered in the media type of the contract, whatever Accept says`, async ({ api }) => {
    const ask = async (accept: string) =>
      api.send(operation.service, concrete(operation.path), { headers: { accept } });
    const usual = await ask("application/json");
    for (const accept of ["text/html", "application/xml;q=0.9, */*;q=0", "*/*", "nonsense", ""]) {
      const { status, headers } = await ask(accept);
      expect([accept, status, headers["content-type"]]).toEqual([accept, usual.status, usual.headers["content-type"]]);
    }
  });
}

test("HEAD of a product has the headers of its GET", async ({ api, seller }) => {
  const { id } = await aProduct(api, seller);
  const get = await api.send("product-management", `/products/${id}`);
  const head = await api.send("product-management", `/products/${id}`, { method: "HEAD" });
  expect([head.status, head.text]).toEqual([200, ""]);
  for (const name of ["etag", "cache-control", "content-type"]) expect(head.headers[name]).toBe(get.headers[name]);
});

function serviceOf(operations: readonly Operation[] = []): ServiceName {
  return operations[0]!.service; // groupBy() makes no empty groups
}

/** The path with an id in it. */
function concrete(path: string): string {
  return path.replace(/\{\w+\}/g, ID);
}

/** RFC 9110: what has GET has HEAD. */
function allowed(operations: readonly Operation[]): Set<string> {
  return new Set(operations.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])).concat("OPTIONS"));
}

function methodsIn(list = ""): Set<string> {
  return new Set(list.split(", "));
}
