import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { sortRoles } from "../user.ts";

/** Sets the roles of an account at the version that was read, and ends its sessions. */
export function replaceUserRoles({
  store: { users },
  newId,
  now,
}: Pick<Dependencies, "store" | "newId" | "now">): Handler<"replaceUserRoles"> {
  return async ({ params: { userId }, body: { version, roles }, caller, context }) => {
    const details = { roles: sortRoles(roles).join(" ") };
    const deed = { action: "roles-replaced", target: { kind: "user", id: userId }, details } as const;
    const event = auditEvent(newId(), { caller, context }, deed);
    const user = await users.replaceRoles(userId, { version, roles: sortRoles(roles), now: now(), event });
    return { status: 200, body: user };
  };
}
