/**
 * `bun run test:compose`: builds the images, starts the compose project under a name of its own, runs the contract's tests against it, starts it
 * again over the same data, with two replicas of each service behind the proxy, restarts these under load, kills some, restores a backup, looks
 * at what watches, and removes it. `--quick` ends before the restarts. Where nothing can run containers it is skipped by name.
 */
import { parseArgs } from "node:util";
import { cleanAtEnd } from "./deployed/cleaning.ts";
import { output } from "./deployed/commands.ts";
import { ComposeProject } from "./deployed/compose_project.ts";
import { type Deployed, runConformance } from "./deployed/conformance.ts";
import { type Customer, createCustomer } from "./deployed/customer.ts";
import { expectEvents } from "./deployed/events.ts";
import { findDocker, type Host } from "./deployed/hosts.ts";
import { expectUnfelt, startLoad } from "./deployed/load.ts";
import { step } from "./deployed/step.ts";
import { expectWatching, WATCHERS, type Watcher } from "./deployed/watchers.ts";
import { ROOT } from "./paths.ts";
import { freePorts } from "./ports.ts";
import { byService, SERVICE_NAMES } from "./service_names.ts";
import { ADMIN_EMAIL, CLIENT_ID, originsOf } from "./service_settings.ts";
import { describeFault, StackError } from "./stack_error.ts";

const BASE_IMAGE = "oven/bun:1.4.5-slim";
/** What a container runs to tell the packages it holds. */
const LIST_PACKAGES = `
for (const path of new Bun.Glob("node_modules/**/package.json").scanSync("/app")) {
  if (!/(^|[/])node_modules[/](@[^/]+[/])?[^/]+[/]package.json$/.test(path)) continue;
  const { name, version } = await Bun.file("/app/" + path).json();
  console.log(name + "@" + version);
}
`;
/** What the proxy's container runs to wait until a service is there twice, as the proxy finds it. */
const UNTIL_BOTH_ARE_READY = `
const { Resolver } = await import("node:dns/promises");
const [hostname, port] = process.argv[1].split(":");
const isReady = (address) => fetch("http://" + address + ":" + port + "/readyz").then((reply) => reply.ok, () => false);
for (const end = Date.now() + 60_000; ; await Bun.sleep(200)) {
  const addresses = await new Resolver({ timeout: 500, tries: 1 }).resolve4(hostname).catch(() => []);
  const ready = await Promise.all(addresses.map(isReady));
  if (ready.length === 2 && ready.every(Boolean)) break;
  if (Date.now() > end) process.exit(1);
}
await Bun.sleep(2500); // so that the proxy has asked for the addresses too, and the other services as well
`;
const REPLICAS = SERVICE_NAMES.flatMap((name) => [name, `${name}-2`]);
const SERVICE_PORTS: Readonly<Record<string, number>> = byService((_, index) => 3_000 + index);
const SERVICE_IMAGE = "tradepost/order-processing:0.1.0";

const { values: flags } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const host = await findDocker();
if ("missing" in host) {
  console.log(`skipped: the tests of the compose project: ${host.missing}`);
  process.exit(0);
}

const [users = 0, products = 0, orders = 0, ...others] = await freePorts(9);
const proxyPorts = byService((_, index) => others[index] ?? 0);
const watcherPorts = { prometheus: others[3] ?? 0, jaeger: others[4] ?? 0, grafana: others[5] ?? 0 };
const projectName = `tradepost-test-${process.pid}`;
const settings = {
  USER_AUTHENTICATION_PORT: `${users}`,
  PRODUCT_MANAGEMENT_PORT: `${products}`,
  ORDER_PROCESSING_PORT: `${orders}`,
  HA_USER_AUTHENTICATION_PORT: `${proxyPorts["user-authentication"]}`,
  HA_PRODUCT_MANAGEMENT_PORT: `${proxyPorts["product-management"]}`,
  HA_ORDER_PROCESSING_PORT: `${proxyPorts["order-processing"]}`,
  FRONT_SUBNET: `172.30.${process.pid % 256}.0/24`,
  PROMETHEUS_PORT: `${watcherPorts.prometheus}`,
  JAEGER_PORT: `${watcherPorts.jaeger}`,
  GRAFANA_PORT: `${watcherPorts.grafana}`,
  CHECK_RESPONSES: "true",
};
const project = new ComposeProject(host, projectName, settings);
const origins = originsOf(byService((_, index) => [users, products, orders][index] ?? 0));

const clean = cleanAtEnd(removeAll);
try {
  await test(host);
} catch (error) {
  await project.showLogs();
  console.error(`✗ ${describeFault(error)}`); // last, where one looks first
  process.exitCode = 1;
}
await clean();
if (process.exitCode !== 1)
  console.log(
    `✓ compose: built, tested, started again with its data and twice each, ${flags.quick ? "" : "restarted under load, killed, copied and restored, watched, "}removed`,
  );

