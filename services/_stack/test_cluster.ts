/**
 * `bun run test:cluster`: hands the images of the compose project to a cluster of one node, applies the overlay `local`, and runs the contract's
 * tests against it; then the services are restarted under load, and each engine's pod is replaced under load, followed by the invariants. Where
 * there is no cluster it is skipped by name: `TRADEPOST_CLUSTER=current` takes the one that kubectl speaks to, which must have the images.
 */
import { cleanAtEnd } from "./deployed/cleaning.ts";
import { Cluster } from "./deployed/cluster.ts";
import { ComposeProject } from "./deployed/compose_project.ts";
import { type Deployed, runConformance } from "./deployed/conformance.ts";
import { createCustomer } from "./deployed/customer.ts";
import { endure } from "./deployed/endurance.ts";
import { expectEvents } from "./deployed/events.ts";
import { type Forward, forward } from "./deployed/forward.ts";
import { type ClusterHost, findCluster, findDocker, type Host } from "./deployed/hosts.ts";
import { expectUnfelt, startLoad } from "./deployed/load.ts";
import { step } from "./deployed/step.ts";
import { answers } from "./ports.ts";
import { byService, SERVICE_NAMES } from "./service_names.ts";
import { ADMIN_EMAIL, CLIENT_ID, originsOf } from "./service_settings.ts";
import { describeFault, StackError } from "./stack_error.ts";

/** Of the overlay `local`. */
const NODE_PORTS = byService((_, index) => 30_000 + index);
const MONGO_MEMBERS = 1;
const SERVICE_IMAGES = SERVICE_NAMES.map((name) => `docker.io/tradepost/${name}:0.1.0`);
const ENGINE_IMAGES = ["docker.io/library/mongo:8", "docker.io/library/postgres:18", "docker.io/library/nats:2"];
const ENGINES = ["mongo-0", "postgres-0", "nats-0"];

const PLACES = [
  ...["mongo-0.mongo.tradepost:27017", "postgres.tradepost:5432", "nats.tradepost:4222"],
  ...["user-authentication.tradepost:3000", "product-management.tradepost:3001", "order-processing.tradepost:3002"],
  "kubernetes.default:443",
];
/** The places that each may connect to, and no other. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  "user-authentication": ["mongo-0.mongo.tradepost:27017"],
  "product-management": ["mongo-0.mongo.tradepost:27017", "user-authentication.tradepost:3000"],
  "order-processing": [
    "postgres.tradepost:5432",
    "nats.tradepost:4222",
    "user-authentication.tradepost:3000",
    "product-management.tradepost:3001",
  ],
  outside: ["kubernetes.default:443"],
};

const hosts: Host[] = [];
const forwards: Forward[] = [];
let cluster: Cluster | undefined;
const clean = cleanAtEnd(removeAll);

try {
  const host = await findCluster(process.env.TRADEPOST_CLUSTER);
  if ("missing" in host) console.log(`skipped: the tests of the cluster: ${host.missing}`);
  else await test(host);
} catch (error) {
  await cluster?.showState();
  console.error(`✗ ${describeFault(error)}`); // last, where one looks first
  process.exitCode = 1;
}
await clean();

async function test(host: ClusterHost): Promise<void> {
  hosts.push(host);
  await step(`Images for ${host.description}`, () => loadImages(host));
  const taken = new Cluster(host);
  if (await taken.isTaken()) throw new StackError("the namespace tradepost is there already: remove it first");
  cluster = taken;
  const deployed = await step("Deploy", () => deploy(taken));
  await step("Network policies", () => checkPolicies(taken));
  await step("Contract", () => runConformance(deployed));
  const customer = await createCustomer(deployed);

  await step("Restart of all services under load", () => restartUnderLoad(taken));
  for (const engine of ENGINES) {
    await step(`Replace ${engine} under load`, async () => {
      await endure({ ...deployed, findDatabases: () => taken.databases() }, () => taken.replacePod(engine));
      await customer.findsEverything();
      await expectEvents(
        (program) => taken.run("order-processing", program),
        () => customer.buys(),
      );
    });
  }
  await step("Backup and restore", async () => {
    const copy = await taken.backUp();
    await taken.restore(copy);
    await customer.findsEverything();
    await customer.buys();
  });
  console.log("✓ cluster: deployed, tested, restarted under load, engines replaced, copied and restored");
}

async function loadImages(host: ClusterHost): Promise<void> {
  const docker = await findDocker();
  if ("missing" in docker) throw new StackError(`there is ${docker.missing}, to build the images with`);
  hosts.push(docker);
  await new ComposeProject(docker, "tradepost", {}).build();
  const there = await new Cluster(host).images();
  await host.load([...SERVICE_IMAGES, ...ENGINE_IMAGES.filter((image) => !there.includes(image))]);
}

async function deploy(cluster: Cluster): Promise<Deployed> {
  await cluster.makeSecrets(MONGO_MEMBERS);
  for (const folder of [".", "overlays/production", "overlays/local"]) await cluster.check(folder);
  await cluster.checkFiles(["mongo", "postgres", ...SERVICE_NAMES].map((name) => `${name}-deployment.yml`));
  await cluster.apply("local");
  await cluster.ready();
  const address = await cluster.nodeAddress();
  for (const port of Object.values(NODE_PORTS)) {
    if (!(await answers(port))) forwards.push(await forward(port, address));
  }
  return {
    origins: originsOf(NODE_PORTS),
    admin: { email: ADMIN_EMAIL, password: await cluster.secret("user-authentication", "admin-password") },
    client: { id: CLIENT_ID, secret: await cluster.secret("order-processing", "client-secret") },
  };
}

/** Every pair of the table is tried: what shall be open is, and nothing else. */
async function checkPolicies(cluster: Cluster): Promise<void> {
  const faults: string[] = [];
  const checks = Object.entries(OPEN).map(async ([from, open]) => {
    const places = PLACES.filter((place) => !place.startsWith(`${from}.`));
    const seen = from === "outside" ? await cluster.connectFromOutside(places) : await cluster.connect(from, places);
    if (seen.length !== places.length) throw new StackError(`${from} tried ${seen.length} of ${places.length} places`);
    for (const { to, isOpen } of seen) {
      if (isOpen !== open.includes(to)) faults.push(`${from} -> ${to} is ${isOpen ? "open" : "closed"}`);
    }
  });
  await Promise.all(checks);
  if (faults.length > 0) throw new StackError(faults.join("; "));
}

async function restartUnderLoad(cluster: Cluster): Promise<void> {
  const address = await cluster.nodeAddress();
  const load = await startLoad(byService((name) => `http://${address}:${NODE_PORTS[name]}`));
  await cluster.restartServices().finally(async () => expectUnfelt(await load.stop()));
}

async function removeAll(): Promise<void> {
  for (const it of forwards) it.stop();
  const deployed = cluster;
  if (deployed) await step("Remove", () => deployed.remove());
  for (const host of hosts) await host.stop();
}
