import { createHash, timingSafeEqual } from "node:crypto";
import type { Schema } from "#contract";
import { OAuthError } from "#platform/oauth_error.ts";

/** The scopes there are, all of which a service client may have. */
export const SERVICE_SCOPES = ["stock:write"] as const;

/** A secret is made by a machine: 32 characters of it can't be guessed. */
export const CLIENT_SECRET_MIN_LENGTH = 32;

/** The service clients, by id, with the SHA-256 of their secrets. */
export type ServiceClients = ReadonlyMap<string, Buffer>;

/** What a client calls itself, and its proof. */
export interface ClientLogin {
  readonly id: string;
  readonly secret: string;
}

/**
 * Reads `id:secret` pairs separated by spaces. Only hashes are kept, so that a dump of the memory or a log does not have the secrets; a slow hash
 * would add nothing, as a random secret has no dictionary.
 *
 * @returns What is wrong with them, if something is, without a secret.
 */
export function parseServiceClients(text: string): { clients: ServiceClients } | { fault: string } {
  const clients = new Map<string, Buffer>();
  for (const pair of text.split(/\s+/).filter(Boolean)) {
    const [, id, secret] = /^([A-Za-z0-9._-]{1,100}):(\S+)$/.exec(pair) ?? [];
    if (id === undefined || secret === undefined) return { fault: "must be id:secret pairs separated by spaces" };
    if (secret.length < CLIENT_SECRET_MIN_LENGTH || secret.length > 256)
      return { fault: `must have a secret of ${CLIENT_SECRET_MIN_LENGTH} to 256 characters for ${id}` };
    if (clients.has(id)) return { fault: `has ${id} more than once` };
    clients.set(id, digest(secret));
  }
  return { clients };
}

/** Whether the secret is the client's, in the same time for every client and every wrong secret. */
export function isServiceClient(clients: ServiceClients, { id, secret }: ClientLogin): boolean {
  const known = clients.get(id);
  const equal = timingSafeEqual(digest(secret), known ?? NOBODY);
  return known !== undefined && equal;
}

/**
 * The id and secret of an HTTP Basic header, each form-encoded inside (RFC 6749, 2.3.1).
 *
 * @returns undefined if the header is something else.
 */
export function parseBasic(authorization: string): ClientLogin | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const middle = text.indexOf(":");
  if (middle === -1) return undefined;
  try {
    return { id: formDecode(text.slice(0, middle)), secret: formDecode(text.slice(middle + 1)) };
  } catch {
    return undefined;
  }
}

/** The scopes that are asked for, or all of them; undefined if one is not served (RFC 6749, 3.3). */
export function grantScopes(scope: string | undefined): readonly string[] | undefined {
  if (scope === undefined) return SERVICE_SCOPES;
  const asked = [...new Set(scope.split(" "))];
  return asked.every((each) => SERVICE_SCOPES.some((known) => known === each)) ? asked : undefined;
}

/** What a client asks for, in the header and in the form. */
export interface GrantRequest {
  readonly authorization: string | undefined;
  readonly form: Schema<"ClientCredentials">;
}

/** What a client gets. */
export interface Grant {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/**
 * Decides about a request for client credentials (RFC 6749, 4.4).
 *
 * @throws {OAuthError} `invalid_request`, `invalid_client`, `unsupported_grant_type`, `invalid_scope`.
 */
export function grantClientCredentials(clients: ServiceClients, { authorization, form }: GrantRequest): Grant {
  const login = authorization === undefined ? formLogin(form) : basicLogin(authorization, form);
  if (!login || !isServiceClient(clients, login)) throw invalidClient();
  if (form.grant_type !== "client_credentials") {
    throw new OAuthError("unsupported_grant_type", "Only client_credentials is served");
  }
  const scopes = grantScopes(form.scope);
  if (!scopes) throw new OAuthError("invalid_scope", `The scopes are ${SERVICE_SCOPES.join(" ")}`);
  return { clientId: login.id, scopes };
}

/** A token to revoke, and perhaps who asks for it. */
export interface RevocationRequest {
  readonly authorization: string | undefined;
  readonly form: Schema<"TokenRevocation">;
}

/**
 * Decides about a request to revoke a token (RFC 7009, 2.1). The clients that have refresh tokens are public: they have no secret to show.
 *
 * @returns The token, which may be anything.
 * @throws {OAuthError} `invalid_request`, `invalid_client`, `unsupported_token_type`.
 */
export function checkRevocation(clients: ServiceClients, { authorization, form }: RevocationRequest): string {
  if (authorization !== undefined || form.client_secret !== undefined) {
    const login = authorization === undefined ? formLogin(form) : basicLogin(authorization, form);
    if (!login || !isServiceClient(clients, login)) throw invalidClient();
  }
  // Three parts: refresh tokens of ours have one.
  if (form.token.split(".").length === 3) {
    throw new OAuthError("unsupported_token_type", "Access tokens can't be revoked: they end within 5 minutes");
  }
  return form.token;
}

/** The members of a form that say who sends it. */
type ClientForm = Pick<Schema<"ClientCredentials">, "client_id" | "client_secret">;

function invalidClient(): OAuthError {
  return new OAuthError("invalid_client", "The client is unknown or its secret is wrong");
}

function formLogin({ client_id: id, client_secret: secret }: ClientForm): ClientLogin | undefined {
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

function basicLogin(authorization: string, form: ClientForm): ClientLogin | undefined {
  const login = parseBasic(authorization);
  const twice = form.client_secret !== undefined || (form.client_id !== undefined && form.client_id !== login?.id);
  if (twice) throw new OAuthError("invalid_request", "The client must authenticate in one way only");
  return login;
}

const NOBODY = Buffer.alloc(32);

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** @throws {URIError} at an escape that is none. */
function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
