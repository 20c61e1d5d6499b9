import { join } from "node:path";
import type { Databases } from "../invariants/read_state.ts";
import { ROOT } from "../paths.ts";
import { answers, freePort } from "../ports.ts";
import { StackError } from "../stack_error.ts";
import { attempt, type CommandOptions, output, show } from "./commands.ts";
import type { ClusterHost } from "./hosts.ts";

const NAMESPACE = "tradepost";
const K8S = join(ROOT, "k8s");
const READY_WITHIN = "600s";
const LOG_LINES = "20";
const SERVICES = "app.kubernetes.io/name in (user-authentication, product-management, order-processing)";
const POLL_MS = 50;

/** A connection from a pod, and what became of it. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly isOpen: boolean;
}

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly images: readonly { readonly names?: readonly string[] }[] };
  }[];
}

/** What a pod runs to find out where it can connect to; a packet that a policy drops is never answered. All at the end, when whoever attaches has come. */
const PROBE = `
const lines = await Promise.all(process.argv.slice(1).map(async (place) => {
  const [hostname, port] = place.split(":");
  const socket = { data() {}, open: (it) => it.end(), error() {}, connectError() {} };
  const open = Bun.connect({ hostname, port: Number(port), socket }).then(() => "open", () => "closed");
  return place + " " + (await Promise.race([open, Bun.sleep(5000).then(() => "closed")]));
}));
for (const line of lines) console.log(line);
process.exit(0);
`;

/** The deployment in a cluster, by kubectl. */
export class Cluster {
  readonly #options: CommandOptions;
  readonly #isTransient: boolean;
  readonly #forwards: { kill(): void; readonly exitCode: number | null }[] = [];

  constructor(host: ClusterHost) {
    this.#isTransient = host.isTransient;
    this.#options = { environment: host.environment, cwd: ROOT };
  }

