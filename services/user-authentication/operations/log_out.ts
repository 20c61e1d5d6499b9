import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { hashRefreshToken } from "../refresh_token.ts";

/** Ends the session of a refresh token, if there is one. */
export function logOut({ store: { sessions } }: Pick<Dependencies, "store">): Handler<"logOut"> {
  return async ({ body }) => {
    await sessions.revoke(hashRefreshToken(body.refresh_token));
    return { status: 204 };
  };
}
