import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { accountGone } from "../user.ts";

/** Reads the caller's own account. */
export function getProfile({ store: { users } }: Pick<Dependencies, "store">): Handler<"getProfile"> {
  return async ({ caller }) => {
    const account = await users.find(caller.id);
    if (!account) throw accountGone();
    return { status: 200, body: account.user };
  };
}