  /** Whether our namespace is there already: then it is somebody's. */
  async isTaken(): Promise<boolean> {
    return (await this.#kubectl("get", "namespace", NAMESPACE, "--ignore-not-found", "--output", "name")) !== "";
  }

  /** Names of the images that the nodes have. */
  async images(): Promise<readonly string[]> {
    const { items } = JSON.parse(await this.#kubectl("get", "nodes", "--output", "json")) as NodeList; // of the API server
    return items.flatMap(({ status }) => status.images.flatMap(({ names }) => names ?? []));
  }

  /** Makes the namespace and random secrets. */
  async makeSecrets(mongoMembers: number): Promise<void> {
    const command = [process.execPath, "k8s/make_secrets.ts", "--mongo-members", `${mongoMembers}`];
    const input = await output(command, this.#options);
    await output(["kubectl", "create", "--filename", "-"], { ...this.#options, input });
  }

  /** Has the API server check a folder of ours, and our own rules too. @throws {StackError} for a warning as well. */
  async check(folder: string): Promise<void> {
    const input = await this.#kubectl("kustomize", join(K8S, folder));
    await output([process.execPath, "k8s/check_manifests.ts"], { ...this.#options, input });
    await this.#tryOut(folder, input);
  }

  /** Has the API server check files that are applied alone. @throws {StackError} for a warning as well. */
  async checkFiles(names: readonly string[]): Promise<void> {
    const texts = await Promise.all(names.map((name) => Bun.file(join(K8S, name)).text()));
    await this.#tryOut(names.join(", "), texts.join("\n---\n"));
  }

  async #tryOut(what: string, input: string): Promise<void> {
    const command = ["kubectl", "apply", "--dry-run=server", "--filename", "-"];
    const { exitCode, stderr } = await attempt(command, { ...this.#options, input });
    const warnings = stderr.split("\n").filter((line) => line !== "" && !line.includes("last-applied-configuration"));
    if (exitCode !== 0 || warnings.length > 0) throw new StackError(`${what}: refused: ${warnings.join("\n")}`);
  }

  async apply(overlay: string): Promise<void> {
    await this.#kubectl("apply", "--kustomize", join(K8S, "overlays", overlay));
  }

  /** Waits until every replica serves. */
  async ready(): Promise<void> {
    for (const kind of ["statefulset", "deployment"]) {
      await this.#kubectl("rollout", "status", kind, "--namespace", NAMESPACE, "--timeout", READY_WITHIN);
    }
  }

  /** Replaces every pod of the services, one after the other, and waits until it is done. */
  async restartServices(): Promise<void> {
    await this.#kubectl("rollout", "restart", "deployment", "--namespace", NAMESPACE);
    await this.ready();
  }

  /** Deletes a pod, and waits until its successor serves. */
  async replacePod(name: string): Promise<void> {
    await this.#kubectl("delete", "pod", name, "--namespace", NAMESPACE);
    await this.ready();
  }

  /** Has the CronJob make a copy now. @returns its folder. */
  async backUp(): Promise<string> {
    await this.#kubectl("create", "job", "backup-now", "--from=cronjob/backup", "--namespace", NAMESPACE);
    return (await this.#endOf("backup-now")).split(":")[0] ?? "";
  }

  /** Writes a copy back, as k8s/README.md says: with no service running, by the CronJob's own pod with another program. */
  async restore(copy: string): Promise<void> {
    const scale = (replicas: number) =>
      this.#kubectl("scale", "deployment", "--all", `--replicas=${replicas}`, "--namespace", NAMESPACE);
    await scale(0);
    await this.#kubectl(
      "wait",
      "pod",
      "--for=delete",
      "--selector",
      SERVICES,
      "--namespace",
      NAMESPACE,
      `--timeout=${READY_WITHIN}`,
    );
    const create = ["create", "job", "restore", "--from=cronjob/backup", "--namespace", NAMESPACE];
    const job = await this.#kubectl(...create, "--dry-run=client", "--output", "yaml");
    const input = job
      .replace("backup.ts", "restore.ts")
      .replace(/- \/backups$/m, `- ${copy}`)
      .replace("--keep-days=14", "--replace");
    await output(["kubectl", "create", "--filename", "-"], { ...this.#options, input });
    await this.#endOf("restore");
    await scale(3);
    await this.ready();
  }

  /** Waits for a Job, and gives what it said. */
  async #endOf(job: string): Promise<string> {
    const at = ["--namespace", NAMESPACE];
    await this.#kubectl("wait", `job/${job}`, "--for=condition=complete", ...at, `--timeout=${READY_WITHIN}`);
    return this.#kubectl("logs", `job/${job}`, ...at);
  }

  /** A text of a secret. */
  async secret(name: string, key: string): Promise<string> {
    const json = await this.#kubectl("get", "secret", name, "--namespace", NAMESPACE, "--output", "json");
    const { data } = JSON.parse(json) as { data: Record<string, string> }; // a Secret of the API server has it
    return Buffer.from(data[key] ?? "", "base64").toString();
  }

  /** An address of this machine that leads to a port of a pod: the pod's own where the network reaches so far, else a forwarded one. */
  async reachPod(pod: string, port: number): Promise<string> {
    const address = await this.#kubectl(
      "get",
      "pod",
      pod,
      "--namespace",
      NAMESPACE,
      "--output",
      "jsonpath={.status.podIP}",
    );
    if (await answers(port, address)) return `${address}:${port}`;
    const local = await freePort();
    const command = ["kubectl", "port-forward", `pod/${pod}`, `${local}:${port}`, "--namespace", NAMESPACE];
    const env = { ...process.env, ...this.#options.environment };
    const child = Bun.spawn(command, { env, stdio: ["ignore", "ignore", "ignore"] });
    this.#forwards.push(child);
    while (!(await answers(local))) {
      if (child.exitCode !== null) throw new StackError(`port ${port} of ${pod} cannot be forwarded`);
      await Bun.sleep(POLL_MS);
    }
    return `127.0.0.1:${local}`;
  }

  /** Where the databases are, as superuser for the orders. */
  async databases(): Promise<Databases> {
    const [orders, products, events] = await Promise.all([
      this.secret("postgres-init", "root-url"),
      this.secret("product-management", "store-url"),
      this.secret("order-processing", "events-url"),
    ]);
    const at = (url: string, place: string): URL => new URL(url.replace(/@[^/]+/, `@${place}`));
    const postgres = at(orders, await this.reachPod("postgres-0", 5432));
    postgres.pathname = "/order_processing";
    const mongo = at(products, await this.reachPod("mongo-0", 27017));
    mongo.search = "?directConnection=true";
    return {
      orders: postgres.href,
      products: mongo.href,
      events: at(events, await this.reachPod("nats-0", 4222)).href,
    };
  }

  /** The address of a node, where the ports of Services are. */
  async nodeAddress(): Promise<string> {
    const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
    return this.#kubectl("get", "nodes", "--output", `jsonpath=${path}`);
  }

  /** Runs a program of Bun in a pod of a Deployment, and gives what it printed. */
  async run(deployment: string, program: string, ...args: readonly string[]): Promise<string> {
    const pod = ["exec", `deployment/${deployment}`, "--namespace", NAMESPACE, "--"];
    return this.#kubectl(...pod, "bun", "-e", program, ...args);
  }

  /** Tries to connect from a pod of a Deployment to each place. */
  async connect(from: string, places: readonly string[]): Promise<readonly Connection[]> {
    return toConnections(from, await this.run(from, PROBE, ...places));
  }

  /** Tries to connect from a pod of another namespace, with an image of ours. */
  async connectFromOutside(places: readonly string[]): Promise<readonly Connection[]> {
    const image = "tradepost/order-processing:0.1.0";
    const name = `tradepost-outside-${process.pid}`;
    const pod = [
      "run",
      name,
      "--namespace",
      "default",
      "--image",
      image,
      "--restart",
      "Never",
      "--rm",
      "--attach",
      "--quiet",
    ];
    return toConnections("outside", await this.#kubectl(...pod, "--command", "--", "bun", "-e", PROBE, ...places));
  }

  /** Ends the connections to it, and removes the namespace with all that is in it, unless that ends with the cluster. */
  async remove(): Promise<void> {
    for (const it of this.#forwards) it.kill();
    if (this.#isTransient) return;
    await this.#kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait", "--timeout", "180s");
  }

  /** Shows pods, events and the last lines of the containers. */
  async showState(): Promise<void> {
    const all = ["--namespace", NAMESPACE];
    await show(["kubectl", "get", "pods", "--output", "wide", ...all], this.#options).catch(() => {});
    await show(["kubectl", "get", "events", "--field-selector", "type=Warning", ...all], this.#options).catch(() => {});
    const label = ["--selector", "app.kubernetes.io/part-of=tradepost", "--max-log-requests", "30"];
    await show(["kubectl", "logs", ...all, ...label, "--prefix", "--tail", LOG_LINES], this.#options).catch(() => {});
  }

  async #kubectl(...args: readonly string[]): Promise<string> {
    return (await output(["kubectl", ...args], this.#options)).trim();
  }
}

function toConnections(from: string, printed: string): readonly Connection[] {
  const lines = printed.split("\n").map((line) => line.trim().split(" "));
  return lines.flatMap(([to, state]) => (to && state ? [{ from, to, isOpen: state === "open" }] : []));
}
