import {
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from "mongodb";

import { LateFault } from "./deadline.ts";

/** Errors of the driver for a server that is not there. */
const CONNECTION_FAULTS = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoServerClosedError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoWriteConcernError,
] as const;

/**
 * Codes of a server that cannot serve now: network (6, 7, 89, 9001), not or no longer the primary (10107, 13435, 13436, 10058, 189, 11602),
 * shutting down (91, 11600), out of time (24, 50, 64, 202, 262), no fit node (133, 134), too busy (112, 317, 462), login lost (13, 18, 391).
 * Messages are never looked at: compatible engines word them differently.
 *
 * @see {@link https://www.mongodb.com/docs/manual/reference/error-codes/ | MongoDB error codes}
 */
const UNAVAILABLE_CODES = new Set<unknown>([
  ...[6, 7, 89, 9001, 10107, 13435, 13436, 10058, 189, 11602, 91, 11600],
  ...[24, 50, 64, 202, 262, 133, 134, 112, 317, 462, 13, 18, 391],
]);

/** Labels of a fault that passes; whoever could retry has done so by then. */
const PASSING_LABELS = ["RetryableWriteError", "TransientTransactionError", "UnknownTransactionCommitResult"];

const DUPLICATE_KEY = 11_000;
const DOCUMENT_INVALID = 121;
const WRITE_CONFLICT = 112;
const AUTHENTICATION_FAILED = 18;

/** Whether the error means that the database cannot serve now. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof LateFault) return true;
  if (!(error instanceof MongoError)) return false;
  if (CONNECTION_FAULTS.some((fault) => error instanceof fault)) return true;
  // The driver does not export the class of a connection that came too late from its pool.
  if (error.name === "MongoWaitQueueTimeoutError") return true;
  return UNAVAILABLE_CODES.has(error.code) || PASSING_LABELS.some((label) => error.hasErrorLabel(label));
}

/** Whether a transaction was rolled back for a reason that may be gone the next time. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof MongoError && (error.code === WRITE_CONFLICT || error.hasErrorLabel("TransientTransactionError"))
  );
}

/** Whether nobody can say if a commit took effect; committing again does no harm. */
export function isUnknownCommit(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel("UnknownTransactionCommitResult");
}

/** Whether the login was refused, so that trying again cannot help. */
export function isRefusal(error: unknown): boolean {
  return error instanceof MongoError && error.code === AUTHENTICATION_FAILED;
}

/** Which unique index a write violated. */
export interface DuplicateKey {
  /** Its fields, if the engine tells: else read again to find out. */
  keyPattern: Readonly<Record<string, unknown>> | undefined;
}

/** The unique index a write violated, or undefined if the error is another one. */
export function duplicateKey(error: unknown): DuplicateKey | undefined {
  if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) return;
  const pattern: unknown = error.keyPattern;
  // Proven an object right here; its values are only ever compared.
  return { keyPattern: typeof pattern === "object" && pattern ? (pattern as Record<string, unknown>) : undefined };
}

/** Whether a write broke the collection's schema validator. */
export function isInvalidDocument(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DOCUMENT_INVALID;
}
