/** What a start tells: on a terminal one line for each part, drawn anew in place; elsewhere one line for each change. */

export type PartState = "starting" | "ready";

/** A part of the system. */
export interface Part {
  readonly name: string;
  readonly state: PartState;
  /** Such as its address. */
  readonly detail?: string;
}

/** Where it is shown. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Characters of a line. */
  readonly columns: number;
  write(text: string): void;
}

const SIGNS: Readonly<Record<PartState, string>> = { starting: "○", ready: "●" };
const NAME_WIDTH = 22;
const STATE_WIDTH = 10;
const BAR_WIDTH = 24;
const SHARES = 10;

/** Shows the parts of a start and how far it is. */
export class StatusView {
  readonly #terminal: Terminal;
  readonly #elapsed: () => string;
  readonly #parts = new Map<string, Part>();
  readonly #bars = new Map<string, string>();
  #drawn = 0;

  /** @param elapsed How long it has been going on, for people. */
  constructor(terminal: Terminal, elapsed: () => string) {
    this.#terminal = terminal;
    this.#elapsed = elapsed;
  }

  /** Tells about a part, for the first time or again. */
  set(part: Part): void {
    this.#parts.set(part.name, part);
    if (this.#terminal.isTerminal) this.#draw();
    else
      this.say(
        part.state === "ready"
          ? [part.name, part.detail].filter(Boolean).join(" on ")
          : `${part.name} is ${part.state}`,
      );
  }

  /** Tells how far something is. */
  progress(name: string, done: number, total: number): void {
    const share = total === 0 ? 1 : done / total;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ${done} of ${total}`;
    this.#bars.set(name, bar);
    if (this.#terminal.isTerminal) this.#draw();
    else if (done === total || done % Math.ceil(total / SHARES) === 0) this.say(`${name}: ${done} of ${total}`);
  }

  /** A line that stays. */
  say(message: string): void {
    this.#erase();
    this.#terminal.write(`[${this.#elapsed().padStart(7)}] ${message}\n`);
    this.#draw();
  }

  /** Leaves what is drawn where it is; what comes next is drawn below. */
  settle(): void {
    this.#drawn = 0;
    this.#parts.clear();
    this.#bars.clear();
  }

  #draw(): void {
    if (!this.#terminal.isTerminal) return;
    this.#erase();
    const parts = [...this.#parts.values()].map(({ name, state, detail = "" }) => {
      return `  ${SIGNS[state]} ${name.padEnd(NAME_WIDTH)}${state.padEnd(STATE_WIDTH)}${detail}`;
    });
    const bars = [...this.#bars].map(([name, bar]) => `    ${name.padEnd(NAME_WIDTH)}${bar}`);
    // A line that is broken in two could not be erased as one.
    const lines = [...parts, ...bars].map((line) => line.slice(0, this.#terminal.columns - 1));
    this.#terminal.write(lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#terminal.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
