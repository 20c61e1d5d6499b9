import type { Room, Saying } from "./rooms.ts";

/** A file of a service: any deployable's folder, then the pattern. */
function inService(pattern: string): RegExp {
  return new RegExp(`^services/[a-z][a-z-]*/${pattern}$`);
}

/** Tests, and what only tests import. */
const TEST_FILE = "(\\w+_test|\\w*(fixture|fixtures|samples)|scripted_\\w+|store/(\\w+_)?contract(_\\w+)?)\\.ts";
/** Built-in modules that only compute. */
const SYSTEM_MODULES = ["node:async_hooks", "node:fs", "node:net", "node:os", "node:url"];
const PURE_MODULES = ["node:crypto", "node:net"];
/** The parts of OpenTelemetry. */
const TRACES = ["api", "exporter-trace-otlp-http", "resources", "sdk-trace"].map((part) => `@opentelemetry/${part}`);
const DRIVERS = ["mongodb", "postgres"];
const RULES = ["domain", "contract", "problem"];
const PLATFORM = ["platform", "problem", "binder", "database", "observability"];
/** Beside the services. */
const BESIDE = ["sdk", "generator", "quality", "conformance", "stack", "deployment", "manifests"];
/** All of a service but its process. */
const SERVICE_ROOMS = [
  "config",
  "contents",
  "operation",
  "work",
  "port",
  "client",
  "broker",
  "mailer",
  "metrics",
  "store",
  "assembly",
  "domain",
  "words",
];

/**
 * The rooms of the project; the first that matches is a file's. A file in the folder of a service that no line names is
 * a rule of the domain: pure, until somebody writes here that it is not.
 */
