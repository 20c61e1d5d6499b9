import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { OPERATIONS } from "#contract";
import type { Environment } from "#platform/config.ts";
import { readConfig as readOrdersConfig } from "../services/order-processing/config.ts";
import { readConfig as readProductsConfig } from "../services/product-management/config.ts";
import { readConfig as readUsersConfig } from "../services/user-authentication/config.ts";
import { type Manifest, parseManifests, workloadsOf } from "./manifest.ts";
import { faultsOf, type Surroundings } from "./manifest_rules.ts";
import { surroundings } from "./surroundings.ts";

const BASE = join(import.meta.dirname, "base");
const SURROUNDINGS = surroundings();
/** The names that operators know; section 7 of the architecture keeps them. */
const FILES = [
  "mongo-deployment.yml",
  "postgres-deployment.yml",
  "user-authentication-deployment.yml",
  "product-management-deployment.yml",
  "order-processing-deployment.yml",
];

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, path), "utf8");
}

/** Every object of the base, from a text per file that a test may change. */
function base(change: (text: string) => string = (text) => text): Manifest[] {
  const files = readdirSync(BASE).filter((name) => name !== "kustomization.yaml");
  return files.flatMap((name) => parseManifests(change(read(`base/${name}`))));
}

/** What a service finds in its environment. */
function environmentOf(
  name: string,
  { maps = [], secrets = SURROUNDINGS.secrets }: { maps?: readonly Manifest[]; secrets?: Surroundings["secrets"] } = {},
): Environment {
  const workload = workloadsOf(base()).find((it) => it.name === name);
  const settings = workload?.template.spec.containers[0]?.env?.map((it) => {
    const reference = it.valueFrom?.secretKeyRef;
    if (reference) return [it.name, secrets[reference.name]?.[reference.key]];
    if (!it.name.endsWith("_FILE")) return [it.name, it.value];
    const key = it.value?.split("/").at(-1) ?? "";
    return [it.name.replace(/_FILE$/, ""), secrets[name]?.[key]];
  });
  const read = workload?.template.spec.containers[0]?.envFrom?.map(({ configMapRef }) => configMapRef?.name) ?? [];
  const data = [...base(), ...maps].flatMap((it) =>
    it.kind === "ConfigMap" && read.includes(it.metadata.name) ? [it.data] : [],
  );
  return Object.assign({}, ...data, Object.fromEntries(settings ?? []));
}

test("the base keeps every rule", () => {
  expect(faultsOf(base(), SURROUNDINGS)).toEqual([]);
});

test("the files have their names, lead into the base, and are all applied", () => {
  for (const name of FILES) expect(read(name)).toBe(read(`base/${name}`));
  const { resources } = Bun.YAML.parse(read("base/kustomization.yaml")) as { resources: string[] }; // ours, a line above
  expect(resources.toSorted()).toEqual(
    readdirSync(BASE)
      .filter((name) => name !== "kustomization.yaml")
      .sort(),
  );
});

test("the five files can be applied alone: they need the namespace, the secrets and nothing else", () => {
  const alone = FILES.flatMap((name) => parseManifests(read(name)));
  const faults = faultsOf(alone, SURROUNDINGS).filter(
    (fault) => !/NetworkPolicy|is closed|closes everything/.test(fault),
  );
  expect(faults).toEqual([]);
});

test("each service takes the settings and secrets that the manifests give it", () => {
  expect(readUsersConfig(environmentOf("user-authentication"))).toMatchObject({ port: 3000, drainDelayMs: 5_000 });
  expect(readUsersConfig(environmentOf("user-authentication")).mail.url).toBeUndefined();
  expect(readProductsConfig(environmentOf("product-management"))).toMatchObject({ port: 3001, drainDelayMs: 5_000 });
  expect(readOrdersConfig(environmentOf("order-processing"))).toMatchObject({
    port: 3002,
    productManagementUrl: "http://product-management:3001",
    jwksUrl: "http://user-authentication:3000/.well-known/jwks.json",
    eventsUrl: expect.stringMatching(/^nats:\/\/tradepost:[\w-]+@nats:4222$/),
  });
});

test("an edge too many is found", () => {
  const manifests = base((text) =>
    text
      .replace("values: [postgres-init, backup, order-processing]", "values: [mongo-init, order-processing]")
      .replace("name: mongo-init }\n  policyTypes: [Egress]\n  egress:\n", (line) => `${line}    - {}\n`),
  );
  const faults = faultsOf(manifests, SURROUNDINGS);
  expect(faults).toContain("mongo-init -> postgres:5432 is open");
  expect(faults).toContain("mongo-init may go anywhere");
  expect(faults).toContain("backup -> postgres:5432 is closed");
});

