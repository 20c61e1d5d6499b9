import type { Caller, OperationId, ProblemBody } from "#contract";
import { canonicalJson } from "./canonical_json.ts";
import { Problem } from "./problem.ts";

/** Hours that the reply to a key is kept. */
export const IDEMPOTENCY_HOURS = 24;

/** A reply as it is stored: what JSON has. */
export interface StoredReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** What is kept of a request with a key. Unique by scope and key; it lives {@link IDEMPOTENCY_HOURS} by the database's clock. */
export interface IdempotencyRecord {
  /** The operation and the caller: callers can't meet each other's keys. */
  readonly scope: string;
  readonly key: string;
  /** A hash of the payload, in hex. */
  readonly fingerprint: string;
  /** What was answered; null while it is still being decided. */
  readonly reply: StoredReply | null;
}

/** Where records are kept: with the effects, so that both are committed together. */
export interface IdempotencyStore {
  /** The record, unless it is none or older than {@link IDEMPOTENCY_HOURS}. */
  find(scope: string, key: string): Promise<IdempotencyRecord | undefined>;
  /**
   * Keeps a record without an effect, in place of one that is too old.
   *
   * @throws {KeyTaken} if there is another record of this scope and key.
   */
  save(record: IdempotencyRecord): Promise<void>;
}

/** Another record of the same scope and key was there first. Stores throw it instead of the effect they were to commit with the record. */
export class KeyTaken extends Error {
  override readonly name = "KeyTaken";
}

/** What makes two requests the same. */
export interface IdempotentRequest {
  readonly operationId: OperationId;
  /** The `Idempotency-Key`; without one the effect just happens. */
  readonly key: string | undefined;
  readonly caller: Caller | undefined;
  readonly params?: object;
  readonly body: unknown;
  /** Keys the fingerprint, where the payload holds a password: a bare hash of it could be guessed. */
  readonly secret?: string;
}

/** Where the reply is kept, and for which request. */
export interface IdempotencyOptions {
  store: IdempotencyStore;
  request: IdempotentRequest;
}

/**
 * Does something once per `Idempotency-Key`, and answers the stored reply to every further request with the key.
 *
 * @param effect Commits what it does together with `recordOf(reply)`, if that is one, and answers the reply. It throws {@link KeyTaken} if
 *   the record could not be inserted. A problem it throws is stored as well, without an effect, unless waiting or signing in would change it.
 * @throws {Problem} `idempotency-key-reused` for another payload, `request-in-progress` while the first request is being decided.
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07 | The Idempotency-Key header, draft 07}
 */
export async function idempotently<R extends StoredReply>(
  { store, request }: IdempotencyOptions,
  effect: (recordOf: (reply: R) => IdempotencyRecord | undefined) => Promise<R>,
): Promise<R> {
  const { key } = request;
  if (key === undefined) return effect(() => undefined);
  const scope = scopeOf(request);
  const fingerprint = fingerprintOf(request);
  const replay = async (): Promise<R | undefined> => {
    const record = await store.find(scope, key);
    // The scope has the operation in it and the fingerprint matched: the stored reply is one of this operation.
    return record && (replyOf(record, fingerprint) as R);
  };

  const earlier = await replay();
  if (earlier) return earlier;
  try {
    return await effect((reply) => ({ scope, key, fingerprint, reply }));
  } catch (error) {
    if (error instanceof Problem && isLasting(error)) {
      const problem = { status: error.status, headers: error.headers, body: error.toBody("") };
      if (await isSaved(store, { scope, key, fingerprint, reply: problem })) throw error;
    } else if (!(error instanceof KeyTaken)) throw error;
    // A twin was faster: its reply is the reply. If it is gone again, the caller has to ask once more.
    const twins = await replay();
    if (twins) return twins;
    throw inProgress();
  }
}

/** The operation and the caller, as one text. */
export function scopeOf({ operationId, caller }: IdempotentRequest): string {
  return `${operationId} ${caller === undefined ? "anonymous" : `${caller.kind}:${caller.id}`}`;
}

/** A hash of the payload, in hex. */
export function fingerprintOf({ operationId, params, body, secret }: IdempotentRequest): string {
  return new Bun.CryptoHasher("sha256", secret).update(canonicalJson([operationId, params ?? {}, body])).digest("hex");
}

/**
 * The stored reply of a record, marked as a replay.
 *
 * @throws {Problem} the stored one; `idempotency-key-reused` for another payload; `request-in-progress` if there is no reply yet.
 */
export function replyOf(record: IdempotencyRecord, fingerprint: string): StoredReply {
  if (record.fingerprint !== fingerprint) {
    throw new Problem("idempotency-key-reused", "This Idempotency-Key was used with another payload");
  }
  const { reply } = record;
  if (reply === null) throw inProgress();
  const headers = { ...reply.headers, "idempotent-replayed": "true" };
  if (reply.status >= 400) throw toProblem(reply, headers);
  return { ...reply, headers };
}

/** Whether asking again would give the same problem: not where signing in or waiting helps. */
function isLasting({ status, code }: Problem): boolean {
  return status < 500 && status !== 401 && status !== 429 && code !== "request-in-progress";
}

async function isSaved(store: IdempotencyStore, record: IdempotencyRecord): Promise<boolean> {
  try {
    await store.save(record);
    return true;
  } catch (error) {
    if (error instanceof KeyTaken) return false;
    throw error;
  }
}

function toProblem({ body }: StoredReply, headers: Readonly<Record<string, string | number | undefined>>): Problem {
  const { code, detail, type, title, status, instance, ...extras } = body as ProblemBody; // stored by idempotently()
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return Problem.restore(code, { detail, extras, headers: Object.fromEntries(texts) });
}

function inProgress(): Problem {
  return new Problem("request-in-progress", "A request with this Idempotency-Key is still running", {
    headers: { "retry-after": "1" },
  });
}
