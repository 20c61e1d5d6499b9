import type { QueueFigures } from "#platform/line.ts";
import { Problem } from "#platform/problem.ts";
import { unavailable } from "#platform/unavailable.ts";
import type { StockCommand, StockResult } from "../stock.ts";
import { GroupCommit } from "./group_commit.ts";
import type { StockCommander } from "./mod.ts";

/** Lets commands that wait in this process for the same product go through in one transaction: see {@link GroupCommit}. */
export function groupCommands(store: StockCommander, watch?: (figures: () => QueueFigures) => void): StockCommander {
  const groups = new GroupCommit<StockCommand, StockResult>({
    apply: (commands) => store.applyCommands(commands),
    subjectOf: ({ productId }) => productId,
    refuse: () => unavailable("Too many commands wait for the same products"),
    isShared: (error) => error instanceof Problem,
  });
  watch?.(() => groups.figures);
  return { applyCommands: (commands) => groups.submit(commands) };
}
