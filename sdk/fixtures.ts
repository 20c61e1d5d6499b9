/** What the tests share. */
import type { ProblemCode } from "#contract";

export const PRODUCT_ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
export const PRICE = { amount: 4900, currency: "USD" } as const;

/** Retries without noticeable waits. */
export const QUICK = { baseMs: 1, maxMs: 50 };

/** One answer of the service, or none. */
export type Answer = Response | Error;

/** A fetch that answers from a list and keeps what it was asked. */
export function answers(...replies: (Answer | Promise<Answer>)[]) {
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request);
    const reply = await replies.shift();
    if (reply === undefined) throw new Error("asked more often than expected");
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return { fetch, requests };
}

/** A problem as the services answer it. */
export function problem(
  status: number,
  code: ProblemCode,
  extras: object = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: `/problems/${code}`, title: code, status, detail: "as told", instance: "/", code, ...extras };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

/** What a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => {
      throw new Error("expected to fail");
    },
    (error: unknown) => error,
  );
}
