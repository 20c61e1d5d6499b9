import { withDeadline } from "#platform/deadline.ts";
import { createLimiter } from "#platform/limiter.ts";
import type { Log } from "#platform/observability.ts";
import type { Mail } from "./mail.ts";
import type { Mailer } from "./mail_port.ts";

/** Takes mails that are written and sent in the background, so that nobody can tell from an answer's time whether there was one to write. */
export interface Postbox {
  /**
   * Takes a mail.
   *
   * @param write Writes it, or finds that there is none to send.
   * @returns False if too many wait: it is not taken then.
   */
  post(write: () => Promise<Mail | undefined>): boolean;
  /** Resolves when all mails are sent or given up. */
  idle(): Promise<void>;
  /** Gives those that are waiting for another attempt one last one, and takes no more. */
  close(): Promise<void>;
}

export interface PostboxOptions {
  /** Without one nothing is written, and nothing sent. */
  readonly mailer: Mailer | undefined;
  readonly log: Pick<Log, "warn">;
  /** Waits before the second attempt and those after it, in milliseconds. @default 1000 and 10,000 */
  readonly delaysMs?: readonly number[];
  /** How long one attempt may take, whatever the mailer waits for. @default 30,000 ms */
  readonly deadlineMs?: number;
}

const SENT_AT_ONCE = 4;
const WAITING_MAX = 1000;
const DEADLINE_MS = 30_000;

/** Makes a postbox. What is in it when the process is killed is lost: whoever wanted it asks again. */
export function createPostbox({
  mailer,
  log,
  delaysMs = [1000, 10_000],
  deadlineMs = DEADLINE_MS,
}: PostboxOptions): Postbox {
  const limiter = createLimiter({ running: SENT_AT_ONCE, waiting: WAITING_MAX });
  const closing = new AbortController();
  const open = new Set<Promise<void>>();

  // A mail server that goes on talking, and never comes to an end, would hold up the mails behind this one for ever.
  const attempt = (to: Mailer, mail: Mail): Promise<void> => withDeadline(to.send(mail), deadlineMs);
  const send = async (to: Mailer, mail: Mail): Promise<void> => {
    for (const delayMs of delaysMs) {
      try {
        return await attempt(to, mail);
      } catch (error) {
        log.warn("A mail could not be sent: it will be tried again", { error });
        await sleep(delayMs, closing.signal);
      }
    }
    await attempt(to, mail);
  };
  const deliver = async (to: Mailer, write: () => Promise<Mail | undefined>): Promise<void> => {
    const mail = await write();
    if (mail) await send(to, mail);
  };

  return {
    post(write) {
      if (closing.signal.aborted || open.size >= WAITING_MAX) return false;
      if (!mailer) return true;
      const work = limiter
        .run(() => deliver(mailer, write))
        .catch((error: unknown) => log.warn("A mail is given up", { error }))
        .finally(() => open.delete(work));
      open.add(work);
      return true;
    },
    async idle() {
      while (open.size > 0) await Promise.all(open);
    },
    async close() {
      closing.abort();
      await Promise.all(open);
    },
  };
}

/** Waits; no longer than until the signal. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
