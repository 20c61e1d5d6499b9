import type postgres from "postgres";

import type { PoolFigures } from "./database_watch.ts";
import { Line, type WaitOptions } from "./line.ts";
import { unavailable } from "./unavailable.ts";

/** A driver that holds one connection, opened when first used, and speaks `bigint` as number. */
export type Client = postgres.Sql<{ bigint: number }>;

/**
 * Statements on one connection at once, when all are busy: sent together they cost about half of one at a time, but wait for the slowest of
 * them.
 */
const PIPELINE_MAX = 4;

/** How a pool is made. */
export interface PoolOptions {
  /** Connections at most. */
  max: number;
  /** Calls that may wait. */
  waitingMax: number;
}

/** A connection on loan. */
export interface Loan {
  readonly client: Client;
  /** Gives it back. */
  release(): void;
  /** Closes it, whatever still runs on it: a connection that owes an answer is not used again. */
  drop(): void;
}

interface Member {
  client: Client;
  /** Calls that run on it. */
  load: number;
  isExclusive: boolean;
}

/** Lends connections: to a transaction alone, to statements shared once all are busy. */
export class Pool {
  readonly #open: () => Client;
  readonly #options: PoolOptions;
  /** In the order they were opened: the first free one is taken, so that few do the work of a quiet hour. */
  readonly #members = new Set<Member>();
  readonly #line: Line<{ exclusive: boolean }, Member>;
  #isClosed = false;

  constructor(open: () => Client, options: PoolOptions) {
    this.#open = open;
    this.#options = options;
    this.#line = new Line(options.waitingMax);
  }

  /**
   * Lends a connection.
   *
   * @throws {Problem} `service-unavailable` if none is free in time, or too many wait already.
   */
  async lend(exclusive: boolean, options: WaitOptions): Promise<Loan> {
    if (this.#isClosed) throw unavailable("The service is shutting down");
    const free = this.#line.length === 0 ? this.#take(exclusive) : undefined;
    return this.#loan(free ?? (await this.#line.wait({ exclusive }, options)));
  }

  /** How it is used now. */
  get figures(): PoolFigures {
    const members = [...this.#members];
    const idle = members.filter(({ load }) => load === 0).length;
    return { used: members.length - idle, idle, max: this.#options.max, waiting: this.#line.length };
  }

  /** Lets what runs end, but no longer than `withinMs`, and closes every connection. */
  async close(withinMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#members].map(({ client }) => client.end({ timeout: withinMs / 1000 })));
  }

  #loan(member: Member): Loan {
    return {
      client: member.client,
      release: () => {
        member.load--;
        member.isExclusive = false;
        this.#serve();
      },
      drop: () => {
        if (!this.#members.delete(member)) return;
        void member.client.end({ timeout: 0 });
        this.#serve();
      },
    };
  }

  #take(exclusive: boolean): Member | undefined {
    const member = this.#pick(exclusive);
    if (!member) return;
    member.load++;
    member.isExclusive = exclusive;
    return member;
  }

  #pick(exclusive: boolean): Member | undefined {
    let least: Member | undefined;
    for (const member of this.#members) {
      if (member.load === 0) return member;
      if (!member.isExclusive && member.load < (least?.load ?? PIPELINE_MAX)) least = member;
    }
    if (this.#members.size < this.#options.max) return this.#add();
    return exclusive ? undefined : least;
  }

  #add(): Member {
    const member = { client: this.#open(), load: 0, isExclusive: false };
    this.#members.add(member);
    return member;
  }

  /** Strictly in order: a transaction that waits for a whole connection is not passed by for ever. */
  #serve(): void {
    for (let waiter = this.#line.first; waiter; waiter = this.#line.first) {
      const member = this.#take(waiter.wish.exclusive);
      if (!member) return;
      waiter.enter(member);
    }
  }
}
