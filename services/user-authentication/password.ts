import { createLimiter } from "#platform/limiter.ts";
import type { QueueFigures } from "#platform/line.ts";

/** OWASP's parameters for argon2id; parallelism is 1, memory in KiB. */
const ARGON2 = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** What the hashes of now begin with. */
const PREFIX = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=1$`;

/** Compared where there is no account; the work is that of any other hash of ours, and its answer is not used. */
const NOBODYS_HASH = `${PREFIX}${"A".repeat(43)}$${"A".repeat(43)}`;

/** How many hashes are worked out. */
export interface PasswordOptions {
  /** At once, in this process: one takes a core for about 50 ms. */
  readonly running: number;
  /** More that may wait; one more is refused at once. */
  readonly waiting: number;
  /** How long one may wait. */
  readonly waitMs: number;
  /** Told where to ask how many wait. */
  readonly watch?: (figures: () => QueueFigures) => void;
  /** Called when a thread has begun to hash. */
  readonly onWork?: () => void;
}

/** Hashes passwords and checks them, a few at a time. */
export interface Passwords {
  /** @throws {Problem} `service-unavailable` if too many wait, or for too long. */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password of the hash. Without a hash the answer is no, after the same work: nobody can tell from the time whether there is
   * an account.
   *
   * @param admit Called when it is this check's turn; what it throws ends the check.
   * @throws {Problem} `service-unavailable` as {@link Passwords.hash}.
   */
  verify(password: string, hash: string | undefined, admit?: () => Promise<void>): Promise<boolean>;
  /** Whether a hash was worked out with other parameters than those of now. */
  isOutdated(hash: string): boolean;
}

/** Makes the hashing of passwords; see {@link Passwords}. */
export function createPasswords({ running, waiting, waitMs, watch, onWork }: PasswordOptions): Passwords {
  const limiter = createLimiter({ running, waiting });
  watch?.(() => ({ waiting: limiter.waiting, max: waiting }));
  const begun = <T>(work: T): T => {
    onWork?.();
    return work;
  };
  return {
    hash: (password) => limiter.run(() => begun(hash(password)), { waitMs }),
    verify: (password, known, admit) =>
      limiter.run(
        async () => {
          await admit?.();
          const equal = await begun(Bun.password.verify(normalize(password), known ?? NOBODYS_HASH));
          return equal && known !== undefined;
        },
        { waitMs },
      ),
    isOutdated: (hash) => !hash.startsWith(PREFIX),
  };
}

function hash(password: string): Promise<string> {
  return Bun.password.hash(normalize(password), ARGON2);
}

/** The same password from every keyboard (NIST SP 800-63B-4, 3.1.1.2). */
function normalize(password: string): string {
  return password.normalize("NFC");
}
