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
/** A reader that is slower than this loses lines rather than the process its memory. */
const WAITING_MAX_BYTES = 8_388_608;

/**
 * Gathers lines and writes them together: one system call for many requests. What waits is written when the process exits; after a
 * `kill -9` the lines of the last moment are lost.
 */
export function createLineWriter({ fileDescriptor = 1, delayMs = 50 }: LineWriterOptions = {}): LineWriter {
  let gathered = "";
  let waiting: Uint8Array = new Uint8Array();
  let timer: Timer | undefined;

  const flush = (): void => {
    timer = undefined;
    const text = gathered;
    gathered = "";
    if (waiting.length < WAITING_MAX_BYTES) waiting = Buffer.concat([waiting, Buffer.from(text)]);
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(fileDescriptor, waiting));
    } catch (error) {
      // EAGAIN: the pipe is full; the rest is tried again. Any other fault: nobody can be told, and requests matter more.
      if (isFull(error)) schedule();
      else waiting = new Uint8Array();
    }
  };
  const schedule = (): void => {
    if (timer === undefined) timer = setTimeout(flush, delayMs).unref();
  };

  process.on("exit", flush);
  return {
    write(line) {
      gathered += line;
      if (gathered.length >= BATCH_LENGTH && waiting.length === 0) flush();
      else schedule();
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
