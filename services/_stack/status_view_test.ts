import { expect, test } from "bun:test";
import { StatusView, type Terminal } from "./status_view.ts";

interface Screen extends Terminal {
  /** What a person would see now. */
  lines(): string[];
  readonly written: string[];
}

function createScreen(isTerminal: boolean, columns = 80): Screen {
  const written: string[] = [];
  let shown: string[] = [];
  return {
    ...{ isTerminal, columns, written },
    lines: () => shown,
    write(text) {
      written.push(text);
      const [said = "", up = "0", drawn = ""] = text.split("\x1b["); // "3A" goes up three lines, "J" erases what is below
      shown = shown.slice(0, shown.length - Number.parseInt(up, 10));
      shown.push(...`${said}${drawn.slice(1)}`.split("\n").slice(0, -1));
    },
  };
}

test("on a terminal each part has one line, drawn anew in place, with what was said above them", () => {
  const screen = createScreen(true);
  const view = new StatusView(screen, () => "0.10 s");
  view.set({ name: "PostgreSQL", state: "starting" });
  view.set({ name: "orders", state: "starting" });
  view.say("Making the database");
  view.set({ name: "PostgreSQL", state: "ready", detail: "127.0.0.1:5432" });
  view.progress("demo data", 3, 6);
  expect(screen.lines()).toEqual([
    "[ 0.10 s] Making the database",
    "  ● PostgreSQL            ready     127.0.0.1:5432",
    "  ○ orders                starting  ",
    "    demo data             ████████████░░░░░░░░░░░░ 3 of 6",
  ]);
});

test("a line never takes two lines of the terminal", () => {
  const screen = createScreen(true, 30);
  const view = new StatusView(screen, () => "0.10 s");
  view.set({ name: "PostgreSQL", state: "ready", detail: "a very long address" });
  expect(screen.lines().map((line) => line.length)).toEqual([29]);
});

test("elsewhere there is a line for each change, and no control characters", () => {
  const screen = createScreen(false);
  const view = new StatusView(screen, () => "0.10 s");
  view.set({ name: "orders", state: "starting" });
  view.set({ name: "orders", state: "ready", detail: "http://localhost:3002" });
  for (let done = 0; done <= 100; done++) view.progress("demo data", done, 100);
  expect(screen.lines().slice(0, 3)).toEqual([
    "[ 0.10 s] orders is starting",
    "[ 0.10 s] orders on http://localhost:3002",
    "[ 0.10 s] demo data: 0 of 100",
  ]);
  expect(screen.lines()).toHaveLength(13);
  expect(screen.written.join("")).not.toContain("\x1b");
});

test("settle() leaves what was drawn, and begins below it", () => {
  const screen = createScreen(true);
  const view = new StatusView(screen, () => "0.10 s");
  view.set({ name: "orders", state: "ready" });
  view.settle();
  view.say("Stopping");
  expect(screen.lines()).toEqual(["  ● orders                ready     ", "[ 0.10 s] Stopping"]);
});
