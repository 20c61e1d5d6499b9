import { successesOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";

/** How long an access token is good for; nobody is asked whether its session was ended meanwhile. */
export const ACCESS_TOKEN_MS = 300_000;
/** It was made before its reply came, and clocks tell whole seconds. */
const LEEWAY_MS = 2_000;

/** I11: nothing of a session is accepted after it was ended, but its access tokens for the rest of their life. */
export function checkRevocation({ sessions }: Pick<Evidence, "sessions">): Violations {
  const endedMs = new Map<string, number>();
  for (const { input, returnedMs } of successesOf(sessions, "log out")) {
    endedMs.set(input.session, Math.min(returnedMs, endedMs.get(input.session) ?? Infinity));
  }
  const refreshed = successesOf(sessions, "refresh session")
    .filter(({ input, invokedMs }) => invokedMs > (endedMs.get(input.session) ?? Infinity))
    .map(({ input }) => `${input.session} was refreshed after it was ended`);
  const used = successesOf(sessions, "use access token").flatMap(({ input: { session, issuedMs }, invokedMs }) => {
    const ageMs = invokedMs - issuedMs;
    if (ageMs <= ACCESS_TOKEN_MS + LEEWAY_MS) return [];
    return [`an access token of ${session} was accepted at the age of ${Math.round(ageMs / 1_000)} s`];
  });
  return [...refreshed, ...used];
}
