import postgres from "postgres";

import { LateFault } from "./deadline.ts";

/** Codes of a connection that is not there, from postgres.js and from the socket. */
const CONNECTION_CODES = new Set([
  ...["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT", "SASL_SIGNATURE_MISMATCH"],
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"],
  ...["EAI_AGAIN", "ENOENT", "EACCES", "ERR_SOCKET_CLOSED", "ERR_TLS_CERT_ALTNAME_INVALID"],
]);

/** A write met a server that only reads: it is the primary no longer. */
const READ_ONLY = "25006";

/**
 * What a server says that cannot serve now: connection faults (08), login and missing database (28, 3D), a transaction ended by a timeout
 * or on a standby (25006, 25P03, 25P04), resources (53), lock and statement timeouts (55P03, 57014), shutdown (57P), disk (58).
 *
 * @see {@link https://www.postgresql.org/docs/18/errcodes-appendix.html | PostgreSQL error codes}
 */
const UNAVAILABLE_STATES = /^(?:08...|28...|3D000|25006|25P03|25P04|53...|55P03|57014|57P..|58...)$/;

/** Whether the error means that the database cannot serve now. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof LateFault) return true;
  const code = codeOf(error);
  return error instanceof postgres.PostgresError ? UNAVAILABLE_STATES.test(code) : CONNECTION_CODES.has(code);
}

/**
 * Whether the connection of the call is of no more use: gone, still owing an answer, or to a standby. After an error of a statement (severity
 * ERROR, such as its timeout) the session goes on.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return error.severity !== "ERROR" || error.code === READ_ONLY;
  return isUnavailable(error);
}

/** Whether trying again cannot help: a refused login, or a database that does not exist. */
export function isRefusal(error: unknown): boolean {
  return error instanceof postgres.PostgresError && /^(?:28...|3D000|42...)$/.test(error.code);
}

/** Whether the transaction lost against another one and may run again: serialization failure or deadlock. */
export function isConflict(error: unknown): boolean {
  return error instanceof postgres.PostgresError && (error.code === "40001" || error.code === "40P01");
}

/** The name of the unique constraint or index a write violated, or undefined if the error is another one. */
export function uniqueViolation(error: unknown): string | undefined {
  return violation(error, "23505");
}

/** The name of the CHECK constraint a write violated, or undefined if the error is another one. */
export function checkViolation(error: unknown): string | undefined {
  return violation(error, "23514");
}

/** The name of the foreign key a write violated, or undefined if the error is another one. */
export function foreignKeyViolation(error: unknown): string | undefined {
  return violation(error, "23503");
}

/** The code of an error of the server (SQLSTATE), the driver or the socket; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function violation(error: unknown, state: string): string | undefined {
  return error instanceof postgres.PostgresError && error.code === state ? (error.constraint_name ?? "") : undefined;
}
