import { Problem } from "./problem.ts";

const STRONG_TAG = /^"([1-9][0-9]{0,15})"$/;
const ANY_TAG = /(?:W\/)?"([^"]*)"/g;

/** The strong ETag of a version: `"7"`. */
export function formatEtag(version: number): string {
  return `"${version}"`;
}

/**
 * Reads the version an `If-Match` header asks for.
 *
 * @param value One strong tag, such as `"7"`; lists and `*` are not served.
 * @throws {Problem} `invalid-request` if it is anything else.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#field.if-match | RFC 9110, 13.1.1}
 */
export function parseEtag(value: string): number {
  const version = Number(STRONG_TAG.exec(value)?.[1]);
  if (Number.isSafeInteger(version)) return version;
  throw new Problem("invalid-request", "If-Match takes one strong ETag", {
    errors: [{ in: "header", pointer: "#/if-match", detail: 'must be one strong ETag such as "7"' }],
  });
}

/**
 * Tests `If-Match` against the current version; without the header, anything goes.
 *
 * @throws {Problem} `precondition-failed` if it asks for another version, `invalid-request` as {@link parseEtag}.
 */
export function checkIfMatch(ifMatch: string | undefined, currentVersion: number): void {
  if (ifMatch === undefined) return;
  const wanted = parseEtag(ifMatch);
  if (wanted !== currentVersion) throw preconditionFailed({ wanted, currentVersion });
}

/** The problem that `If-Match` asks for a version that is not the current one. */
export function preconditionFailed({ wanted, currentVersion }: { wanted: number; currentVersion: number }): Problem {
  const detail = `If-Match asks for version ${wanted}: current version is ${currentVersion}`;
  return new Problem("precondition-failed", detail, { currentVersion });
}

/**
 * Tells whether the caller already has a version, so that 304 is the answer.
 *
 * @param ifNoneMatch A list of tags, compared weakly, or `*`; the contract's pattern has seen it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match | RFC 9110, 13.1.2}
 */
export function isNotModified(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === "*") return true;
  return ifNoneMatch.matchAll(ANY_TAG).some(([, tag]) => tag === String(version));
}
