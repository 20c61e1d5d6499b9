import type { Handler } from "#contract";
import { Problem } from "#platform/problem.ts";
import type { Dependencies } from "../dependencies.ts";
import { accountGone } from "../user.ts";

/** Changes the caller's account at the version that was read. */
export function updateProfile({
  store: { users },
  now,
}: Pick<Dependencies, "store" | "now">): Handler<"updateProfile"> {
  return async ({ body: { version, displayName }, caller }) => {
    try {
      return { status: 200, body: await users.updateProfile(caller.id, { version, displayName, now: now() }) };
    } catch (error) {
      throw error instanceof Problem && error.code === "not-found" ? accountGone() : error;
    }
  };
}
