import type { OPERATIONS } from "#contract";

/** An operation as the table has it. */
export type Operation = Pick<(typeof OPERATIONS)[keyof typeof OPERATIONS], "service" | "method" | "path" | "access"> & {
  readonly mediaType?: string;
  /** Takes an `Idempotency-Key`. */
  readonly idempotent?: boolean;
};

/** What a call gives, whichever the operation; what is undefined is left out. */
export interface AnyCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/**
 * Path and query of a call: `/products?limit=5`.
 *
 * @throws {TypeError} if a parameter would lead to another path.
 */
export function writePath({ path }: Operation, { params = {}, query = {} }: AnyCall): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => writeSegment(name, params[name]));
  const search = writeForm(query);
  return search === "" ? filled : `${filled}?${search}`;
}

/** Headers of a call, with an `Idempotency-Key` if the operation takes one. */
export function writeHeaders({ mediaType, idempotent }: Operation, { headers = {} }: AnyCall): Headers {
  const written = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) written.set(name, value);
  if (idempotent && !written.has("idempotency-key")) written.set("idempotency-key", randomKey());
  if (mediaType) written.set("content-type", mediaType);
  return written;
}

/** Body of a call, in the media type that the operation takes. */
export function writeBody({ mediaType }: Operation, { body }: AnyCall): string | null {
  if (mediaType === undefined) return null;
  if (mediaType !== "application/x-www-form-urlencoded") return JSON.stringify(body);
  return writeForm(body as Readonly<Record<string, unknown>>); // the contract's forms are flat objects
}

/** Encoding leaves `.` and `..` as they are, and a URL drops such segments. */
function writeSegment(name: string, value = ""): string {
  if (["", ".", ".."].includes(value)) throw new TypeError(`Cannot call this operation: ${name} is "${value}"`);
  return encodeURIComponent(value);
}

function writeForm(fields: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that came over plain HTTP. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
