import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { SERVICE_SCOPES } from "../service_client.ts";

/** Says what this authorization server serves (RFC 8414). */
export function getAuthorizationServerMetadata({
  issuer,
  origin,
}: Pick<Dependencies, "issuer" | "origin">): Handler<"getAuthorizationServerMetadata"> {
  const body = {
    issuer,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/.well-known/jwks.json`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    scopes_supported: [...SERVICE_SCOPES],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    revocation_endpoint: `${origin}/token/revoke`,
    revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  };
  return () => ({ status: 200, headers: { "cache-control": "public, max-age=300" }, body });
}
