import type { ServiceName } from "#contract";
import { DOCUMENT } from "./contract_document.ts";
import { docsRoutes, type Origins } from "./docs.ts";
import { escapeHtml, htmlReply, proseToHtml } from "./html_page.ts";
import type { Observability } from "./observability.ts";
import type { OperationalRoute } from "./operational_route.ts";
import { PROBLEMS, Problem } from "./problem.ts";
import type { OutgoingReply } from "./reply_check.ts";
import { unavailable } from "./unavailable.ts";

/** What the operational routes tell about. */
export interface OperationalOptions {
  origins: Origins;
  observability: Observability | undefined;
  /** Rejects while something the service needs is away. */
  readiness: () => Promise<void>;
  isDraining: () => boolean;
}

/** The routes every service has outside the contract. */
export function operationalRoutes(name: ServiceName, options: OperationalOptions): OperationalRoute[] {
  const start = startPage(name, options.origins);
  return [
    { path: "/", answer: () => start },
    { path: "/livez", unlimited: true, answer: () => text("alive\n") },
    { path: "/readyz", unlimited: true, answer: () => readiness(options) },
    { path: "/metrics", unlimited: true, answer: () => metrics(options) },
    { path: "/problems/{code}", answer: ({ code = "" }) => problemPage(code) },
    ...docsRoutes(options.origins),
  ];
}

function text(raw: string, contentType = "text/plain; charset=utf-8"): OutgoingReply {
  return { status: 200, headers: { "content-type": contentType }, raw };
}

async function readiness({ readiness, isDraining }: OperationalOptions): Promise<OutgoingReply> {
  if (isDraining()) throw unavailable("This process is about to stop");
  try {
    await readiness();
  } catch (cause) {
    throw unavailable("Something this service needs is away", cause);
  }
  return text("ready\n");
}

async function metrics({ observability }: OperationalOptions): Promise<OutgoingReply> {
  const read = await observability?.metrics();
  if (read === undefined) throw new Problem("not-found", "Metrics are switched off");
  return text(read.text, read.contentType);
}

/** What runs here, and where to go from it. */
function startPage(name: ServiceName, origins: Origins): OutgoingReply {
  const { title, version, summary } = DOCUMENT.info;
  const description = DOCUMENT.tags.find((tag) => tag.name === name)?.description ?? "";
  const links = {
    "/docs": "the API, to read and to try",
    "/openapi.json": "its OpenAPI document",
    "/livez": "whether the process runs",
    "/readyz": "whether it can serve",
    "/metrics": "its metrics, for Prometheus",
  };
  const rows = Object.entries(links).map(
    ([path, what]) => `<tr><td><a href="${path}">${path}</a></td><td>${what}</td></tr>`,
  );
  const others = Object.entries(origins).filter(([service]) => service !== name);
  const items = others.map(([service, origin]) => `<li><a href="${escapeHtml(origin)}/">${service}</a></li>`);
  return htmlReply({
    title: `${title} ${name}`,
    styles: ["/docs/page.css"],
    body: `<main class="page">
<h1>${title} <code>${name}</code></h1>
<p>${escapeHtml(summary)}. Version ${escapeHtml(version)}.</p>
${proseToHtml(description)}
<table>${rows.join("")}</table>
<p>Beside it:</p>
<ul>${items.join("")}</ul>
</main>`,
  });
}

/** What the `type` of a problem leads to. */
function problemPage(code: string): OutgoingReply {
  if (!isProblemCode(code)) throw new Problem("not-found", "There is no such problem");
  const { status, title } = PROBLEMS[code];
  return htmlReply({
    title: `${title} – ${DOCUMENT.info.title}`,
    styles: ["/docs/page.css"],
    body: `<main class="page">
<h1>${escapeHtml(title)}</h1>
${proseToHtml(describeProblem(code))}
<table><tr><th>Status</th><td>${status}</td></tr><tr><th>Code</th><td><code>${code}</code></td></tr></table>
<p><a href="/docs">All of the API</a></p>
</main>`,
  });
}

function isProblemCode(code: string): code is keyof typeof PROBLEMS {
  return Object.hasOwn(PROBLEMS, code);
}

function describeProblem(code: string): string {
  for (const { properties, description } of Object.values(DOCUMENT.components.schemas)) {
    const { code: stated } = (properties ?? {}) as { code?: { const?: unknown } }; // any schema may have such a member
    if (stated?.const === code) return String(description);
  }
  return "";
}
