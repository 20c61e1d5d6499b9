import { type Counts, type History, successesOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";

/** I3: nobody ever saw fewer than no units, and the database has no such count. */
export function checkCounts({ history, state }: Evidence): Violations {
  return [...countsSeen(history), ...state.inventories]
    .filter(({ available, reserved, sold }) => Math.min(available, reserved, sold) < 0)
    .map(({ productId, available, reserved, sold }) => {
      return `product ${productId}: ${available} available, ${reserved} reserved, ${sold} sold`;
    });
}

/** All counts that anybody was told. */
export function countsSeen(history: History): (Counts & { readonly productId: string })[] {
  return [
    ...successesOf(history, "read stock").map(({ input, answer }) => ({ ...answer, productId: input.productId })),
    ...successesOf(history, "adjust stock").map(({ input, answer }) => {
      return { ...answer.counts, productId: input.productId };
    }),
  ];
}
