/** How sign-ins end, in numbers. */
import { Counter, type Registry } from "prom-client";
import type { Handler } from "#contract";
import { Problem } from "#platform/problem.ts";

/** Told from the start, so that the first of a kind is seen as one more than none. */
const OUTCOMES = ["succeeded", "invalid-credentials", "too-many-requests", "service-unavailable"];

/** Counts what becomes of each attempt to sign in: `succeeded`, or the code of the problem. */
export function countLogins(registry: Registry, logIn: Handler<"logIn">): Handler<"logIn"> {
  const attempts = new Counter({
    name: "login_attempts_total",
    help: "Attempts to sign in, by what became of them.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0);
  return async (input) => {
    try {
      const reply = await logIn(input);
      attempts.inc({ outcome: "succeeded" });
      return reply;
    } catch (error) {
      attempts.inc({ outcome: error instanceof Problem ? error.code : "internal-error" });
      throw error;
    }
  };
}
