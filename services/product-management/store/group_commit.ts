import type { QueueFigures } from "#platform/line.ts";
import { chooseSpan, currentSpan, runIn, type Span } from "#platform/trace.ts";

/** Commands that go through as one, and what they touch. */
interface Batch<Command, Result> {
  readonly commands: readonly Command[];
  readonly subjects: ReadonlySet<string>;
  readonly span: Span | undefined;
  resolve(results: readonly Result[]): void;
  reject(reason: unknown): void;
}

/** How commands are applied. */
export interface GroupCommitOptions<Command, Result> {
  /** Applies commands in one transaction and answers a result for each. */
  apply(commands: readonly Command[]): Promise<readonly Result[]>;
  /** What a command changes: two commands on the same subject are never applied at the same time. */
  subjectOf(command: Command): string;
  /** Makes the error for commands that may not wait because too many do. */
  refuse(): Error;
  /** Whether a group failed for a reason that every part of it shares; if not, its parts are applied one by one. */
  isShared(error: unknown): boolean;
  /** Groups that are applied at the same time. @default 4 */
  groupsMax?: number;
  /** Commands of a group at most, unless one batch alone has more. @default 1000 */
  groupMax?: number;
  /** Commands that may wait. @default 10,000 */
  waitingMax?: number;
}

/**
 * Applies batches of commands, and those that had to wait together: one transaction for all of them, where each would have waited for the one
 * before. A batch waits for others on its subjects, which it never overtakes, and for its turn if many groups are being applied.
 */
export class GroupCommit<Command, Result> {
  readonly #options: Required<GroupCommitOptions<Command, Result>>;
  /** In the order they came. */
  #waiting: Batch<Command, Result>[] = [];
  #waitingCommands = 0;
  /** How many groups and waiting batches a subject is in. */
  readonly #claims = new Map<string, number>();
  /** Subjects of the groups that are being applied. */
  readonly #busy = new Set<string>();
  #groups = 0;

  constructor(options: GroupCommitOptions<Command, Result>) {
    this.#options = { groupsMax: 4, groupMax: 1000, waitingMax: 10_000, ...options };
  }

  /**
   * Applies commands in their order, and nothing else on their subjects in between.
   *
   * @throws What `apply` throws for the group they were applied with, or what `refuse` makes.
   */
  submit(commands: readonly Command[]): Promise<readonly Result[]> {
    return new Promise((resolve, reject) => {
      const subjects = new Set(commands.map(this.#options.subjectOf));
      const batch = { commands, subjects, span: currentSpan(), resolve, reject };
      const mustWait =
        this.#groups >= this.#options.groupsMax || subjects.values().some((subject) => this.#claims.has(subject));
      if (mustWait && this.#waitingCommands + commands.length > this.#options.waitingMax) {
        reject(this.#options.refuse());
        return;
      }
      this.#claim(subjects);
      if (mustWait) this.#wait(batch);
      else void this.#run([batch]);
    });
  }

  /** How many wait now. */
  get figures(): QueueFigures {
    return { waiting: this.#waitingCommands, max: this.#options.waitingMax };
  }

  #wait(batch: Batch<Command, Result>): void {
    this.#waiting.push(batch);
    this.#waitingCommands += batch.commands.length;
  }

  async #run(group: readonly Batch<Command, Result>[]): Promise<void> {
    this.#groups++;
    for (const { subjects } of group) for (const subject of subjects) this.#busy.add(subject);
    // Whoever was before them started this, and the transaction is theirs.
    await runIn(chooseSpan(group.map(({ span }) => span)), () => this.#settle(group));
    this.#groups--;
    for (const { subjects } of group) {
      for (const subject of subjects) this.#busy.delete(subject);
      this.#disclaim(subjects);
    }
    const next = this.#takeFree();
    if (next.length > 0) void this.#run(next);
  }

  async #settle(group: readonly Batch<Command, Result>[]): Promise<void> {
    try {
      const results = await this.#options.apply(group.flatMap(({ commands }) => commands));
      let start = 0;
      for (const { commands, resolve } of group) {
        resolve(results.slice(start, start + commands.length));
        start += commands.length;
      }
    } catch (error) {
      if (group.length === 1 || this.#options.isShared(error)) for (const { reject } of group) reject(error);
      else for (const batch of group) await this.#settle([batch]);
    }
  }

  /** Takes all that need not wait any more. */
  #takeFree(): Batch<Command, Result>[] {
    const free: Batch<Command, Result>[] = [];
    const left: Batch<Command, Result>[] = [];
    const blocked = new Set(this.#busy);
    let size = 0;
    for (const batch of this.#waiting) {
      const isFull = size > 0 && size + batch.commands.length > this.#options.groupMax;
      if (!isFull && batch.subjects.isDisjointFrom(blocked)) {
        free.push(batch);
        size += batch.commands.length;
      } else {
        left.push(batch);
        for (const subject of batch.subjects) blocked.add(subject);
      }
    }
    this.#waiting = left;
    this.#waitingCommands -= size;
    return free;
  }

  #claim(subjects: ReadonlySet<string>): void {
    for (const subject of subjects) this.#claims.set(subject, (this.#claims.get(subject) ?? 0) + 1);
  }

  #disclaim(subjects: ReadonlySet<string>): void {
    for (const subject of subjects) {
      const left = (this.#claims.get(subject) ?? 0) - 1;
      if (left > 0) this.#claims.set(subject, left);
      else this.#claims.delete(subject);
    }
  }
}
