/** The inventory of product-management, over HTTP. */
import { withDeadline } from "#platform/deadline.ts";
import type { QueueFigures } from "#platform/line.ts";
import { chooseSpan, currentSpan, runIn, type Span } from "#platform/trace.ts";
import { ApiError, type Client, clientCredentials, createClient } from "#sdk";
import {
  type AuditRange,
  type StockAudit,
  type StockBooks,
  type StockCallOptions,
  type StockCommand,
  type StockPort,
  StockRefused,
  type StockResult,
  StockUnavailable,
} from "./stock_port.ts";

/** Where the inventory is, and who asks. */
export interface StockClientOptions {
  /** Base URLs, such as `http://product-management:3001`. */
  readonly productManagementUrl: string;
  readonly userAuthenticationUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds that one request may take. */
  readonly timeoutMs: number;
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /** Told where to ask how many commands wait. */
  readonly watch?: (figures: () => QueueFigures) => void;
}

/** Requests at once; what comes meanwhile goes into the next ones together. */
const REQUESTS_MAX = 4;
/** The contract's limit. */
const COMMANDS_PER_REQUEST_MAX = 1000;
/** Commands that may wait for a request; more are refused at once. */
const WAITING_COMMANDS_MAX = 20_000;
/** What the service cannot take, however often it is sent: the request itself is wrong. */
const REFUSALS = new Set([400, 413, 415, 422]);

/** Commands of one caller. */
interface Call {
  readonly commands: readonly StockCommand[];
  readonly endsAtMs: number;
  readonly span: Span | undefined;
  readonly settle: PromiseWithResolvers<readonly StockResult[]>;
}

/** Makes the client. Commands of many callers go into one request, so that load makes requests larger and not more. */
export function createStockClient(options: StockClientOptions): StockPort & StockAudit {
  return new StockClient(options);
}

class StockClient implements StockPort, StockAudit {
  readonly #options: StockClientOptions;
  readonly #client: Client;
  readonly #queue: Call[] = [];
  #token: () => Promise<string>;
  #waitingCommands = 0;
  #running = 0;
  #isScheduled = false;

  constructor(options: StockClientOptions) {
    const { productManagementUrl: baseUrl, timeoutMs, fetch } = options;
    this.#options = options;
    // What is sent again, and when, is decided by those who know until when it matters.
    this.#client = createClient({ baseUrl, timeoutMs, retry: { attempts: 1 }, ...(fetch && { fetch }) });
    this.#token = this.#createToken();
    options.watch?.(() => ({ waiting: this.#waitingCommands, max: WAITING_COMMANDS_MAX }));
  }

  async apply(commands: readonly StockCommand[], { timeoutMs }: StockCallOptions): Promise<readonly StockResult[]> {
    if (this.#waitingCommands + commands.length > WAITING_COMMANDS_MAX) {
      throw new StockUnavailable("Too many stock commands are waiting for their turn");
    }
    const settle = Promise.withResolvers<readonly StockResult[]>();
    this.#queue.push({ commands, endsAtMs: performance.now() + timeoutMs, span: currentSpan(), settle });
    this.#waitingCommands += commands.length;
    this.#schedule();
    try {
      return await withDeadline(settle.promise, timeoutMs);
    } catch (error) {
      if (error instanceof StockUnavailable || error instanceof StockRefused) throw error;
      throw new StockUnavailable("The inventory did not answer in time", { cause: error });
    }
  }

  async audit({ productIds, afterProductId, limit }: AuditRange): Promise<readonly StockBooks[]> {
    const range = {
      ...(productIds && { productIds: [...productIds] }),
      ...(afterProductId !== undefined && { afterProductId }),
    };
    const { body } = await this.#authorized((token) =>
      this.#client.auditStock({ body: { ...range, limit } }, { token }),
    );
    return body.items;
  }

  /** After the callers of this moment, so that they share a request. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#running < REQUESTS_MAX) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#running++;
      // Whoever comes first in the line started this loop, and the request is another's.
      const span = chooseSpan(batch.map((call) => call.span));
      void runIn(span, () => this.#sendBatch(batch)).finally(() => {
        this.#running--;
        this.#sendWaiting();
      });
    }
  }

  /** The calls that waited longest, as many as fit; those whose caller has gone are dropped. */
  #takeBatch(): Call[] {
    const batch: Call[] = [];
    let size = 0;
    for (let call = this.#queue[0]; call; call = this.#queue[0]) {
      if (size > 0 && size + call.commands.length > COMMANDS_PER_REQUEST_MAX) break;
      this.#queue.shift();
      this.#waitingCommands -= call.commands.length;
      if (call.endsAtMs <= performance.now()) continue;
      batch.push(call);
      size += call.commands.length;
    }
    return batch;
  }

  /** Settles every call; never rejects. */
  async #sendBatch(batch: readonly Call[]): Promise<void> {
    try {
      const results = await this.#send(batch.flatMap(({ commands }) => commands));
      let start = 0;
      for (const { commands, settle } of batch) {
        settle.resolve(results.slice(start, start + commands.length));
        start += commands.length;
      }
    } catch (error) {
      if (error instanceof StockRefused && batch.length > 1) {
        // One call's fault is not the others': each is sent alone.
        for (const call of batch) await this.#sendBatch([call]);
        return;
      }
      for (const { settle } of batch) settle.reject(error);
    }
  }

  #send(commands: StockCommand[]): Promise<readonly StockResult[]> {
    return this.#authorized((token) => this.#request(commands, token));
  }

  /** Sends a request, and once more with a new token if it is refused for the one it has. */
  async #authorized<Answer>(request: (token: string) => Promise<Answer>): Promise<Answer> {
    const token = await this.#currentToken();
    try {
      return await request(token);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw asStockFault(error);
      this.#token = this.#createToken(); // its key or its issuer may have changed
    }
    try {
      return await request(await this.#currentToken());
    } catch (error) {
      throw asStockFault(error);
    }
  }

  async #request(commands: StockCommand[], token: string): Promise<readonly StockResult[]> {
    const { body } = await this.#client.applyStockCommands({ body: { commands } }, { token });
    if (body.results?.length === commands.length) return body.results;
    throw new StockUnavailable("The inventory did not answer every command");
  }

  async #currentToken(): Promise<string> {
    try {
      return await this.#token();
    } catch (error) {
      throw new StockUnavailable("There is no service token to be had", { cause: error });
    }
  }

  /** Cached, and renewed once for many callers. */
  #createToken(): () => Promise<string> {
    const { userAuthenticationUrl: baseUrl, clientId, clientSecret, timeoutMs, fetch } = this.#options;
    const scope = "stock:write";
    return clientCredentials({ baseUrl, clientId, clientSecret, scope, timeoutMs, ...(fetch && { fetch }) });
  }
}

/** Only what the request itself is to blame for is refused; everything else may pass. */
function asStockFault(error: unknown): Error {
  if (error instanceof StockUnavailable) return error;
  if (error instanceof ApiError && REFUSALS.has(error.status)) {
    return new StockRefused(`The inventory refuses the commands: ${error.message}`, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StockUnavailable(`The inventory is not available: ${reason}`, { cause: error });
}
