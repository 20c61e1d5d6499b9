/** What a MongoDB engine itself can be told to get wrong. */
import { withAdmin } from "../engines/mongo_hello.ts";
import type { Fault, Victim } from "./fault.ts";

const ANSWER_MS = 5_000;
const STRIKE_MS = 4_000;
const PAUSE_MS = 150;

/** The commands that an effect depends on. */
const COMMANDS = ["insert", "update", "findAndModify", "find", "aggregate", "commitTransaction"];
/** Not the primary any more. */
const NOT_WRITABLE_PRIMARY = 10_107;

export const FAIL_POINTS: readonly Fault[] = [
  faultOf("MongoDB says that it is not the primary (10107)", {
    errorCode: NOT_WRITABLE_PRIMARY,
    errorLabels: ["RetryableWriteError"],
  }),
  { ...faultOf("MongoDB closes connections", { closeConnection: true }), isQuick: true },
];

/** Again and again, a few commands at a time: some are retried, some meet it twice. */
function faultOf(name: string, data: Readonly<Record<string, unknown>>): Fault {
  return {
    name,
    engines: ["mongo"],
    async missing(victim) {
      const refused = await setFailPoint(victim, { mode: "off" }).catch((error: unknown) => error);
      return refused === undefined ? undefined : "the engine has no fail points";
    },
    async strike(victim) {
      const endsAtMs = performance.now() + STRIKE_MS;
      for (let times = 1; performance.now() < endsAtMs; times = (times % 4) + 1) {
        await setFailPoint(victim, { mode: { times }, data: { failCommands: COMMANDS, ...data } });
        await Bun.sleep(PAUSE_MS);
      }
      await setFailPoint(victim, { mode: "off" });
    },
  };
}

async function setFailPoint({ stack }: Victim, settings: object): Promise<void> {
  if (!stack.mongo) throw new Error("The stack has no MongoDB");
  await withAdmin(stack.mongo.url, ANSWER_MS, (command) => command({ configureFailPoint: "failCommand", ...settings }));
}
