import type { Handler } from "#contract";
import { ACCESS_TOKEN_SECONDS } from "#platform/access_token.ts";
import type { Dependencies } from "../dependencies.ts";
import { grantClientCredentials } from "../service_client.ts";

/** Issues a token to a service that proves who it is. */
export function issueServiceToken({
  clients,
  tokens,
}: Pick<Dependencies, "clients" | "tokens">): Handler<"issueServiceToken"> {
  return async ({ headers: { authorization }, body: form }) => {
    const { clientId, scopes } = grantClientCredentials(clients, { authorization, form });
    const access_token = await tokens.serviceToken(clientId, scopes);
    const body = {
      access_token,
      token_type: "Bearer",
      expires_in: ACCESS_TOKEN_SECONDS,
      scope: scopes.join(" "),
    } as const;
    return { status: 200, headers: { "cache-control": "no-store" }, body };
  };
}
