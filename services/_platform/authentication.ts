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

/** Finds the caller of a request; undefined if it names none, and need not. */
export type Identify = (request: Request) => Caller | undefined | Promise<Caller | undefined>;

/** Lets a caller do what an operation does, or throws. */
export type Admit = (caller: Caller) => void | Promise<void>;

/** Tells whether the session of a token is over: asked by the operations that the contract marks `x-sensitive`. */
export type IsOver = (caller: UserCaller) => Promise<boolean>;

const REALM = 'Bearer realm="tradepost"';
/** The scheme's name is case-insensitive (RFC 9110, 11.1). */
const BEARER = /^bearer +/i;

/** Makes what tells who calls an operation, by its `security` in the contract (RFC 6750). */
export function createIdentify(spec: OperationSpec, authenticate: Authenticate): Identify {
  const kind = kindOf(spec.access);
  if (kind === undefined) return () => undefined;
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
      return caller instanceof Promise ? caller.catch(refuse) : caller;
    } catch (error) {
      return refuse(error);
    }
  };
}

function kindOf(access: Access): Caller["kind"] | undefined {
  if (access === "service") return "service";
  return access === "user" || access === "optional" ? "user" : undefined;
}

/** Makes what tells whether a caller may call an operation: by the roles or scopes it needs and, if it is sensitive, by their session. */
export function createAdmit(spec: OperationSpec, isOver?: IsOver): Admit {
  const { needs, sensitive } = spec;
  if (!sensitive || !isOver) return (caller) => checkNeeds(caller, needs);
  return async (caller) => {
    // Roles first: they cost nothing.
    checkNeeds(caller, needs);
    if (caller.kind !== "user" || !(await isOver(caller))) return;
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

/** @throws {Problem} `forbidden` unless the caller has every role or scope that is needed. */
function checkNeeds(caller: Caller, needs: readonly string[]): void {
  if (needs.length === 0) return;
  const held: readonly string[] = caller.kind === "user" ? caller.roles : caller.scopes;
  if (needs.every((need) => held.includes(need))) return;
  const wanted = needs.join(" ");
  if (caller.kind === "user") throw new Problem("forbidden", `This operation needs the role ${wanted}`);
  const challenge = `${REALM}, error="insufficient_scope", scope="${wanted}"`;
  throw new Problem("forbidden", `This operation needs the scope ${wanted}`, {
    headers: { "www-authenticate": challenge },
  });
}
