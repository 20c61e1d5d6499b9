import { expect, test } from "bun:test";
import { shiftedClock } from "./settings.ts";

const PROGRAM = `
  const at = new Date();
  console.log(JSON.stringify([Date.now(), at.getTime(), new Date(0).getTime(), at instanceof Date, performance.now()]));`;

test("a process with a shifted clock is an hour behind, and its timers are not", async () => {
  const env = { PATH: process.env.PATH ?? "", ...shiftedClock(-3_600) };
  const child = Bun.spawn([process.execPath, "-e", PROGRAM], { env, stdout: "pipe" });
  const [now, made, epoch, isDate, elapsed] = JSON.parse(await new Response(child.stdout).text());
  expect(Math.abs(Date.now() - 3_600_000 - now)).toBeLessThan(60_000);
  expect(Math.abs(made - now)).toBeLessThan(1_000);
  expect({ epoch, isDate }).toEqual({ epoch: 0, isDate: true });
  expect(elapsed).toBeLessThan(60_000);
});
