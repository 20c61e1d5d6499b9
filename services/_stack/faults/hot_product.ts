/** One product, sold as fast as it goes, while its owner saves it again and again. */
import { editProduct, placeOrder, readProduct } from "../history/calls.ts";
import type { History } from "../history/entry.ts";
import { Recorder } from "../history/recorder.ts";
import { openShop, type Shop } from "../history/shop.ts";
import { checkAll } from "../invariants/check_all.ts";
import { countFirstTries, type FirstTries } from "../invariants/first_try.ts";
import { readState, waitForQuiet } from "../invariants/read_state.ts";
import type { Ordeal, Scene } from "./ordeal.ts";

/** What was sold and saved. */
export interface HotSale {
  /** Orders confirmed in a second while another product is edited: the mean of right before and right after. */
  readonly alonePerSecond: number;
  /** And while the owner edits. */
  readonly salesPerSecond: number;
  readonly editsPerSecond: number;
  readonly edits: FirstTries;
  /** Buyers at once. */
  readonly buyers: number;
  readonly violations: Ordeal["violations"];
}

/** Orders at once that are tried; the rate that holds is the best of them. */
const BUYERS = [8, 24, 64] as const;
const TRIAL_MS = 2_500;
/** With fewer edits, one that is refused would already be too many. */
const EDITS_MIN = 1_000;
const SALE_MS = { least: 8_000, most: 60_000 };
const ELSEWHERE_MS = { least: 4_000, most: 4_000 };
/** Nobody saves faster; and the processor is for the sales. */
const BETWEEN_EDITS_MS = 10;
const QUIET_WITHIN_MS = 60_000;

/** Finds the rate that holds, then sells at it while the product is edited, and checks the invariants. */
export async function sellHotProduct({ victim, accounts, databases, sessionRecorder }: Scene): Promise<HotSale> {
  const recorder = new Recorder();
  const shop = await openShop(victim.stack, accounts, recorder);
  const sellTo = (buyers: number, over: Promise<void>) => sell({ shop, recorder, buyers }, over);
  // The same work for the machine: what is compared is whether it is the product that is sold.
  const editElsewhere = () =>
    editUntilEnough(shop, { recorder, productId: shop.shelf.plain, enough: 0, ms: ELSEWHERE_MS });
  const trials: { buyers: number; perSecond: number }[] = [];
  for (const buyers of BUYERS) trials.push({ buyers, ...(await sellTo(buyers, Bun.sleep(TRIAL_MS))) });
  const { buyers } = trials.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const before = await sellTo(buyers, editElsewhere());
  const startedMs = performance.now();
  const { hot: productId } = shop.shelf;
  const isHot = (id: string): boolean => id === productId;
  const sale = await sellTo(buyers, editUntilEnough(shop, { recorder, productId, enough: EDITS_MIN, ms: SALE_MS }));
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = await sellTo(buyers, editElsewhere());
  await waitForQuiet(databases, QUIET_WITHIN_MS);
  const state = await readState(databases, recorder.history);
  const { history } = recorder;
  const edits = countFirstTries(
    history.filter((entry) => entry.kind !== "edit product" || isHot(entry.input.productId)),
  );
  return {
    alonePerSecond: (before.perSecond + after.perSecond) / 2,
    salesPerSecond: sale.perSecond,
    editsPerSecond: edits.succeeded / seconds,
    edits,
    buyers,
    violations: checkAll({ history, sessions: sessionRecorder.history, state }),
  };
}

/** Lets buyers buy one unit after the other, until something else is over. */
async function sell(
  { shop, recorder, buyers }: { readonly shop: Shop; readonly recorder: Recorder; readonly buyers: number },
  over: Promise<void>,
): Promise<{ perSecond: number }> {
  let isOver = false;
  const startedMs = performance.now();
  const first = recorder.history.length;
  const items = [{ productId: shop.shelf.hot, quantity: 1 }];
  const buyer = async (index: number): Promise<void> => {
    const person = shop.customers[index % shop.customers.length] ?? shop.admin;
    while (!isOver) await placeOrder({ recorder, name: `buyer-${index}`, person }, { key: crypto.randomUUID(), items });
  };
  const buying = Promise.all(Array.from({ length: buyers }, (_, index) => buyer(index)));
  await over;
  isOver = true;
  await buying;
  const seconds = (performance.now() - startedMs) / 1_000;
  return { perSecond: confirmedIn(recorder.history.slice(first)) / seconds };
}

/** What is saved, and until when. */
interface Editing {
  readonly recorder: Recorder;
  readonly productId: string;
  /** Saves that are enough, once the least time is over. */
  readonly enough: number;
  readonly ms: { readonly least: number; readonly most: number };
}

/** As its owner: each save begins from what the one before answered. */
async function editUntilEnough({ seller }: Shop, { recorder, productId, enough, ms }: Editing): Promise<void> {
  const editor = { recorder, name: "owner", person: seller };
  const startedMs = performance.now();
  let known: number | undefined;
  let done = 0;
  for (let count = 0; ; count++) {
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > ms.most || (elapsedMs > ms.least && done >= enough)) return;
    const read = known === undefined ? await readProduct(editor, productId) : undefined;
    known ??= read?.outcome === "ok" ? read.answer.version : undefined;
    if (known === undefined) continue;
    const saved = await editProduct(editor, { productId, expected: known, value: `save ${startedMs} ${count}` });
    known = saved.outcome === "ok" ? saved.answer.version : undefined;
    if (known !== undefined) done++;
    await Bun.sleep(BETWEEN_EDITS_MS);
  }
}

function confirmedIn(history: History): number {
  return history.filter((entry) => entry.kind === "place order" && entry.outcome === "ok" && entry.answer.status201)
    .length;
}
