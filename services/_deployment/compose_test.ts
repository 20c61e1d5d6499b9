import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import manifest from "../../package.json";
import { parseRoutes } from "./balance.ts";
import { completeValues, secretFiles } from "./deployment_secrets.ts";

/** What of a service in `compose.yaml` is looked at. */
interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly pids_limit?: number;
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly build?: { readonly args: Readonly<Record<string, string | number>> };
}
interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const TEXT = readFileSync(join(import.meta.dirname, "../../compose.yaml"), "utf8");
const FILES = secretFiles(completeValues(), { mongo: ["mongo:27017"], postgres: "postgres:5432", nats: "nats:4222" });
const PROXY = "proxy";
/** What the operator's environment (or `.env`) decides; the services take each of them empty. */
const OPEN_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  "user-authentication": ["ALLOWED_ORIGINS", "MAIL_URL", "MAIL_FROM", "EMAIL_VERIFICATION_PAGE", "PASSWORD_RESET_PAGE"],
  "product-management": ["ALLOWED_ORIGINS"],
  "order-processing": ["ALLOWED_ORIGINS"],
};
/** What only watches: it publishes its own page, and knows no secret. */
const WATCHERS: Readonly<Record<string, number>> = { prometheus: 9090, jaeger: 16_686, grafana: 3000 };
const PORTS: Readonly<Record<string, number>> = {
  "user-authentication": 3000,
  "product-management": 3001,
  "order-processing": 3002,
};

function parse(text: string): Project {
  return Bun.YAML.parse(text) as Project; // `docker compose config` proves the rest of the shape
}

/** What is wrong with a project, one line each. */
function faultsOf({ services, volumes, networks }: Project): string[] {
  const faults: string[] = [];
  for (const [name, service] of Object.entries(services)) {
    if (!service.read_only) faults.push(`${name} can write to its image`);
    if (!service.cap_drop?.includes("ALL")) faults.push(`${name} keeps capabilities`);
    if (!service.security_opt?.includes("no-new-privileges:true")) faults.push(`${name} may gain privileges`);
    if (!service.mem_limit || !service.cpus || !service.pids_limit) faults.push(`${name} may take the whole machine`);
    if (service.user?.startsWith("0") && name !== "secrets") faults.push(`${name} runs as root`);
    if (!service.restart) faults.push(`${name} does not say whether it starts again`);
    if (service.image.startsWith("tradepost/") && !service.image.endsWith(`:${manifest.version}`)) {
      faults.push(`${name} does not run version ${manifest.version}`);
    }
    for (const port of service.ports ?? []) {
      const isOwn = (name === PROXY ? Object.values(PORTS) : [PORTS[name] ?? WATCHERS[name]]).some((own) =>
        port.endsWith(`:${own}`),
      );
      if (!isOwn || !port.startsWith("127.0.0.1:")) faults.push(`${name} publishes ${port}`);
    }
    faults.push(...secretFaults(name, service));
  }
  for (const [name, port] of Object.entries(PORTS)) {
    const { image, build, ports } = services[name] ?? { image: "" };
    if (image !== `tradepost/${name}:${manifest.version}` || build?.args.SERVICE !== name || build.args.PORT !== port) {
      faults.push(`${name} is not built as what it is`);
    }
    for (const variable of OPEN_SETTINGS[name] ?? []) {
      const text = String(services[name]?.environment?.[variable]);
      if (!text.startsWith(`\${${variable}:-`)) faults.push(`${name} is not given ${variable}`);
    }
    if (ports?.length !== 1) faults.push(`${name} is not published`);
  }
  faults.push(...replicaFaults(services));
  const used = Object.values(services).flatMap((it) => it.volumes ?? []);
  for (const name of Object.keys(volumes)) {
    if (!used.some((volume) => volume.startsWith(`${name}:`))) faults.push(`nobody uses the volume ${name}`);
  }
  for (const [name, { internal }] of Object.entries(networks)) {
    if (name !== "services" && !internal) faults.push(`the network ${name} leads out`);
  }
  return faults;
}

/** The names of a replica on the network of the proxy. */
function frontNamesOf(service: Service | undefined): readonly string[] {
  const { front } = (service?.networks ?? {}) as { readonly front?: { readonly aliases?: readonly string[] } };
  return front?.aliases ?? [];
}

/** Behind the proxy is each service twice, the same both times; what the proxy says is believed on the network of the proxy alone. */
function replicaFaults(services: Project["services"]): string[] {
  const faults: string[] = [];
  const proxy = services[PROXY];
  const routes = parseRoutes(String(proxy?.environment?.ROUTES ?? ""))?.map(({ port, replicas }) => [port, replicas]);
  const expected = Object.entries(PORTS).map(([name, port]) => [port, [`http://${name}.front:${port}`]]);
  if (!isDeepStrictEqual(routes, expected)) faults.push("the proxy does not lead to every service");
  for (const name of Object.keys(PORTS)) {
    const { build: _, ports: _ports, networks: _networks, ...first } = services[name] ?? { image: "" };
    const { profiles, networks: _others, ...second } = services[`${name}-2`] ?? { image: "" };
    if (!isDeepStrictEqual(first, second)) faults.push(`${name}-2 is not what ${name} is`);
    for (const replica of [name, `${name}-2`]) {
      if (!frontNamesOf(services[replica]).includes(`${name}.front`)) faults.push(`the proxy does not find ${replica}`);
    }
    if (profiles?.join() !== "ha") faults.push(`${name}-2 runs without being asked for`);
  }
  const guests = Object.entries(services).filter(([, { networks = [] }]) =>
    (Array.isArray(networks) ? networks : Object.keys(networks)).includes("front"),
  );
  const strangers = guests.map(([name]) => name).filter((name) => name !== PROXY && !PORTS[name.replace(/-2$/, "")]);
  faults.push(...strangers.map((name) => `${name} can pretend to be the proxy`));
  return faults;
}

