/**
 * Milliseconds that a `Retry-After` asks to wait, never less than 0; undefined if there is none to be read.
 *
 * @param value Seconds, or an HTTP-date (which proxies send).
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#field.retry-after | RFC 9110, 10.2.3}
 */
export function parseRetryAfter(value: string | null, nowMs: number = Date.now()): number | undefined {
  if (value === null) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.max(waitMs, 0);
}
