import { writeSync } from "node:fs";

/** Takes whole lines. */
export interface LineWriter {
  write(line: string): void;
}

/** How lines are written. */
export interface LineWriterOptions {
  /** @default 1, standard output */
  fileDescriptor?: number;
  /** Milliseconds a line waits for others at most. @default 50 */
  delayMs?: number;
}

/** So many characters are written at once, whether others come or not. */
const BATCH_LENGTH = 32_768;
/** Beyond this a slow reader costs lines, rather than the process its memory. */
const GATHERED_MAX_LENGTH = 8_388_608;

/**
 * Gathers lines and writes them together, one system call for many requests, and never waits for the reader. What is gathered when the
 * process exits is written then; after a `kill -9`, and with a reader that is behind, the last lines are lost.
 */
export function createLineWriter(options: LineWriterOptions = {}): LineWriter {
  return new GatheringWriter(options);
}

class GatheringWriter implements LineWriter {
  readonly #fileDescriptor: number;
  readonly #delayMs: number;
  readonly #sink: Bun.FileSink;
  #gathered = "";
  #lost = 0;
  #isWriting = false;
  #timer: Timer | undefined;

  constructor({ fileDescriptor = 1, delayMs = 50 }: LineWriterOptions) {
    this.#fileDescriptor = fileDescriptor;
    this.#delayMs = delayMs;
    this.#sink = Bun.file(fileDescriptor).writer({ highWaterMark: BATCH_LENGTH });
    this.#sink.unref();
    process.on("exit", () => this.#writeLast());
  }

  write(line: string): void {
    if (this.#gathered.length > GATHERED_MAX_LENGTH) this.#lost += 1;
    else this.#gathered += line;
    if (this.#isWriting) return;
    if (this.#gathered.length >= BATCH_LENGTH) this.#flush();
    else if (this.#timer === undefined) this.#timer = setTimeout(() => this.#flush(), this.#delayMs).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#writeGathered(this.#takeGathered());
  }

  #takeGathered(): string {
    const note =
      this.#lost === 0 ? "" : `${JSON.stringify({ level: "warn", msg: "log lines lost", lines: this.#lost })}\n`;
    const text = this.#gathered + note;
    this.#gathered = "";
    this.#lost = 0;
    return text;
  }

  /** Never rejects: where nobody reads, nobody can be told, and requests matter more. */
  async #writeGathered(text: string): Promise<void> {
    this.#isWriting = true;
    try {
      this.#sink.write(text);
      await this.#sink.flush();
    } catch {
      // The reader is gone.
    }
    this.#isWriting = false;
    if (this.#gathered !== "") this.#flush();
  }

  #writeLast(): void {
    try {
      writeSync(this.#fileDescriptor, this.#takeGathered());
    } catch {
      // The reader is gone, or behind.
    }
  }
}
