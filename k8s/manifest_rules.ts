/** What must hold of a deployment beyond what the API server checks; each rule gives one line for each fault. */
import type { ServiceName } from "#contract";
import {
  type Container,
  type Manifest,
  type PolicyPeer,
  type PolicyRule,
  selects,
  settingOf,
  type Workload,
  workloadsOf,
} from "./manifest.ts";

/** What the rules are told of everything else. */
export interface Surroundings {
  /** Ports of the services. */
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Paths that a service answers outside the contract. */
  readonly routes: readonly string[];
  /** Texts by key of each secret that the generator makes. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The version of the images. */
  readonly version: string;
}

/** Who may speak to whom, as `from -> to:port`. Everything else must be closed. */
export const EDGES: readonly string[] = [
  "backup -> mongo:27017",
  "backup -> postgres:5432",
  "mongo -> mongo:27017",
  "mongo-init -> mongo:27017",
  "order-processing -> nats:4222",
  "order-processing -> postgres:5432",
  "order-processing -> product-management:3001",
  "order-processing -> user-authentication:3000",
  "postgres-init -> postgres:5432",
  "product-management -> mongo:27017",
  "product-management -> user-authentication:3000",
  "user-authentication -> mongo:27017",
];

/** What a pod may be without, and the secret's key that has it. */
const OPTIONAL: Readonly<Record<string, string>> = { MAIL_URL: "mail-url" };
/** Who may send mails: the ports of SMTP lead out of the cluster from nobody else. */
const MAIL_SENDER = "user-authentication";
const MAIL_PORTS = [25, 465, 587, 2525];
const NAMESPACE = "tradepost";
const SECRETS_FOLDER = "/run/secrets/tradepost/";
/** What a service takes to close its stores after the last request: `CLOSE_WITHIN_MS` of its process, and half a second. */
const CLOSE_SECONDS = 5.5;
/** Connections of a replica of order-processing beside those of requests: its background's. */
const FURTHER_CONNECTIONS = 3;

/** Every fault of a deployment. */
export function faultsOf(manifests: readonly Manifest[], surroundings: Surroundings): string[] {
  const workloads = workloadsOf(manifests);
  return [
    ...manifests.flatMap(objectFaults),
    ...Object.keys(surroundings.ports).flatMap((service) => partFaults(service, manifests)),
    ...workloads.flatMap((workload) => podFaults(workload, manifests)),
    ...workloads.flatMap((workload) => referenceFaults(workload, { manifests, secrets: surroundings.secrets })),
    ...Object.entries(surroundings.ports).flatMap(([name, port]) =>
      workloads.filter((it) => it.name === name).flatMap((it) => serviceFaults(it, { port, ...surroundings })),
    ),
    ...selectorFaults(manifests, workloads),
    ...policyFaults(manifests, workloads),
    ...connectionFaults(manifests, workloads),
  ];
}

function objectFaults({ kind, metadata }: Manifest): string[] {
  const label = `${kind} ${metadata.name}`;
  const faults: string[] = [];
  if (kind !== "Namespace" && metadata.namespace !== NAMESPACE) faults.push(`${label} is not in ${NAMESPACE}`);
  if (kind === "Secret") faults.push(`${label} is written down`);
  if (metadata.labels?.["app.kubernetes.io/part-of"] !== "tradepost" && kind !== "Secret") {
    faults.push(`${label} does not say that it is part of tradepost`);
  }
  return faults;
}

/** Each service has all its objects, under its one name, and enough replicas. */
function partFaults(service: string, manifests: readonly Manifest[]): string[] {
  const find = (kind: string): Manifest | undefined =>
    manifests.find((it) => it.kind === kind && it.metadata.name === service);
  const kinds = [
    "Deployment",
    "Service",
    "ServiceAccount",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "NetworkPolicy",
  ];
  const faults = kinds.filter((kind) => !find(kind)).map((kind) => `${service} has no ${kind}`);
  const scaler = find("HorizontalPodAutoscaler")?.spec;
  const target = scaler?.scaleTargetRef;
  if (target?.kind !== "Deployment" || target.name !== service)
    faults.push(`${service} is not what its autoscaler scales`);
  if ((scaler?.minReplicas ?? 0) < 3) faults.push(`${service} may be scaled below 3 replicas`);
  if ((find("Deployment")?.spec?.replicas ?? 3) < 3) faults.push(`${service} has fewer than 3 replicas`);
  if (find("PodDisruptionBudget")?.spec?.maxUnavailable !== 1)
    faults.push(`${service} may lose more than one replica at once`);
  return faults;
}