async function test(containers: Host): Promise<void> {
  await step(`Build the images with ${containers.description}`, () => project.build());
  const [base, whole] = [await project.imageMegabytes(BASE_IMAGE), await project.imageMegabytes(SERVICE_IMAGE)];
  console.log(`  ${SERVICE_IMAGE} has ${whole} MB, ${whole - base} MB of them on top of ${BASE_IMAGE}`);

  await step("Start", () => project.up());
  await checkPackages();
  const deployed = await readSecrets();
  const customer = await createCustomer(deployed);
  await step("Contract", () => runConformance(deployed));

  await step("Start again, two replicas of each service behind the proxy", async () => {
    await project.down();
    await project.up("ha");
  });
  const again = await readSecrets();
  if (JSON.stringify(again) !== JSON.stringify(deployed)) throw new StackError("a second start has other secrets");
  await customer.findsEverything();
  await expectEvents(
    (program) => project.exec("order-processing", "bun", "-e", program),
    () => customer.buys(),
  );
  await createCustomer({ origins: originsOf(proxyPorts) });
  if (flags.quick) return;
  await step("Restart of all replicas under load", restartUnderLoad);
  await customer.findsEverything();
  await step("A replica of each service killed", async () => {
    for (const name of SERVICE_NAMES) await project.kill(`${name}-2`);
    await customer.buys();
    await project.up("ha");
  });
  await customer.findsEverything();
  await step("Backup and restore", () => backUpAndRestore(customer));
  await step("Observability", () => observe(containers, customer));
}

/** Those whose images can be had see what the services do. */
async function observe(containers: Host, customer: Customer): Promise<void> {
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://jaeger:4318", OTEL_TRACES_SAMPLER_ARG: "1" };
  const watched = new ComposeProject(containers, projectName, { ...settings, ...traced });
  const there: Watcher[] = [];
  for (const watcher of WATCHERS) {
    if (await watched.hasImage(watcher)) there.push(watcher);
    else console.log(`   skipped: ${watcher}: its image is not here, and no registry gives it`);
  }
  await watched.upOnly(...SERVICE_NAMES, ...there);
  await customer.buys();
  for (const watcher of there) await expectWatching(watcher, `http://127.0.0.1:${watcherPorts[watcher]}`);
}

/** What is bought after the copy was made is gone with the restore; everything else is as it was. */
async function backUpAndRestore(customer: Customer): Promise<void> {
  const said = await project.run("backup");
  console.log(`   ${said.trim()}`);
  await project.stop(...REPLICAS);
  await project.run("backup", "/app/services/_deployment/restore.ts", said.split(":")[0] ?? "", "--replace");
  await project.up("ha");
  await customer.findsEverything();
  await customer.buys();
}

/** One replica after the other, as seen through the proxy. */
async function restartUnderLoad(): Promise<void> {
  const load = await startLoad(originsOf(proxyPorts));
  const work = async (): Promise<void> => {
    for (const name of REPLICAS) {
      await project.restart(name);
      const service = name.replace(/-2$/, "");
      await project.exec("proxy", "bun", "-e", UNTIL_BOTH_ARE_READY, `${service}.front:${SERVICE_PORTS[service]}`);
    }
  };
  await work().finally(async () => expectUnfelt(await load.stop()));
}

/** The image holds the packages that the bill of materials names, in these versions, and no other. */
async function checkPackages(): Promise<void> {
  const bill = await output([process.execPath, "services/_deployment/sbom.ts"], { cwd: ROOT });
  const { components } = JSON.parse(bill) as { components: { name: string; version: string }[] }; // sbom_test.ts proves it
  const named = components.map(({ name, version }) => `${name}@${version}`).sort();
  const held = (await project.exec("order-processing", "bun", "-e", LIST_PACKAGES)).trim().split("\n").sort();
  const surplus = [...held.filter((it) => !named.includes(it)), ...named.filter((it) => !held.includes(it))];
  if (surplus.length > 0) throw new StackError(`the image and its bill differ in ${surplus.join(", ")}`);
  console.log(`  ${held.length} packages, as the bill of materials says`);
}

async function readSecrets(): Promise<Deployed> {
  const read = (service: string, name: string): Promise<string> => project.exec(service, "cat", `/run/secrets/${name}`);
  return {
    origins,
    admin: { email: ADMIN_EMAIL, password: await read("user-authentication", "admin-password") },
    client: { id: CLIENT_ID, secret: await read("order-processing", "client-secret") },
  };
}

async function removeAll(): Promise<void> {
  await step("Remove", () => project.remove());
  const left = await project.leftovers();
  if (left.length > 0) throw new StackError(`\`down --volumes\` leaves ${left.join(", ")}`);
  if (!("missing" in host)) await host.stop();
}
