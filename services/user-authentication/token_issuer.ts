import { ACCESS_TOKEN_SECONDS, AUDIENCES, type ServiceClaims, type UserClaims } from "#platform/access_token.ts";
import type { KeyRing } from "./key_ring.ts";
import type { User } from "./user.ts";

/** Makes access tokens (RFC 9068). */
export interface TokenIssuer {
  /** For a user; the roles are those of now, for as long as the token lives. */
  userToken(user: Pick<User, "id" | "roles">, sessionId: string): Promise<string>;
  /** For a service, with an audience of its own. */
  serviceToken(clientId: string, scopes: readonly string[]): Promise<string>;
}

export interface TokenIssuerOptions {
  readonly keys: Pick<KeyRing, "sign">;
  /** The `iss` of the tokens. */
  readonly issuer: string;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Makes an issuer; see {@link TokenIssuer}. */
export function createTokenIssuer({ keys, issuer: iss, newId, now }: TokenIssuerOptions): TokenIssuer {
  const common = () => ({ iss, jti: newId(), exp: Math.floor(now().getTime() / 1000) + ACCESS_TOKEN_SECONDS });
  return {
    userToken({ id, roles }, sid) {
      const claims: UserClaims = { sub: id, roles, sid };
      return keys.sign({ ...common(), ...claims, aud: AUDIENCES.user });
    },
    serviceToken(clientId, scopes) {
      const claims: ServiceClaims = { sub: clientId, client_id: clientId, scope: scopes.join(" ") };
      return keys.sign({ ...common(), ...claims, aud: AUDIENCES.service });
    },
  };
}