describe("the overlay production", () => {
  const [ingress] = parseManifests(read("overlays/production/ingress.yml")) as unknown as [Ingress]; // ours, of that shape
  const [origins] = parseManifests(read("overlays/production/origins.yml"));
  const serviceOf = ({ http }: Rule): string | undefined => http.paths[0]?.backend.service.name;

  test("leads each origin to its service", () => {
    const named = Object.entries(origins?.data ?? {}).filter(([name]) => name.endsWith("_ORIGIN"));
    const expected = named.map(([name, origin]) => [
      new URL(origin).host,
      name.replace("_ORIGIN", "").toLowerCase().replace("_", "-"),
    ]);
    expect(expected).toHaveLength(3);
    expect(ingress.spec.rules.map((rule) => [rule.host, serviceOf(rule)])).toEqual(expected);
    expect(ingress.spec.tls[0]?.hosts).toEqual(expected.map(([host]) => host ?? ""));
    for (const { http } of ingress.spec.rules) {
      expect(new Set(http.paths.map(({ backend }) => backend.service.name)).size).toBe(1);
    }
  });

  test("believes the ingress about its clients' addresses, and no client", () => {
    const { trustedProxies } = readUsersConfig(
      environmentOf("user-authentication", { maps: origins ? [origins] : [] }),
    );
    expect(trustedProxies.has("10.244.0.7")).toBe(true);
    expect(trustedProxies.has("203.0.113.7")).toBe(false);
    expect(readUsersConfig(environmentOf("user-authentication")).trustedProxies.has("10.244.0.7")).toBe(false);
  });

  test("takes the origins of pages and the sender of mails, and lets mails out of one service only", () => {
    const maps = [
      ...parseManifests(
        read("overlays/production/origins.yml").replace('ALLOWED_ORIGINS: ""', "ALLOWED_ORIGINS: https://a.example"),
      ),
      ...parseManifests(
        read("overlays/production/mail.yml").replace('RESET_PAGE: ""', "RESET_PAGE: https://a.example/reset"),
      ),
    ];
    const own = { ...SURROUNDINGS.secrets["user-authentication"], "mail-url": "smtps://mail.example" };
    const secrets = { ...SURROUNDINGS.secrets, "user-authentication": own };
    expect(readUsersConfig(environmentOf("user-authentication", { maps, secrets }))).toMatchObject({
      allowedOrigins: ["https://a.example"],
      mail: {
        url: "smtps://mail.example",
        from: "Tradepost <no-reply@tradepost.example>",
        pages: { emailVerification: undefined, passwordReset: "https://a.example/reset" },
      },
    });
    for (const service of ["product-management", "order-processing"]) {
      expect(environmentOf(service, { maps }).ALLOWED_ORIGINS).toBe("https://a.example");
      expect(environmentOf(service, { maps, secrets }).MAIL_URL).toBeUndefined();
    }
    const policy = read("overlays/production/mail-policy.yml");
    expect(faultsOf([...base(), ...parseManifests(policy)], SURROUNDINGS)).toEqual([]);
    const open = policy.replace(
      "podSelector:\n    matchLabels: { app.kubernetes.io/name: user-authentication }",
      "podSelector: {}",
    );
    expect(open).not.toBe(policy);
    expect(faultsOf([...base(), ...parseManifests(open)], SURROUNDINGS)).toContain(
      "product-management may send mails by port 587",
    );
  });

  test("shows every path that the public may see, and none for operators and services", () => {
    for (const rule of ingress.spec.rules) {
      const isShown = (path: string): boolean => rule.http.paths.some((it) => covers(it, path));
      const own = Object.values(OPERATIONS).filter(({ service }) => service === serviceOf(rule));
      const [inside, outside] = [own.filter(isInternal), own.filter((operation) => !isInternal(operation))];
      expect(outside.filter(({ path }) => !isShown(path))).toEqual([]);
      expect(inside.filter(({ path }) => isShown(path))).toEqual([]);
      expect(SURROUNDINGS.routes.filter(isShown)).toEqual(
        SURROUNDINGS.routes.filter((path) => !["/livez", "/readyz", "/metrics"].includes(path)),
      );
    }
  });
});

test("the overlay local calls the services what their ports on the node are", () => {
  const text = read("overlays/local/kustomization.yaml");
  const ports = [...text.matchAll(/nodePort, value: (\d+)/g)].map(([, port]) => port);
  const origins = [...text.matchAll(/_ORIGIN: http:\/\/localhost:(\d+)/g)].map(([, port]) => port);
  expect(ports).toEqual(["30000", "30001", "30002"]);
  expect(origins).toEqual(ports);
});

interface Rule {
  readonly host: string;
  readonly http: { readonly paths: readonly IngressPath[] };
}
interface IngressPath {
  readonly path: string;
  readonly pathType: "Exact" | "Prefix";
  readonly backend: { readonly service: { readonly name: string } };
}
interface Ingress {
  readonly spec: { readonly rules: readonly Rule[]; readonly tls: readonly { readonly hosts: readonly string[] }[] };
}

function covers({ path, pathType }: IngressPath, asked: string): boolean {
  return asked === path || (pathType === "Prefix" && asked.startsWith(`${path}/`));
}