/** Each pod is restricted, has an identity without a token, and says what it needs. */
function podFaults({ name, template }: Workload, manifests: readonly Manifest[]): string[] {
  const { spec, metadata } = template;
  const faults: string[] = [];
  const account = manifests.find((it) => it.kind === "ServiceAccount" && it.metadata.name === spec.serviceAccountName);
  if (!account) faults.push(`${name} has no ServiceAccount`);
  if (account?.automountServiceAccountToken !== false || spec.automountServiceAccountToken !== false) {
    faults.push(`${name} gets a token of Kubernetes`);
  }
  if (spec.enableServiceLinks !== false) faults.push(`${name} gets variables of other Services`);
  if (metadata.labels["app.kubernetes.io/name"] !== name) faults.push(`the pods of ${name} have another name`);
  const { runAsNonRoot, runAsUser = 0, seccompProfile } = spec.securityContext ?? {};
  if (!runAsNonRoot || runAsUser === 0) faults.push(`${name} may run as root`);
  if (seccompProfile?.type !== "RuntimeDefault") faults.push(`${name} has no seccomp profile`);
  return [...faults, ...spec.containers.flatMap((container) => containerFaults(name, container))];
}

function containerFaults(name: string, { securityContext = {}, resources = {} }: Container): string[] {
  const faults: string[] = [];
  if (securityContext.allowPrivilegeEscalation !== false) faults.push(`${name} may gain privileges`);
  if (securityContext.readOnlyRootFilesystem !== true) faults.push(`${name} can write to its image`);
  if (!securityContext.capabilities?.drop?.includes("ALL")) faults.push(`${name} keeps capabilities`);
  if (!resources.requests?.cpu || !resources.requests.memory) faults.push(`${name} does not say what it needs`);
  if (!resources.limits?.memory) faults.push(`${name} may take all memory`);
  return faults;
}

/** Everything a pod names is there, and it does not start without its secrets. */
function referenceFaults(
  { name, template }: Workload,
  { manifests, secrets }: Pick<Surroundings, "secrets"> & { manifests: readonly Manifest[] },
): string[] {
  const { containers, volumes = [] } = template.spec;
  const faults: string[] = [];
  const has = (kind: string, named: string): boolean =>
    manifests.some((it) => it.kind === kind && it.metadata.name === named);
  for (const { secret, persistentVolumeClaim: claim } of volumes) {
    if (secret && !secrets[secret.secretName])
      faults.push(`${name} mounts the secret ${secret.secretName}, which nobody makes`);
    if (secret?.optional) faults.push(`${name} starts without the secret ${secret.secretName}`);
    if (claim && !has("PersistentVolumeClaim", claim.claimName))
      faults.push(`${name} mounts the claim ${claim.claimName}, which is not there`);
  }
  const mounted = volumes.flatMap(({ secret }) => (secret ? [secret.secretName] : []));
  for (const { env = [], envFrom = [] } of containers) {
    for (const { configMapRef: map } of envFrom) {
      if (map && !has("ConfigMap", map.name))
        faults.push(`${name} reads the ConfigMap ${map.name}, which is not there`);
    }
    for (const { name: variable, value, valueFrom } of env) {
      const reference = valueFrom?.secretKeyRef;
      if (reference && OPTIONAL[variable] === reference.key && secrets[reference.name]) continue;
      if (reference && secrets[reference.name]?.[reference.key] === undefined) {
        faults.push(`${name} reads ${reference.key} of the secret ${reference.name}, which nobody makes`);
      }
      if (reference?.optional) faults.push(`${name} starts without ${variable}`);
      if (!variable.endsWith("_FILE")) continue;
      const key = value?.startsWith(SECRETS_FOLDER) ? value.slice(SECRETS_FOLDER.length) : "";
      if (!mounted.some((secret) => secrets[secret]?.[key] !== undefined)) {
        faults.push(`${name} reads ${value} for ${variable}, which no secret of it holds`);
      }
    }
  }
  return faults;
}

