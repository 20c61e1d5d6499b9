import type { Access, Caller, UserCaller } from "#contract";
import type { OperationSpec } from "./contract_document.ts";
import { Problem } from "./problem.ts";

/**
 * Tells who sent a token.
 *
 * @param kind The kind of token the operation takes: one kind never passes for the other.
 * @throws {InvalidToken} if the token is not good here.
 * @throws {Problem} `service-unavailable` if that can't be found out now.
 */
export type Authenticate = (token: string, kind: Caller["kind"]) => Caller | Promise<Caller>;

/** A token that is not good here. Its message is for the log. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/** Finds the caller of a request, if the operation may be called by them. */
export type Authorize = (request: Request) => Caller | undefined | Promise<Caller | undefined>;

/** Tells whether the session of a token is over: asked by the operations that the contract marks `x-sensitive`. */
export type IsOver = (caller: UserCaller) => Promise<boolean>;

const REALM = 'Bearer realm="tradepost"';
/** The scheme's name is case-insensitive (RFC 9110, 11.1). */
const BEARER = /^bearer +/i;

/** Makes what stands in front of an operation, by its `security` in the contract (RFC 6750). */
export function createAuthorize(spec: OperationSpec, authenticate: Authenticate, isOver?: IsOver): Authorize {
  const kind = kindOf(spec.access);
  if (kind === undefined) return () => undefined;
  const admitKnown =
    spec.needs.length === 0 ? (caller: Caller) => caller : (caller: Caller) => admitted(caller, spec.needs);
  const admit = spec.sensitive && isOver ? admittedIfLive(admitKnown, isOver) : admitKnown;
  return (request) => {
    const authorization = request.headers.get("authorization");
    if (authorization === null) {
      if (spec.access === "optional") return undefined;
      throw unauthorized("This operation needs an access token", REALM);
    }
    const scheme = BEARER.exec(authorization)?.[0];
    if (scheme === undefined) throw unauthorized("This operation needs a bearer token", REALM);
    // All that follows: of two headers, which arrive as one, none must be left out.
    const token = authorization.slice(scheme.length);
    try {
      const caller = authenticate(token, kind);
      if (!(caller instanceof Promise)) return admit(caller);
      return caller.catch(refuse).then(admit);
    } catch (error) {
      return refuse(error);
    }
  };
}

function kindOf(access: Access): Caller["kind"] | undefined {
  if (access === "service") return "service";
  return access === "user" || access === "optional" ? "user" : undefined;
}

/** Roles first: they cost nothing. */
function admittedIfLive(admit: (caller: Caller) => Caller, isOver: IsOver): (caller: Caller) => Promise<Caller> {
  return async (found) => {
    const caller = admit(found);
    if (caller.kind !== "user" || !(await isOver(caller))) return caller;
    throw unauthorized("The session of this access token is over", `${REALM}, error="invalid_token"`);
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof InvalidToken)) throw error;
  throw unauthorized("The access token is not valid here", `${REALM}, error="invalid_token"`, error);
}

function unauthorized(detail: string, challenge: string, cause?: unknown): Problem {
  return new Problem("unauthorized", detail, { headers: { "www-authenticate": challenge }, cause });
}

/** The caller, if they have every role or scope that is needed. */
function admitted(caller: Caller, needs: readonly string[]): Caller {
  const held: readonly string[] = caller.kind === "user" ? caller.roles : caller.scopes;
  if (needs.every((need) => held.includes(need))) return caller;
  const wanted = needs.join(" ");
  if (caller.kind === "user") throw new Problem("forbidden", `This operation needs the role ${wanted}`);
  const challenge = `${REALM}, error="insufficient_scope", scope="${wanted}"`;
  throw new Problem("forbidden", `This operation needs the scope ${wanted}`, {
    headers: { "www-authenticate": challenge },
  });
}