function isInternal({ path }: { path: string }): boolean {
  return path.startsWith("/internal/");
}

describe("a planted fault is found", () => {
  const planted: readonly (readonly [name: string, from: string | RegExp, to: string, fault: string])[] = [
    ["a probe of a route that is not there", "path: /livez", "path: /health", "has no route /health"],
    ["a readiness probe that asks nobody", "path: /readyz", "path: /livez", "the readinessProbe of"],
    ["a wrong port", "containerPort: 3001", "containerPort: 3010", "product-management does not listen on 3001"],
    [
      "a Service to nowhere",
      "port: 3002, targetPort",
      "port: 3003, targetPort",
      "leads to port 3003, where nobody listens",
    ],
    [
      "a misspelt selector",
      "selector: { app.kubernetes.io/name: mongo }",
      "selector: { app.kubernetes.io/name: mongodb }",
      "the selector of Service mongo finds no pod",
    ],
    [
      "a secret that nobody makes",
      "secretName: order-processing",
      "secretName: orders",
      "mounts the secret orders, which nobody makes",
    ],
    [
      "a key that is not in the secret",
      "/keys-secret",
      "/key-secret",
      "for KEYS_SECRET_FILE, which no secret of it holds",
    ],
    [
      "a secret that may be missing",
      "secretName: backup,",
      "secretName: backup, optional: true,",
      "backup starts without the secret backup",
    ],
    [
      "a secret of another service's for mails",
      "name: user-authentication, key: mail-url",
      "name: users, key: mail-url",
      "reads mail-url of the secret users, which nobody makes",
    ],
    [
      "a password that may be missing",
      "name: MAIL_URL\n              valueFrom: { secretKeyRef: { name: user-authentication, key: mail-url",
      "name: ADMIN_PASSWORD\n              valueFrom: { secretKeyRef: { name: user-authentication, key: admin-password",
      "user-authentication starts without ADMIN_PASSWORD",
    ],
    [
      "a broker open to another service",
      "matchLabels: { app.kubernetes.io/name: order-processing }\n      ports:\n        - { protocol: TCP, port: 4222 }",
      "matchLabels: { app.kubernetes.io/name: product-management }\n      ports:\n        - { protocol: TCP, port: 4222 }",
      "order-processing -> nats:4222 is closed",
    ],
    ["a default secret", "kind: ConfigMap", "kind: Secret", "Secret origins is written down"],
    [
      "a ConfigMap under another name",
      "name: origins\n  namespace",
      "name: origin\n  namespace",
      "reads the ConfigMap origins, which is not there",
    ],
    [
      "a grace shorter than the drain",
      "terminationGracePeriodSeconds: 35",
      "terminationGracePeriodSeconds: 25",
      "needs 25.5 s to end in peace and has 25 s",
    ],
    ["no pause before the signal", "sleep: { seconds: 5 }", "sleep: { seconds: 0 }", "to end in peace"],
    ["two replicas", "replicas: 3", "replicas: 2", "has fewer than 3 replicas"],
    [
      "an autoscaler of something else",
      "kind: Deployment, name: product-management",
      "kind: Deployment, name: products",
      "is not what its autoscaler scales",
    ],
    ["root", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"],
    ["a writable image", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "can write to its image"],
    ["kept capabilities", "drop: [ALL]", "drop: [NET_RAW]", "keeps capabilities"],
    [
      "a token of Kubernetes",
      /automountServiceAccountToken: false/g,
      "automountServiceAccountToken: true",
      "gets a token of Kubernetes",
    ],
    ["no limit of memory", /limits: \{ memory: 256Mi \}/, "limits: {}", "may take all memory"],
    ["another image", "image: tradepost/product-management:0.1.0", "image: tradepost/products:0.1.0", "runs the image"],
    [
      "another version",
      "image: tradepost/product-management:0.1.0",
      "image: tradepost/product-management:latest",
      "does not run version",
    ],
    ["another namespace", "namespace: tradepost", "namespace: default", "is not in tradepost"],
    [
      "a database open to all services",
      "values: [postgres-init, backup, order-processing]",
      "values: [postgres-init, backup]",
      "order-processing -> postgres:5432 is closed",
    ],
    [
      "no policy by default",
      "podSelector: {}\n  policyTypes: [Ingress, Egress]",
      "podSelector: {}\n  policyTypes: [Ingress]",
      "closes everything",
    ],
    [
      "too few connections",
      "max_connections=200",
      "max_connections=100",
      "Postgres offers 100 connections, and 153 may be wanted",
    ],
  ];
  test.each(planted)("%s", (_name, from, to, fault) => {
    let isPlanted = false;
    const manifests = base((text) => {
      const changed = text.replace(from, to);
      isPlanted ||= changed !== text;
      return changed;
    });
    expect(isPlanted).toBe(true);
    expect(faultsOf(manifests, SURROUNDINGS).join("\n")).toContain(fault);
  });
});