export const ROOMS: readonly Room[] = [
  {
    name: "platform test",
    path: new RegExp(`^services/_platform/${TEST_FILE}$`),
    imports: [...PLATFORM, "contract", "document", "sdk", "stack", "any package"],
  },
  {
    name: "test",
    path: new RegExp(`^(services|sdk|k8s|openapi(?!/conformance))/(.*/)?${TEST_FILE}$`),
    imports: [...SERVICE_ROOMS, ...PLATFORM, ...BESIDE, "contract", "document", "any package"],
  },
  { name: "contract", path: /^openapi\/(contract\.ts|generated\/\w+\.ts)$/, imports: [] },
  { name: "document", path: /^openapi\/openapi\.yaml$/, imports: [] },
  { name: "generator", path: /^openapi\/generate\.ts$/, imports: ["document", "openapi-typescript", "node:url"] },
  { name: "quality", path: /^openapi\/quality\//, imports: ["document", "node:fs", "node:path"] },
  // Speaks HTTP only: nothing of the implementation.
  { name: "conformance", path: /^openapi\/conformance\//, imports: ["contract", "document", "any package"] },
  { name: "package", path: /^sdk\/build\.ts$/, imports: ["typescript", "node:fs", "node:path"] },
  { name: "sdk", path: /^sdk\//, imports: ["contract"] },

  {
    name: "binder",
    path: /^services\/_platform\/service\.ts$/,
    imports: [...PLATFORM, "contract", "document", "elysia"],
  },
  {
    name: "observability",
    path: /^services\/_platform\/(observability|open_observability|line_writer|tracing|otlp|service_fetch|\w+_metrics)\.ts$/,
    imports: ["platform", "problem", "contract", "pino", "prom-client", "node:fs", ...TRACES],
  },
  // Pure: rules of the domain may use it.
  {
    name: "problem",
    path: /^services\/_platform\/(problem|oauth_error|etag|client_address)\.ts$/,
    imports: ["contract", "node:net"],
  },
  {
    name: "database",
    path: /^services\/_platform\/(lookup|(mongo|postgres|migrate)\w*)\.ts$/,
    imports: ["platform", "problem", ...DRIVERS, "node:dns", "node:fs", "node:net", "node:path"],
  },
  {
    name: "platform",
    path: /^services\/_platform\/\w+\.ts$/,
    imports: [...PLATFORM, "contract", "document", "jose", "ajv", "ajv-formats", ...SYSTEM_MODULES],
  },
  { name: "manifests", path: /^k8s\//, imports: [...PLATFORM, "deployment", "contract", "any package"] },
  { name: "deployment", path: /^services\/_deployment\//, imports: [...PLATFORM, "any package"], types: ["contract"] },
  // Parts of a service, measured without its process.
  {
    name: "measured",
    path: /^services\/_stack\/bench\/measured_\w+\.ts$/,
    imports: [...SERVICE_ROOMS, ...PLATFORM, "contract", "any package"],
  },
  {
    name: "stack",
    path: /^services\/_stack\//,
    imports: [...PLATFORM, "deployment", "contract", "sdk", "conformance", "any package"],
    types: ["measured"],
  },

  { name: "main", path: inService("main\\.ts"), imports: [...SERVICE_ROOMS, ...PLATFORM, "sdk"] },
  // Puts the parts of a service together, without its process.
  {
    name: "assembly",
    path: inService("(assembly|dependencies)\\.ts"),
    imports: SERVICE_ROOMS,
    types: [...PLATFORM, "contract"],
  },
  { name: "config", path: inService("config\\.ts"), imports: ["platform", "domain", "work"], types: ["port"] },
  // The table of contents.
  {
    name: "contents",
    path: inService("mod\\.ts"),
    imports: ["operation"],
    types: ["contract", "assembly", "work", "port"],
  },
  {
    name: "operation",
    path: inService("operations/\\w+\\.ts"),
    imports: [...RULES, "platform", "work"],
    types: ["port", "assembly"],
  },
  { name: "port", path: inService("(store/mod|\\w+_port)\\.ts"), imports: RULES, types: ["platform", "work"] },
  // Another service, through its API only.
  { name: "client", path: inService("stock_client\\.ts"), imports: ["sdk", "platform", "port"] },
  // Listeners that this service does not know.
  {
    name: "broker",
    path: inService("nats_publisher\\.ts"),
    imports: ["platform", "port", "@nats-io/jetstream", "@nats-io/transport-node"],
    types: ["domain"],
  },
  {
    name: "mailer",
    path: inService("(smtp|file)_mailer\\.ts"),
    imports: ["port", "nodemailer", "node:net", "node:fs", "node:path"],
    types: ["domain"],
  },
  {
    name: "metrics",
    path: inService("\\w+_metrics\\.ts"),
    imports: ["domain", "problem", "prom-client"],
    types: ["port", "work", "contract"],
  },
  {
    name: "store",
    path: inService("store/\\w+\\.ts"),
    imports: [...RULES, ...DRIVERS, "platform", "database", "port", "node:path"],
    types: ["work"],
  },
  // Steps that wait: for a port, for the processor, for a turn. What they decide is decided by the rules.
  {
    name: "work",
    path: inService(
      "(saga/\\w+|session|password|password_attempt|first_admin|key_ring|signing_key|vault|token_issuer|upkeep|postbox|mail_delivery|edit|with_stock)\\.ts",
    ),
    imports: [...RULES, ...PURE_MODULES, "platform", "port", "@elysiajs/jwt"],
    types: ["observability"],
  },
  { name: "words", path: inService("common_passwords\\.txt"), imports: [] },
  {
    name: "domain",
    path: inService("\\w+\\.ts"),
    imports: [...RULES, ...PURE_MODULES, "words"],
    types: ["contract", "platform"],
  },
];

const TOOLS = [
  "package",
  "stack",
  "measured",
  "deployment",
  "manifests",
  "conformance",
  "generator",
  "quality",
  "test",
  "platform test",
];

/** What is said in few rooms only. */
export const SAYINGS: readonly Saying[] = [
  { name: "a setting of the environment", words: /\b(process|Bun|import\.meta)\.env\b/, rooms: ["main", ...TOOLS] },
  {
    name: "a query",
    words:
      /\$(set|inc|push|pull|unset|lookup|match|expr)\b|\bSELECT\s|\bINSERT INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE FROM\b/,
    rooms: ["store", "database", ...TOOLS],
  },
  {
    name: "a code of a database",
    words: /\b11000\b|["']23505["']|["']40001["']/,
    rooms: ["store", "database", ...TOOLS],
  },
  {
    name: "a status of success",
    words: /\bstatus: 20\d\b/,
    rooms: ["operation", "platform", "binder", ...TOOLS],
  },
  {
    name: "a header of HTTP",
    words: /["'](if-match|if-none-match|etag|location)["']/i,
    rooms: ["operation", "platform", "binder", "problem", "sdk", ...TOOLS],
  },
  {
    name: "a request of its own",
    words: /(?<![.\w])fetch\(/,
    rooms: ["sdk", "platform", "observability", ...TOOLS],
  },
  { name: "a line of its own to the terminal", words: /\bconsole\.\w+\(/, rooms: ["main", "observability", ...TOOLS] },
  {
    name: "what time or chance it is",
    words:
      /\bDate\.now\(|\bnew Date(?!\w|\()|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\w*\(|\bperformance\.now\(|\bBun\.sleep\(|\bsetTimeout\(/,
    rooms: [
      "main",
      "assembly",
      "platform",
      "observability",
      "database",
      "binder",
      "store",
      "work",
      "client",
      "broker",
      "mailer",
      "metrics",
      "sdk",
      ...TOOLS,
    ],
  },
];
