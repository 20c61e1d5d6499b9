/** Whether commands that wait for the same product are better applied together. */

import { median } from "./load.ts";
import type { GroupCommitRates } from "./measured_stock.ts";

const PROGRAM = new URL("./measured_stock.ts", import.meta.url).pathname;

/** Sells one product in an empty database of product-management and prints the rates. */
export async function benchGroupCommit(engine: string, storeUrl: string): Promise<void> {
  console.log(
    `\nOne hot product in ${engine}, straight into the store: reserve + consume, sales/s, medians of interleaved rounds`,
  );
  const child = Bun.spawn([process.execPath, PROGRAM, storeUrl], { stdout: "pipe", stderr: "inherit" });
  const lines = (await new Response(child.stdout).text()).trim().split("\n");
  if ((await child.exited) !== 0) throw new Error("The sale could not be measured");
  for (const line of lines) print(JSON.parse(line) as GroupCommitRates); // the program writes nothing else
}

function print({ buyers, alone, grouped }: GroupCommitRates): void {
  const [off, on] = [median(alone), median(grouped)];
  const rates = `group commit off ${off.toFixed(0).padStart(5)}   on ${on.toFixed(0).padStart(5)}`;
  console.log(`  ${buyers} buyers at once   ${rates}   ratio ${(on / off).toFixed(2)}`);
}
