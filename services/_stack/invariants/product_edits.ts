import { callsOf, type Entry, type History, successesOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";
import { checkRegister, type RegisterCall } from "./versioned_register.ts";

/** I1: edits of a product are linearizable, by all that editors and readers were told. */
export function checkProductEdits({ history }: Pick<Evidence, "history">): Violations {
  const calls = Map.groupBy(registerCallsOf(history), ({ productId }) => productId);
  return successesOf(history, "create product").flatMap(({ input, answer }) => {
    const { productId, version } = answer;
    const own = (calls.get(productId) ?? []).map(({ call }) => call);
    return checkRegister(own, { version, value: input.value }).map((fault) => `product ${productId}: ${fault}`);
  });
}

/** The codes of an edit that came with another version than the current one. */
const CONFLICTS = ["version-conflict", "precondition-failed"];

/** Whether an edit was refused because of its version. */
export function isConflict(edit: Entry<"edit product">): boolean {
  return edit.outcome === "fail" && CONFLICTS.includes(edit.refusal.code);
}

interface ProductCall {
  readonly productId: string;
  readonly call: RegisterCall;
}

function registerCallsOf(history: History): ProductCall[] {
  const reads = successesOf(history, "read product").map(({ input, answer, invokedMs, returnedMs }): ProductCall => {
    return { productId: input.productId, call: { kind: "read", ...answer, invokedMs, returnedMs } };
  });
  return [...reads, ...callsOf(history, "edit product").flatMap(writeCallOf)];
}

/** A refusal for another reason than the version tells nothing of it. */
function writeCallOf(edit: Entry<"edit product">): ProductCall[] {
  const { productId, expected, value } = edit.input;
  const { invokedMs, returnedMs, outcome } = edit;
  const call = { kind: "write", expected, value, invokedMs, returnedMs } as const;
  if (outcome === "ok") return [{ productId, call: { ...call, outcome, version: edit.answer.version } }];
  if (outcome === "unknown") return [{ productId, call: { ...call, outcome } }];
  return isConflict(edit) ? [{ productId, call: { ...call, outcome: "conflict" } }] : [];
}
