import { callsOf, type Entry, successesOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";

/** I2: each edit adds one to the version, no version is used twice, and nothing but edits touches it. */
export function checkProductVersions({ history, state }: Evidence): Violations {
  const reads = Map.groupBy(successesOf(history, "read product"), ({ input }) => input.productId);
  const edits = Map.groupBy(callsOf(history, "edit product"), ({ input }) => input.productId);
  const stored = new Map(state.products.map((product) => [product.productId, product]));
  return successesOf(history, "create product").flatMap(({ input, answer }) => {
    const { productId } = answer;
    const product = stored.get(productId);
    if (!product) return []; // deleted, or lost: that is another invariant's matter
    const own = edits.get(productId) ?? [];
    const sights = [
      { version: answer.version, value: input.value },
      { version: product.version, value: product.value },
      ...(reads.get(productId) ?? []).map((read) => read.answer),
      ...own.flatMap((edit) => (edit.outcome === "ok" ? [{ ...edit.input, ...edit.answer }] : [])),
    ];
    const made = product.version - answer.version;
    return [...usedTwice(sights), ...miscounted(own, made)].map((fault) => `product ${productId}: ${fault}`);
  });
}

function usedTwice(sights: readonly { readonly version: number; readonly value: string }[]): string[] {
  const values = new Map<number, string>();
  return sights.flatMap(({ version, value }) => {
    const known = values.get(version) ?? value;
    values.set(version, known);
    return known === value ? [] : [`version ${version} was "${known}" and "${value}"`];
  });
}

/** Sales and stock changes make no version: there are as many as edits that took effect. */
function miscounted(edits: readonly Entry<"edit product">[], made: number): string[] {
  const done = edits.filter(({ outcome }) => outcome === "ok").length;
  const perhaps = edits.filter(({ outcome }) => outcome === "unknown").length;
  if (made >= done && made <= done + perhaps) return [];
  return [`its version grew by ${made}, and ${done} edits were done (${perhaps} more perhaps)`];
}
