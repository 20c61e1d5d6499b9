import { fileURLToPath } from "node:url";
import type { ServiceName } from "#contract";
import { DOCUMENT } from "./contract_document.ts";
import { INITIALIZER, PAGE_STYLE } from "./docs_assets.ts";
import { htmlReply } from "./html_page.ts";
import type { OperationalRoute } from "./operational_route.ts";

/** The public origin of each service. */
export type Origins = Readonly<Record<ServiceName, string>>;

/** A path of the document: its tag is the name of the service that has it. */
interface PathItem {
  readonly servers?: unknown;
  readonly [method: string]: unknown;
}

interface OAuthScheme {
  flows: { clientCredentials: { tokenUrl: string } };
}

/** The package's files that the page needs, by their paths here. */
const PACKAGE_FILES = {
  "/docs/swagger-ui.css": "swagger-ui.css",
  "/docs/swagger-ui-bundle.js": "swagger-ui-bundle.js",
  "/docs/favicon.png": "favicon-32x32.png",
};
const CACHE_CONTROL = "public, max-age=3600";

/** The routes of the docs page: Swagger UI over the contract, from local files, so that it works without the internet. */
export function docsRoutes(origins: Origins): OperationalRoute[] {
  const json = JSON.stringify(publishedDocument(origins));
  const page = htmlReply({
    title: "Tradepost API",
    body: '<div id="swagger-ui"></div>',
    styles: ["/docs/swagger-ui.css", "/docs/page.css"],
    scripts: ["/docs/swagger-ui-bundle.js", "/docs/initializer.js"],
    connectTo: Object.values(origins),
  });
  return [
    { path: "/docs", answer: () => page },
    { path: "/openapi.json", answer: () => file(json, "application/json", "no-cache") },
    { path: "/docs/initializer.js", answer: () => file(INITIALIZER, "text/javascript; charset=utf-8") },
    { path: "/docs/page.css", answer: () => file(PAGE_STYLE, "text/css; charset=utf-8") },
    ...Object.entries(PACKAGE_FILES).map(([path, name]) => {
      const asset = packageFile(name);
      return { path, answer: () => file(asset, Bun.file(name).type) };
    }),
  ];
}

/** A file of the page's package; in a single-file executable, the one that it carries. */
function packageFile(name: string): Blob {
  const embedded = Bun.embeddedFiles.find((it) => "name" in it && String(it.name).endsWith(`/${name}`));
  return embedded ?? Bun.file(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)));
}

function file(raw: string | Blob, contentType: string, cacheControl = CACHE_CONTROL) {
  return { status: 200, headers: { "content-type": contentType, "cache-control": cacheControl }, raw };
}

/** The contract as it is served: each path names the origin of its own service, so that "Try it out" works on every page. */
export function publishedDocument(origins: Origins): object {
  const paths = Object.entries<PathItem>(DOCUMENT.paths).map(([path, item]) => {
    const service = serviceOf(path, item);
    return [path, { ...item, servers: [{ url: origins[service], description: service }] }];
  });
  const published = { ...structuredClone(DOCUMENT), paths: Object.fromEntries(paths) };
  // The scheme of the contract that has a token endpoint; its path is one of user-authentication.
  const { serviceAuth } = published.components.securitySchemes as { serviceAuth: OAuthScheme };
  const { clientCredentials } = serviceAuth.flows;
  clientCredentials.tokenUrl = new URL(clientCredentials.tokenUrl, origins["user-authentication"]).href;
  return published;
}

function serviceOf(path: string, item: PathItem): ServiceName {
  for (const operation of Object.values(item)) {
    const [tag] = (operation as { tags?: ServiceName[] }).tags ?? []; // the document's checks: a tag is a service
    if (tag !== undefined) return tag;
  }
  throw new Error(`The contract has no operation at ${path}`);
}
