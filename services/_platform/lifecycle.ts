import type { JsonSchema } from "./contract_document.ts";
import type { Endpoint } from "./endpoint.ts";
import type { OutgoingReply } from "./reply_check.ts";

/**
 * Lets every response of an operation that the contract has marked as `deprecated` say since when it is (`Deprecation`, RFC 9745) and from when on
 * it may be gone (`Sunset`, RFC 8594). Any other operation stays as it is.
 *
 * @throws {Error} if the contract does not say when.
 */
export function announceEnd(endpoint: Endpoint, detail: JsonSchema): Endpoint {
  if (detail.deprecated !== true) return endpoint;
  const headers = {
    deprecation: `@${dayOf(detail, "x-deprecated-since").getTime() / 1_000}`,
    sunset: dayOf(detail, "x-sunset").toUTCString(),
  };
  const announce = (reply: OutgoingReply): OutgoingReply => ({ ...reply, headers: { ...reply.headers, ...headers } });
  return {
    ...endpoint,
    answer: async (request, params, context) => announce(await endpoint.answer(request, params, context)),
    recover: (error, request) => announce(endpoint.recover(error, request)),
  };
}

/** A day in UTC, from its beginning. */
function dayOf(detail: JsonSchema, name: string): Date {
  const day = new Date(`${detail[name]}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) throw new Error(`The contract has a deprecated operation without ${name}`);
  return day;
}
