/** Processes that are gone from one moment to the next, and engines that hang. */
import type { ServiceName } from "#contract";
import type { ManagedProcess } from "../managed_process.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import type { EngineName, Fault, Victim } from "./fault.ts";

const FREEZE_MS = 10_000;
const BETWEEN_MS = 700;

/** `kill -9` of each service. */
const SERVICES: readonly Fault[] = SERVICE_NAMES.map((name: ServiceName) => ({
  name: `kill -9 ${name}`,
  engines: name === "product-management" ? ["mongo", "postgres"] : ["mongo"],
  isQuick: name === "order-processing",
  strike: ({ stack }) => killAndStart(stack.services[name]),
}));

/** The same of each engine; the database recovers by its log. */
const ENGINES: readonly Fault[] = (["postgres", "mongo"] as const).flatMap((engine): Fault[] => [
  {
    name: `kill -9 of the ${engineName(engine)} engine`,
    engines: engine === "mongo" ? ["mongo"] : ["mongo", "postgres"],
    isQuick: true,
    missing: (victim) => notOurs(victim, engine),
    strike: (victim) => killAndStart(engineOf(victim, engine)),
  },
  {
    name: `${engineName(engine)} engine frozen for ${FREEZE_MS / 1_000} s`,
    engines: ["mongo"],
    isQuick: engine === "postgres",
    missing: (victim) => notOurs(victim, engine),
    async strike(victim) {
      const server = engineOf(victim, engine);
      server.freeze();
      await Bun.sleep(FREEZE_MS);
      server.thaw();
    },
  },
]);

/** A broker that is away delays events, and nothing else. */
const BROKER: Fault = {
  name: "kill -9 of the broker of events",
  engines: ["mongo"],
  missing: ({ stack }) => (stack.nats ? undefined : "there is no nats-server on PATH"),
  strike: ({ stack: { nats } }) => {
    if (!nats) throw new Error("The stack has no broker");
    return killAndStart(nats);
  },
};

export const KILLS: readonly Fault[] = [
  { name: "no fault", engines: ["mongo", "postgres"], isQuick: true, strike: async () => {} },
  ...SERVICES,
  ...ENGINES,
  BROKER,
];

/** The server of an engine. */
export function engineOf({ stack }: Pick<Victim, "stack">, engine: EngineName): ManagedProcess {
  const server = engine === "postgres" ? stack.postgres : stack.mongo;
  if (server) return server;
  throw new Error(`The stack has no ${engineName(engine)} engine`);
}

/** A server that somebody else runs, such as that of `MONGODB_URL`, has no process here. */
function notOurs(victim: Victim, engine: EngineName): string | undefined {
  return engineOf(victim, engine).pid === 0 ? `the ${engineName(engine)} engine is not ours to stop` : undefined;
}

function engineName(engine: EngineName): string {
  return engine === "postgres" ? "Postgres" : "MongoDB";
}

/** Twice: what the first one left half-done is being resumed when the second one comes. */
async function killAndStart(server: ManagedProcess): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await server.kill();
    await server.restart();
    await Bun.sleep(BETWEEN_MS);
  }
}
