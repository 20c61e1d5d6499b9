import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Schema } from "#contract";
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  ACCESS_TOKEN_TYPE,
  AUDIENCES,
  createVerifier,
} from "#platform/access_token.ts";
import type { Authenticate } from "#platform/authentication.ts";

/** Signs tokens in the place of user-authentication, for the tests of the other services. */
export interface TestIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Where its keys are, for a service in a process of its own. */
  readonly jwksUrl: string;
  /** Verifies its tokens, for a service in this process. */
  readonly authenticate: Authenticate;
  /** Signs a token of a customer, or of another user. */
  userToken(user?: { id?: string; roles?: Schema<"Role">[] }): Promise<string>;
  /** Signs a token of a service that may change stock. */
  serviceToken(client?: { id?: string; scopes?: string[] }): Promise<string>;
  stop(): Promise<void>;
}

/** Makes an issuer with a key of its own, its JWKS on a free port of the loopback. */
export async function createTestIssuer(): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(ACCESS_TOKEN_ALGORITHM);
  const kid = crypto.randomUUID();
  const key = { ...(await exportJWK(publicKey)), kid, use: "sig", alg: ACCESS_TOKEN_ALGORITHM };
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({ keys: [key] }) });
  const issuer = server.url.origin;

  const sign = (subject: string, claims: { aud: string } & Record<string, unknown>): Promise<string> =>
    new SignJWT({ ...claims, iss: issuer, sub: subject, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid })
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_SECONDS}s`)
      .sign(privateKey);

  return {
    issuer,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    authenticate: createVerifier({ issuer, keys: { find: (wanted) => (wanted === kid ? publicKey : undefined) } }),
    userToken: ({ id = Bun.randomUUIDv7(), roles = ["customer"] } = {}) => sign(id, { aud: AUDIENCES.user, roles }),
    serviceToken: ({ id = "order-processing", scopes = ["stock:write"] } = {}) =>
      sign(id, { aud: AUDIENCES.service, client_id: id, scope: scopes.join(" ") }),
    stop: () => server.stop(true),
  };
}