/** A service listens where it is looked for, is asked on routes it has, and has the time to end in peace. */
function serviceFaults(
  { name, template }: Workload,
  { port, routes, version }: Pick<Surroundings, "routes" | "version"> & { port: number },
): string[] {
  const faults: string[] = [];
  const [container] = template.spec.containers;
  if (!container) return [`${name} has no container`];
  const isNamed = container.ports?.some((it) => it.name === "http" && it.containerPort === port);
  if (!isNamed || settingOf(container, "PORT") !== `${port}`) faults.push(`${name} does not listen on ${port}`);
  const repository = container.image.replace(/[:@].*$/, "");
  if (!repository.endsWith(`tradepost/${name}`)) faults.push(`${name} runs the image ${container.image}`);
  if (!container.image.includes("@") && !container.image.endsWith(`:${version}`))
    faults.push(`${name} does not run version ${version}`);
  const wanted = { startupProbe: "/livez", livenessProbe: "/livez", readinessProbe: "/readyz" } as const;
  for (const [probe, path] of Object.entries(wanted) as [keyof typeof wanted, string][]) {
    const asked = container[probe]?.httpGet;
    if (asked?.path !== path || asked.port !== "http") faults.push(`the ${probe} of ${name} does not ask ${path}`);
    if (asked && !routes.includes(asked.path)) faults.push(`${name} has no route ${asked.path}`);
  }
  const keys = template.spec.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey) ?? [];
  if (!keys.includes("kubernetes.io/hostname") || !keys.includes("topology.kubernetes.io/zone")) {
    faults.push(`${name} is not spread over nodes and zones`);
  }
  return [...faults, ...drainFaults({ name, template }, container)];
}

function drainFaults({ name, template }: Pick<Workload, "name" | "template">, container: Container): string[] {
  const sleep = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const delay = Number(settingOf(container, "DRAIN_DELAY_MS")) / 1_000;
  const deadline = Number(settingOf(container, "DRAIN_DEADLINE_MS")) / 1_000;
  const needed = sleep + delay + deadline + CLOSE_SECONDS;
  const grace = template.spec.terminationGracePeriodSeconds ?? 30;
  if (sleep > 0 && delay > 0 && needed < grace) return [];
  return [`${name} needs ${needed} s to end in peace and has ${grace} s`];
}

/** Every selector finds a pod. */
function selectorFaults(manifests: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const finds = (selector: Selector): boolean =>
    workloads.some(({ template }) => selects(selector, template.metadata.labels));
  const faults: string[] = [];
  for (const { kind, metadata, spec } of manifests) {
    if (!spec) continue;
    // A Service's selector is the labels themselves.
    const selector = (kind === "Service" ? { matchLabels: spec.selector } : spec.selector) as Selector | undefined;
    if (selector && !finds(selector)) faults.push(`the selector of ${kind} ${metadata.name} finds no pod`);
    if (spec.podSelector && !finds(spec.podSelector)) faults.push(`the policy ${metadata.name} holds for no pod`);
    const own = spec.template && (kind === "Deployment" || kind === "StatefulSet");
    if (own && !selects(spec.selector as Selector, spec.template.metadata.labels)) {
      faults.push(`${kind} ${metadata.name} does not find its own pods`);
    }
    for (const { labelSelector } of spec.template?.spec.topologySpreadConstraints ?? []) {
      if (!selects(labelSelector, spec.template?.metadata.labels ?? {}))
        faults.push(`${metadata.name} is spread by other pods`);
    }
    if (kind !== "Service") continue;
    const pods = workloads.filter(({ template }) => selects(selector, template.metadata.labels));
    const ports = pods.flatMap(({ template }) =>
      template.spec.containers.flatMap((container) => container.ports ?? []),
    );
    for (const { port, targetPort } of spec.ports ?? []) {
      const isThere = ports.some((it) => it.name === targetPort && it.containerPort === port);
      if (!isThere) faults.push(`Service ${metadata.name} leads to port ${port}, where nobody listens`);
    }
  }
  return faults;
}

