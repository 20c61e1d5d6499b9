import { expect, test } from "bun:test";
import { DOCUMENT } from "./contract_document.ts";
import { publishedDocument } from "./docs.ts";
import { proseToHtml } from "./html_page.ts";
import { createObservability } from "./observability.ts";
import { PROBLEMS } from "./problem.ts";
import { createTestService, ORIGINS, send } from "./service_fixture.ts";

const service = createTestService("product-management", {});
/** What a page may do; only the docs page calls other origins. */
function policy(connectTo: string): string {
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src ${connectTo}; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}

/** The paths that a page loads. */
function loadedBy(html: string): string[] {
  return [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
}

test("a process is alive whatever is away, and ready when its own check says so", async () => {
  let isAway = true;
  const checked = createTestService(
    "product-management",
    {},
    {
      readiness: async () => {
        if (isAway) throw new Error("db-7.internal refused");
      },
    },
  );
  expect((await send(checked, "/livez")).status).toBe(200);
  const away = await send(checked, "/readyz");
  expect([away.status, away.json.code, away.headers.get("retry-after")]).toEqual([503, "service-unavailable", "1"]);
  expect(away.text).not.toContain("db-7");
  isAway = false;
  expect((await send(checked, "/readyz")).status).toBe(200);
});

test("a process that is about to stop is not ready, but alive and serving", async () => {
  const stopping = createTestService("product-management", {
    listProducts: () => ({ status: 200, body: { items: [], nextCursor: null } }),
  });
  stopping.drain();
  expect((await send(stopping, "/readyz")).status).toBe(503);
  expect((await send(stopping, "/livez")).status).toBe(200);
  expect((await send(stopping, "/products")).status).toBe(200);
});

test("metrics are there where something is measured", async () => {
  expect((await send(service, "/metrics")).status).toBe(404);
  const observability = createObservability({ service: "product-management", destination: { write() {} } });
  const measured = createTestService("product-management", {}, { observability });
  await send(measured, "/products/x");
  await send(measured, "/nowhere?a=1");
  const { status, headers, text } = await send(measured, "/metrics");
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const counted = (operation: string, path: string, status: number) =>
    `http_server_request_duration_seconds_count{operation="${operation}",http_request_method="GET",http_route="${path}",http_response_status_code="${status}",service="product-management"} 1`;
  expect(text).toContain(counted("getProduct", "/products/{productId}", 400));
  expect(text).toContain(counted("none", "/*", 404).replace('"GET"', '"_OTHER"'));
  const { observability: unmeasured } = {
    observability: createObservability({ service: "product-management", metrics: false, destination: { write() {} } }),
  };
  expect(
    (await send(createTestService("product-management", {}, { observability: unmeasured }), "/metrics")).status,
  ).toBe(404);
});

test("the contract's words become HTML, and nothing in them does anything", () => {
  expect(proseToHtml("One `code`.\n\nTwo <b> & `<i>`.\n")).toBe(
    "<p>One <code>code</code>.</p>\n<p>Two &lt;b&gt; &amp; <code>&lt;i&gt;</code>.</p>",
  );
});

test("the start page says what runs here and leads on", async () => {
  const { status, headers, text } = await send(service, "/");
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(text).toContain("<h1>Tradepost <code>product-management</code></h1>");
  expect(text).toContain(`Version ${DOCUMENT.info.version}`);
  for (const [, path = ""] of text.matchAll(/href="(\/[^"]*)"/g)) {
    expect([path, [200, 404].includes((await send(service, path)).status)]).toEqual([path, true]);
  }
  for (const origin of [ORIGINS["user-authentication"], ORIGINS["order-processing"]])
    expect(text).toContain(`href="${origin}/"`);
});

test("the type of each problem leads to its page", async () => {
  for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
    const page = await send(service, `/problems/${code}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<h1>${title}</h1>`);
    expect(page.text).toContain(`<td>${status}</td>`);
    expect(page.text).not.toContain("<p></p>");
  }
  for (const code of ["nope", "__proto__", "<b>"]) {
    const { status, json } = await send(service, `/problems/${code}`);
    expect([status, json.code]).toEqual([404, "not-found"]);
  }
});

test("a page loads its own files only, and all of them are there", async () => {
  const origins = Object.values(ORIGINS).join(" ");
  for (const path of ["/docs", "/", "/problems/not-found"]) {
    const { text, headers } = await send(service, path);
    expect(headers.get("content-security-policy")).toBe(policy(path === "/docs" ? `'self' ${origins}` : "'self'"));
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
    const loaded = loadedBy(text);
    expect(loaded.length).toBeGreaterThan(1);
    for (const file of loaded) {
      const reply = await send(service, file);
      const type = file.endsWith(".js") ? "text/javascript" : file.endsWith(".css") ? "text/css" : "image/png";
      expect([file, reply.status, reply.headers.get("content-type")?.split(";")[0]]).toEqual([file, 200, type]);
      expect(reply.headers.get("cache-control")).toBe("public, max-age=3600");
    }
  }
});

test("the docs page is Swagger UI over the document of this service", async () => {
  const { text } = await send(service, "/docs");
  expect(text).toContain("<title>Tradepost API</title>");
  expect(loadedBy(text)).toContain("/docs/swagger-ui-bundle.js");
  const initializer = await send(service, "/docs/initializer.js");
  expect(initializer.text).toContain('url: "/openapi.json"');
  expect(initializer.text).toContain("persistAuthorization: true");
  // No more of the package is served than the page needs.
  for (const file of [
    "swagger-ui-bundle.js.map",
    "index.html",
    "swagger-initializer.js",
    "..%2fpackage.json",
    "package.json",
  ]) {
    expect((await send(service, `/docs/${file}`)).status).toBe(404);
  }
});

test("the served document is the contract, with each path at its own service", async () => {
  const { json, headers } = await send(service, "/openapi.json");
  expect(headers.get("content-type")).toBe("application/json");
  expect(json).toEqual(JSON.parse(JSON.stringify(publishedDocument(ORIGINS))));
  const paths = json.paths as Record<string, { servers: { url: string }[] }>;
  expect(paths["/login"]?.servers).toEqual([expect.objectContaining({ url: "http://localhost:3000" })]);
  expect(paths["/products"]?.servers).toEqual([expect.objectContaining({ url: "http://localhost:3001" })]);
  expect(paths["/orders/{orderId}"]?.servers).toEqual([expect.objectContaining({ url: "https://orders.example" })]);
  expect(json).toHaveProperty(
    "components.securitySchemes.serviceAuth.flows.clientCredentials.tokenUrl",
    "http://localhost:3000/token",
  );
  const withoutServers = ({ servers, ...item }: { servers?: unknown }) => item;
  for (const [path, item] of Object.entries(DOCUMENT.paths)) {
    const published: unknown = paths[path] && withoutServers(paths[path]);
    expect(published).toEqual(JSON.parse(JSON.stringify(withoutServers(item))));
  }
  // What is served is a copy.
  expect(JSON.stringify(DOCUMENT)).not.toContain("orders.example");
});
