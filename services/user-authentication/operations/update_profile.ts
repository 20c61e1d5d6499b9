import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { Problem } from "#platform/problem.ts";
import type { Dependencies } from "../dependencies.ts";
import { accountGone } from "../user.ts";

/** Changes the caller's account at the version that was read. */
export function updateProfile({
  store: { users },
  newId,
  now,
}: Pick<Dependencies, "store" | "newId" | "now">): Handler<"updateProfile"> {
  return async ({ body: { version, displayName }, caller, context }) => {
    const deed = { action: "profile-updated", target: { kind: "user", id: caller.id } } as const;
    const event = auditEvent(newId(), { caller, context }, deed);
    try {
      return { status: 200, body: await users.updateProfile(caller.id, { version, displayName, now: now(), event }) };
    } catch (error) {
      throw error instanceof Problem && error.code === "not-found" ? accountGone() : error;
    }
  };
}