type Selector = NonNullable<PolicyPeer["podSelector"]>;

/** Nothing is open but the edges, in both directions, and the DNS. */
function policyFaults(manifests: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
  const isClosed = policies.some(
    ({ spec }) =>
      Object.keys(spec?.podSelector ?? { none: 0 }).length === 0 &&
      spec?.policyTypes?.length === 2 &&
      !spec.ingress &&
      !spec.egress,
  );
  const open = openEdges(policies, workloads);
  return [
    ...(isClosed ? [] : ["there is no policy that closes everything"]),
    ...workloads.flatMap((workload) => exitFaults(workload, policies)),
    ...EDGES.filter((edge) => !open.includes(edge)).map((edge) => `${edge} is closed`),
    ...open.filter((edge) => !EDGES.includes(edge)).map((edge) => `${edge} is open`),
  ];
}

/** What may leave the cluster says by which port, and by that of mails only who sends some. */
function exitFaults({ name, template }: Workload, policies: readonly Manifest[]): string[] {
  const exits = policies
    .filter(({ spec }) => selects(spec?.podSelector, template.metadata.labels))
    .flatMap(({ spec }) => spec?.egress ?? [])
    .filter(({ to }) => !to || to.some((peer) => !peer.podSelector && !peer.namespaceSelector));
  const ports = exits.flatMap((rule) => rule.ports ?? []).map(({ port }) => port);
  return [
    ...exits.filter((rule) => !rule.ports).map(() => `${name} may go anywhere`),
    ...ports
      .filter((port) => MAIL_PORTS.includes(port) && name !== MAIL_SENDER)
      .map((port) => `${name} may send mails by port ${port}`),
  ];
}

/** The edges that the sender's policies let out and the receiver's let in, of those inside the namespace. */
function openEdges(policies: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const rulesFor = (pod: Workload, direction: "ingress" | "egress"): PolicyRule[] =>
    policies
      .filter(({ spec }) => selects(spec?.podSelector, pod.template.metadata.labels))
      .flatMap(({ spec }) => spec?.[direction] ?? []);
  const takes = (peers: readonly PolicyPeer[] | undefined, pod: Workload): boolean =>
    !peers || peers.some((peer) => !peer.namespaceSelector && selects(peer.podSelector, pod.template.metadata.labels));
  const passes = ({ ports }: PolicyRule, port: number): boolean => !ports || ports.some((it) => it.port === port);
  const edges = workloads.flatMap((from) =>
    workloads.flatMap((to) =>
      portsOf(to)
        .filter((port) => rulesFor(from, "egress").some((rule) => takes(rule.to, to) && passes(rule, port)))
        .filter((port) => rulesFor(to, "ingress").some((rule) => takes(rule.from, from) && passes(rule, port)))
        .map((port) => `${from.name} -> ${to.name}:${port}`),
    ),
  );
  return edges.sort();
}

function portsOf({ template }: Workload): number[] {
  return template.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
}

/** Postgres has a connection for every replica there may be, one more during an update, and some for people. */
function connectionFaults(manifests: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const scaler = manifests.find(
    (it) => it.kind === "HorizontalPodAutoscaler" && it.metadata.name === "order-processing",
  );
  const containerOf = (name: string): Container | undefined =>
    workloads.find((it) => it.name === name)?.template.spec.containers[0];
  const postgres = containerOf("postgres");
  if (!postgres) return []; // a managed one
  const setting = postgres.args?.find((argument) => argument.startsWith("max_connections="));
  const offered = Number(setting?.split("=")[1] ?? 100);
  const each = Number(settingOf(containerOf("order-processing"), "STORE_POOL_MAX")) + FURTHER_CONNECTIONS;
  const needed = ((scaler?.spec?.maxReplicas ?? 0) + 1) * each + 10;
  return needed <= offered ? [] : [`Postgres offers ${offered} connections, and ${needed} may be wanted`];
}
