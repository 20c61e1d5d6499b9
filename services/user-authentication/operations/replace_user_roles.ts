import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { sortRoles } from "../user.ts";

/** Sets the roles of an account at the version that was read, and ends its sessions. */
export function replaceUserRoles({
  store: { users },
  now,
}: Pick<Dependencies, "store" | "now">): Handler<"replaceUserRoles"> {
  return async ({ params, body: { version, roles } }) => {
    const user = await users.replaceRoles(params.userId, { version, roles: sortRoles(roles), now: now() });
    return { status: 200, body: user };
  };
}
