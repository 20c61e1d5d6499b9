/** What is done to the replicas and the engines while the system is used. */
import type { Random } from "../history/random.ts";
import type { ManagedProcess } from "../managed_process.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import type { Stack } from "../stack.ts";

export interface Blow {
  /** As in the table. */
  readonly name: string;
  /** No request may fail, of clients that send refused connections again and nothing else. */
  readonly isUnfelt: boolean;
  /** How long it may take until the system serves again, in milliseconds. */
  readonly servesWithinMs: number;
  /** Lets it happen; what it answers mends it, while the system shall serve already. */
  strike(stack: Stack): Promise<() => Promise<void>>;
}

/** Of the issue for a lost replica; an engine that runs alone has to recover first. */
const REPLICA_WITHIN_MS = 10_000;
const ENGINE_WITHIN_MS = 30_000;

/** `kill -9` of replicas, each of another one while there are others. */
export function killsAtRandom(stack: Stack, count: number, random: Random): Blow[] {
  const left: { name: string; replica: ManagedProcess }[] = [];
  return Array.from({ length: count }, () => {
    if (left.length === 0) left.push(...replicasOf(stack));
    const [{ name, replica } = { name: "", replica: undefined }] = left.splice(random.below(left.length), 1);
    if (!replica) throw new Error("A stack has replicas");
    return {
      ...{ name: `kill -9 ${name}`, isUnfelt: false, servesWithinMs: REPLICA_WITHIN_MS },
      strike: async () => {
        await replica.kill();
        return () => replica.restart();
      },
    };
  });
}

/** One replica after the other is stopped and started, as an update does. */
export const ROLL_ALL: Blow = {
  ...{ name: "rolling restart of all replicas", isUnfelt: true, servesWithinMs: REPLICA_WITHIN_MS },
  async strike(stack) {
    for (const { replica } of replicasOf(stack)) await replica.restart();
    return async () => {};
  },
};

/** Each engine is stopped in good order and started again; those of others are left alone. */
export function engineRestarts({ postgres, mongo, nats }: Stack): Blow[] {
  const engines = [postgres, mongo, nats].filter((engine) => engine !== undefined && engine.pid !== 0);
  return engines.flatMap((engine) =>
    engine
      ? [
          {
            ...{ name: `restart of ${engine.name}`, isUnfelt: false, servesWithinMs: ENGINE_WITHIN_MS },
            strike: async () => {
              await engine.stop();
              return () => engine.restart();
            },
          },
        ]
      : [],
  );
}

function replicasOf({ replicas }: Stack): { name: string; replica: ManagedProcess }[] {
  return SERVICE_NAMES.flatMap((service) =>
    replicas[service].map((replica, index) => ({ name: `${service} (${index + 1})`, replica })),
  );
}
