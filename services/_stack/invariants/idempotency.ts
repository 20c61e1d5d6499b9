import { callsOf, type Entry } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";

/** I5: at most one order for a caller's key, and the same reply to all who ask with it; the same for adjustments of stock. */
export function checkIdempotency(evidence: Evidence): Violations {
  return [...checkReplies(evidence), ...checkOrders(evidence), ...checkStored(evidence)];
}

/** Whoever asked with a key was told the same, but those who were told to wait. */
function checkReplies({ history }: Evidence): string[] {
  const placing = callsOf(history, "place order").map((call) => {
    return { name: `${call.input.customerId} ${call.input.key}`, reply: finalReply(call) };
  });
  const adjusting = callsOf(history, "adjust stock").map((call) => {
    const reply = call.outcome === "ok" ? call.answer.reply : lastingRefusal(call);
    return { name: call.input.key, reply };
  });
  const replies = Map.groupBy([...placing, ...adjusting], ({ name }) => name);
  return [...replies].flatMap(([name, answers]) => {
    const different = new Set(answers.flatMap(({ reply }) => (reply === undefined ? [] : [reply])));
    return different.size <= 1 ? [] : [`key ${name} was answered ${[...different].join(" and ")}`];
  });
}

function finalReply(call: Entry<"place order">): string | undefined {
  if (call.outcome === "ok") return call.answer.status201 ? call.answer.reply : undefined;
  return lastingRefusal(call);
}

/** Being told to wait, to sign in or to slow down is not the reply to the request. */
function lastingRefusal(call: Entry<"place order" | "adjust stock">): string | undefined {
  if (call.outcome !== "fail") return undefined;
  const { status, code, reply } = call.refusal;
  const isPassing = status === undefined || status === 401 || status === 429 || code === "request-in-progress";
  return isPassing ? undefined : reply;
}

/** Every order was placed with a key, so each has exactly one, and no key has two. */
function checkOrders({ history, state }: Evidence): string[] {
  const keysOf = Map.groupBy(state.keys, ({ orderId }) => orderId);
  const asked = new Set(callsOf(history, "place order").map(({ input }) => input.key));
  const unkeyed = state.orders.flatMap(({ orderId }) => {
    const keys = keysOf.get(orderId) ?? [];
    if (keys.length !== 1) return [`order ${orderId} has ${keys.length} keys`];
    return keys.every(({ key }) => asked.has(key)) ? [] : [`order ${orderId} has a key that nobody sent`];
  });
  const told = new Map<string, Set<string>>();
  for (const call of callsOf(history, "place order")) {
    if (call.outcome !== "ok") continue;
    const name = `${call.input.customerId} ${call.input.key}`;
    told.set(name, (told.get(name) ?? new Set()).add(call.answer.orderId));
  }
  const doubled = [...told].filter(([, orders]) => orders.size > 1);
  return [...unkeyed, ...doubled.map(([name, orders]) => `key ${name} made ${[...orders].join(" and ")}`)];
}

/** What is kept for a key is what was answered. */
function checkStored({ history, state }: Evidence): string[] {
  const stored = new Map(state.keys.map((key) => [key.key, key]));
  return callsOf(history, "place order").flatMap((call) => {
    const { key } = call.input;
    const reply = finalReply(call);
    const kept = stored.get(key)?.reply;
    if (reply === undefined || kept === undefined || sameJson(reply, kept)) return [];
    return [`key ${key} was answered ${reply} and keeps ${kept}`];
  });
}

/** The binder says which path was asked; what is kept does not know it. */
function sameJson(a: string, b: string): boolean {
  return withoutInstance(a) === withoutInstance(b);
}

function withoutInstance(text: string): string {
  const { instance: _, ...rest } = JSON.parse(text) as { instance?: unknown }; // both are objects of the contract
  return JSON.stringify(rest);
}