/** A reader mounts its own secrets, read-only, and finds in them all that it is told to read. */
function secretFaults(name: string, { volumes = [], environment = {} }: Service): string[] {
  if (name === "secrets") {
    const missing = Object.keys(FILES).filter((reader) => !volumes.includes(`${reader}-secrets:/readers/${reader}`));
    return missing.map((reader) => `nobody writes the secrets of ${reader}`);
  }
  const reader = name.replace(/-2$/, "");
  const mounted = volumes.filter((volume) => volume.includes("secrets"));
  if (name === PROXY || name in WATCHERS) return mounted.map((volume) => `${name} mounts ${volume}`);
  if (mounted.join() !== `${reader}-secrets:/run/secrets:ro`) return [`${name} mounts ${mounted.join(" and ")}`];
  const own = (FILES as Readonly<Record<string, object>>)[reader] ?? {}; // a name without files finds nothing
  const files = Object.entries(environment).filter(([variable]) => variable.endsWith("_FILE"));
  return files
    .filter(([, path]) => !Object.keys(own).some((key) => path === `/run/secrets/${key}`))
    .map(([variable]) => `${name} finds nothing for ${variable}`);
}

test("compose.yaml keeps every rule", () => {
  expect(faultsOf(parse(TEXT))).toEqual([]);
});

test("mails are written where the service can write, until a server is named", () => {
  const { services } = parse(TEXT);
  const { environment = {}, volumes = [] } = services["user-authentication"] ?? {};
  const [, fallback] = /^\$\{MAIL_URL:-(.+)\}$/.exec(String(environment.MAIL_URL)) ?? [];
  expect(fallback).toBe("file:///mails/mails.txt");
  expect(volumes).toContain("mails:/mails");
  expect(services.secrets?.environment?.OWNED).toContain("/mails");
});

describe("a planted fault is found", () => {
  const planted: readonly (readonly [from: string, to: string, fault: string])[] = [
    ["  read_only: true", "  read_only: false", "can write to its image"],
    ["cap_drop: [ALL]", "cap_drop: [NET_RAW]", "keeps capabilities"],
    ["no-new-privileges:true", "no-new-privileges:false", "may gain privileges"],
    ["    mem_limit: 1g", "", "mongo may take the whole machine"],
    ['    user: "999:999"', '    user: "0:0"', "mongo runs as root"],
    ["127.0.0.1:${PRODUCT", "0.0.0.0:${PRODUCT", "product-management publishes 0.0.0.0:"],
    ["tradepost/product-management:0.1.0", "tradepost/product-management:latest", "does not run version"],
    ["SERVICE: product-management", "SERVICE: order-processing", "product-management is not built as what it is"],
    ["order-processing-secrets:/run/secrets:ro", "secrets:/run/secrets:ro", "order-processing mounts secrets:"],
    ["postgres-secrets:/run/secrets:ro", "postgres-secrets:/run/secrets", "postgres mounts postgres-secrets:"],
    ["/run/secrets/keys-secret", "/run/secrets/key-secret", "user-authentication finds nothing for KEYS_SECRET_FILE"],
    ["      - nats-secrets:/readers/nats\n", "", "nobody writes the secrets of nats"],
    ["mongo: { internal: true }", "mongo: {}", "the network mongo leads out"],
    ["=http://user-authentication.front:3000", "=http://users.front:3000", "the proxy does not lead to every service"],
    ["front: { aliases: [product-management.front] }", "front: {}", "the proxy does not find product-management"],
    [
      "    <<: *product-management\n    profiles",
      "    <<: *order-processing\n    profiles",
      "product-management-2 is not what",
    ],
    ["    MAIL_URL:", "    MAIL_LINK:", "user-authentication is not given MAIL_URL"],
    ["  ALLOWED_ORIGINS:", "  OTHER_ORIGINS:", "order-processing is not given ALLOWED_ORIGINS"],
    ["    networks: [events]", "    networks: [events, front]", "nats can pretend to be the proxy"],
    ["  mongo-data: {}", "  mongo-data: {}\n  old-data: {}", "nobody uses the volume old-data"],
  ];
  test.each(planted)("%s", (from, to, fault) => {
    const text = TEXT.replace(from, to);
    expect(text).not.toBe(TEXT);
    expect(faultsOf(parse(text)).join("\n")).toContain(fault);
  });
});
