/** Several replicas of each service, and a balancer in front of them: what many machines are, on one. */
import { join } from "node:path";
import type { MongoSource } from "../engines/mongo_source.ts";
import type { NatsSource } from "../engines/nats.ts";
import { ROOT } from "../paths.ts";
import { answers, freePorts } from "../ports.ts";
import { endProcess, isRunning, type StopStep, spawnInSession } from "../processes.ts";
import { type ByService, byService, SERVICE_NAMES } from "../service_names.ts";
import { originsOf } from "../service_settings.ts";
import type { Stack } from "../stack.ts";
import { StackError } from "../stack_error.ts";
import { createTestFolder, removeTestFolder } from "../test_folder.ts";
import { startTestStack } from "../test_stack.ts";

/** What it is made of. */
export interface ReplicatedOptions {
  /** Of each service. */
  readonly replicas: number;
  /** Where users and products live; in Postgres if not given. */
  readonly mongo: MongoSource | undefined;
  readonly nats: NatsSource | undefined;
}

/** Longer than five looks of the balancer. */
const DRAIN_DELAY_MS = 1_000;
const STARTS_WITHIN_MS = 10_000;
const POLL_MS = 20;
const STOP_STEPS: readonly StopStep[] = [
  { signal: "SIGTERM", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
];

/** Starts engines, replicas and the balancer; the origins are the balancer's, for clients and for the services among themselves. */
export async function startReplicatedStack({ replicas, mongo, nats }: ReplicatedOptions): Promise<Stack> {
  const free = await freePorts(3 * replicas);
  const ports = byService((_, index) => free[index]!); // more of them are free than there are services
  const furtherPorts = byService((_, index) => free.filter((_port, at) => at >= 3 && at % 3 === index));
  const origins = originsOf(ports);
  const stack = await startTestStack({
    ...{ durable: true, furtherPorts, environment: settingsFor(origins) },
    ...(mongo && { mongo }),
    ...(nats && { nats }),
  });
  try {
    const firstPorts = byService((name) => Number(new URL(stack.origins[name]).port));
    const stopBalancer = await startBalancers(
      ports,
      byService((name) => [firstPorts[name], ...furtherPorts[name]]),
    );
    const stop = async (): Promise<void> => {
      await stopBalancer();
      await stack.stop();
    };
    return { ...stack, origins, stop };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Replies are checked in the API's own tests; here the processor is for the load. */
function settingsFor(origins: ByService<string>): Record<string, string> {
  return {
    ...{ CHECK_RESPONSES: "false", LOG_LEVEL: "warn" },
    ...{ DRAIN_DELAY_MS: String(DRAIN_DELAY_MS), TRUSTED_PROXIES: "127.0.0.1" },
    USER_AUTHENTICATION_ORIGIN: origins["user-authentication"],
    PRODUCT_MANAGEMENT_ORIGIN: origins["product-management"],
    ORDER_PROCESSING_ORIGIN: origins["order-processing"],
    JWKS_URL: `${origins["user-authentication"]}/.well-known/jwks.json`,
    USER_AUTHENTICATION_URL: origins["user-authentication"],
    PRODUCT_MANAGEMENT_URL: origins["product-management"],
  };
}

/** One process for all services, as in the compose project. @returns what ends it. */
async function startBalancers(
  ports: ByService<number>,
  replicas: ByService<readonly number[]>,
): Promise<() => Promise<void>> {
  const routes = SERVICE_NAMES.map(
    (name) => `${ports[name]}=${replicas[name].map((port) => `http://127.0.0.1:${port}`).join()}`,
  );
  const folder = createTestFolder();
  const program = join(ROOT, "services/_deployment/balance.ts");
  const { record, exited } = await spawnInSession([process.execPath, "--no-orphans", program], {
    ...{ cwd: ROOT, logFile: join(folder, "balancer.log") },
    env: { PATH: process.env.PATH ?? "", ROUTES: routes.join(" ") },
  });
  const stop = async (): Promise<void> => {
    await endProcess(record, STOP_STEPS);
    removeTestFolder(folder);
  };
  const deadline = performance.now() + STARTS_WITHIN_MS;
  for (const port of Object.values(ports)) {
    while (!(await answers(port))) {
      if (isRunning(record) && performance.now() < deadline) await Bun.sleep(POLL_MS);
      else {
        const how = isRunning(record) ? "does not answer" : `ended (${await exited})`;
        await stop();
        throw new StackError(`the balancer ${how}`);
      }
    }
  }
  return stop;
}
