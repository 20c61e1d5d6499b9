/** Sends what fast-check makes of the contract, and holds every answer against it. */
import fc from "fast-check";
import type { OperationId, Schema, ServiceName } from "#contract";
import { OPERATIONS } from "../../../openapi/conformance/document.ts";
import { faultsOf, type Received } from "../../../openapi/conformance/response_check.ts";
import type { Stack } from "../stack.ts";
import {
  type Expectation,
  expectationOf,
  HEAD_TOO_LARGE,
  hashesPasswords,
  keyOf,
  orderedIn,
  payloadOf,
} from "./expectation.ts";
import { Knowledge, UsedValues } from "./knowledge.ts";
import { PASSWORD, People } from "./people.ts";
import { type Plan, scenarios } from "./plan.ts";
import { bodyOf, describeRequest, type FuzzRequest, prepare, wireHeaders } from "./request.ts";

/** How much of what is sent where. */
export interface FuzzOptions {
  readonly service: ServiceName;
  /** How many requests, at least. */
  readonly requests: number;
  /** The first seed; the same one makes the same plans. */
  readonly seed: number;
  /** How many valid requests may make the service hash a password: that takes a processor, and no long time to try out. */
  readonly hashesMax: number;
  readonly signal: AbortSignal;
}

/** A fault with the shortest way to it that was found. */
export interface Finding {
  readonly seed: number;
  readonly fault: string;
  /** The requests in their order; the last one was answered wrongly. */
  readonly requests: readonly string[];
}

/** What was asked of an operation. */
export interface Tally {
  valid: number;
  invalid: number;
  unauthorized: number;
  /** Answers by status. */
  readonly statuses: Map<number, number>;
}

/** What came of it. */
export interface FuzzReport {
  readonly sent: number;
  readonly tallies: ReadonlyMap<OperationId, Tally>;
  readonly findings: readonly Finding[];
}

/** Requests that wait for each other within a worker, and for nobody between them. */
const WORKERS = 3;
const SCENARIOS_PER_SEED = 40;
/** Attempts to find a shorter way to a fault. */
const SHRINKS_MAX = 250;
const FINDINGS_MAX = 5;
const REQUEST_TIMEOUT_MS = 30_000;
const TEXT_MAX = 300;
/** What is marked `x-sensitive` refuses the access token of whoever has done one of these. */
const ENDS_OWN_SESSION: readonly OperationId[] = ["changePassword", "endAllSessions", "endSession"];
/** More units than anybody buys. */
const STOCK = 1e9;
/** So that an order of some of them costs more than can be counted. */
const DEAR = Number.MAX_SAFE_INTEGER;

/** Sends at least as many requests as are asked for, or fewer if too much is wrong. */
export async function fuzz(stack: Stack, options: FuzzOptions): Promise<FuzzReport> {
  const run = new Run(stack, options);
  await Promise.all(Array.from({ length: WORKERS }, () => run.work()));
  return { sent: run.sent, tallies: run.tallies, findings: run.findings };
}

class Run {
  sent = 0;
  readonly tallies = new Map<OperationId, Tally>();
  readonly findings: Finding[] = [];
  readonly #stack: Stack;
  readonly #options: FuzzOptions;
  readonly #used = new UsedValues();
  readonly #plans: fc.Arbitrary<readonly Plan[]>;
  #nextSeed: number;
  #hashes = 0;

  constructor(stack: Stack, options: FuzzOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#nextSeed = options.seed;
    this.#plans = scenarios(options.service);
    for (const { id, service } of OPERATIONS) {
      if (service === options.service)
        this.tallies.set(id, { valid: 0, invalid: 0, unauthorized: 0, statuses: new Map() });
    }
  }

  /** Takes one seed after the other until enough was sent. */
  async work(): Promise<void> {
    const people = new People(this.#stack);
    const world = { people, before: await this.#prepareWorld(people) };
    while (!this.#isOver()) {
      const seed = this.#nextSeed++;
      const finding = await this.#tryWith(seed, world);
      if (finding !== undefined && !this.findings.some(({ fault }) => fault === finding.fault))
        this.findings.push(finding);
    }
  }

  #isOver(): boolean {
    const { requests, signal } = this.#options;
    return this.sent >= requests || this.findings.length >= FINDINGS_MAX || signal.aborted;
  }

  async #tryWith(seed: number, world: World): Promise<Finding | undefined> {
    let finding: Finding | undefined;
    let shrinks = 0;
    const property = fc.asyncProperty(this.#plans, async (plans) => {
      if (finding === undefined ? this.#isOver() : ++shrinks > SHRINKS_MAX) return;
      const failed = await this.#play(plans, world);
      if (failed === undefined) return;
      finding = { seed, ...failed };
      throw new Error(failed.fault);
    });
    await fc.check(property, { seed, numRuns: SCENARIOS_PER_SEED });
    return finding;
  }

  /** Sends the requests of a scenario in their order, up to one that is answered wrongly. */
  async #play(plans: readonly Plan[], world: World): Promise<Omit<Finding, "seed"> | undefined> {
    const { people } = world;
    const knowledge = new Knowledge(this.#used, world.before);
    const requests: string[] = [];
    for (const plan of plans) {
      const request = await prepare(plan, knowledge, people);
      const expectation = expectationOf(request, knowledge);
      if (!this.#mayHash(request, expectation)) continue;
      requests.push(describeRequest(request));
      const answer = await send(request, people);
      this.sent++;
      if (typeof answer === "string") return { fault: `${request.operation.id}: ${answer}`, requests };
      this.#count(request, expectation, answer);
      const faults = faultsIn(answer, request, expectation);
      if (faults.length > 0) return { fault: `${request.operation.id}: ${faults.join("; ")}`, requests };
      learn(knowledge, request, answer);
      if (answer.status < 400 && ENDS_OWN_SESSION.includes(request.operation.id)) people.forget(request.role);
    }
    world.before = knowledge;
    return undefined;
  }

  #mayHash({ operation }: FuzzRequest, { kind }: Expectation): boolean {
    if (kind !== "valid" || !hashesPasswords(operation)) return true;
    return ++this.#hashes <= this.#options.hashesMax;
  }

  #count({ operation: { id } }: FuzzRequest, { kind }: Expectation, { status }: Received): void {
    const tally = this.tallies.get(id);
    if (tally === undefined) return;
    tally[kind]++;
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
  }

  /** What a worker needs before the first scenario: somebody to be asked about, something to be bought. */
  async #prepareWorld(people: People): Promise<Knowledge> {
    const knowledge = new Knowledge(this.#used);
    for (const role of ["customer", "stranger"] as const) knowledge.learn("personId", (await people.senderOf(role)).id);
    if (this.#options.service !== "user-authentication") await stockShop(knowledge, people);
    if (this.#options.service !== "user-authentication") return knowledge;
    const { client } = people;
    const { id, email } = await people.accountOf("customer");
    knowledge.accounts.register(id, { email, password: PASSWORD });
    const someone = await people.newPerson();
    knowledge.things.set(someone.id, { owner: someone.id, version: 1, status: undefined, isThere: true });
    const known = {
      userId: someone.id,
      "logIn.email": email,
      "logIn.password": PASSWORD,
      "registerUser.password": PASSWORD,
      "changePassword.currentPassword": PASSWORD,
      "changePassword.newPassword": PASSWORD,
      "issueServiceToken.grant_type": "client_credentials",
      "issueServiceToken.scope": "stock:write",
      client_id: client.id,
      client_secret: client.secret,
    };
    for (const [name, value] of Object.entries(known)) knowledge.learn(name, value);
    return knowledge;
  }
}

/** What the scenarios of a worker have in common. */
interface World {
  readonly people: People;
  /** What the scenarios before have left. */
  before: Knowledge;
}

/** Products of all kinds, with more units than anybody buys. */
async function stockShop(knowledge: Knowledge, people: People): Promise<void> {
  const { authorization = "", id: owner } = await people.senderOf("stranger");
  const kinds: readonly Partial<Schema<"ProductCreation">>[] = [
    {},
    { price: { amount: 12_000, currency: "USD" } },
    { price: { amount: 100, currency: "EUR" } },
    { status: "draft" },
    { stock: 3 },
    { price: { amount: DEAR, currency: "USD" } },
  ];
  for (const kind of kinds) {
    const sku = crypto.randomUUID();
    const body = JSON.stringify({
      sku,
      name: "Desk lamp",
      price: { amount: 4900, currency: "USD" },
      stock: STOCK,
      ...kind,
    });
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(`${people.origins["product-management"]}/products`, { method: "POST", headers, body });
    const { id, version, status, price } = (await response.json()) as Schema<"Product">; // checked by its own fuzzing
    knowledge.things.set(id, { owner, version, status, isThere: true });
    knowledge.wares.set(id, { currency: price.currency, available: kind.stock ?? STOCK });
    knowledge.learn("productId", id);
    if (price.amount === DEAR) knowledge.learn("dearProductId", id);
  }
}

/** @returns What went wrong where there was no answer. */
async function send(request: FuzzRequest, people: People): Promise<Received | string> {
  const { operation, path, search, text } = request;
  const url = `${people.origins[operation.service]}${path}${search && `?${search}`}`;
  try {
    const response = await fetch(url, {
      method: operation.method,
      headers: wireHeaders(request),
      redirect: "manual",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  } catch (error) {
    return `there was no answer: ${error}`;
  }
}

function faultsIn(answer: Received, { operation }: FuzzRequest, expectation: Expectation): readonly string[] {
  const { status, text } = answer;
  const { kind, why, accepts } = expectation;
  const isExpected = accepts({ status, code: codeIn(text) });
  if (isExpected && status === HEAD_TOO_LARGE) return []; // the server's own, before any operation
  if (status >= 500) return [`it answers ${status} ${text.slice(0, TEXT_MAX)}`];
  const surprise = `what is ${kind} (${why}) is answered with ${status} ${text.slice(0, TEXT_MAX)}`;
  return [...faultsOf(operation, answer), ...(isExpected ? [] : [surprise])];
}

function codeIn(text: string): string | undefined {
  const body = text.startsWith("{") ? JSON.parse(text) : {};
  return body.code;
}

/** Takes from an answer what later requests can be about. */
function learn(knowledge: Knowledge, request: FuzzRequest, { status, headers, text }: Received): void {
  const { operation, sender, params, query, json } = { ...request, json: bodyOf(request) };
  noteSent(knowledge, request, json);
  knowledge.accounts.learn({
    ...{ operation: operation.id, senderId: sender.id, params, sent: { ...formOf(request), ...json } },
    ...{ status, body: text.startsWith("{") ? JSON.parse(text) : undefined },
  });
  if (status >= 400) return;
  const target = Object.values(params).at(-1);
  const thing = target === undefined ? undefined : knowledge.things.get(target);
  if (operation.method === "DELETE" && thing !== undefined) {
    thing.isThere = false;
    knowledge.forget(target);
  }
  const body = text === "" ? undefined : JSON.parse(text);
  knowledge.followLinks(operation, { status, body, caller: sender.id });
  if (typeof body?.nextCursor === "string") {
    knowledge.learnCursor({ operation: operation.id, caller: sender.id, query, value: body.nextCursor });
  }
  // A reply that was stored tells how it was then.
  if (typeof body?.id !== "string" || body.version === undefined || headers["idempotent-replayed"] !== undefined)
    return;
  const version = body.status === "pending" ? undefined : body.version;
  const known = knowledge.things.get(body.id);
  const owner = known?.owner ?? body.customerId ?? body.ownerId ?? body.id;
  knowledge.things.set(body.id, { owner, version, status: body.status, isThere: known?.isThere ?? true });
}

/** Whatever came of it, it may have had its effect. */
function noteSent(knowledge: Knowledge, request: FuzzRequest, json: Readonly<Record<string, unknown>>): void {
  if (typeof json.sku === "string") knowledge.used.skus.add(json.sku);
  if (typeof json.email === "string") knowledge.used.emails.add(json.email.toLowerCase());
  for (const [id, quantity] of orderedIn(request)) {
    const ware = knowledge.wares.get(id);
    if (ware !== undefined) ware.available -= quantity;
  }
  if (request.headers["Idempotency-Key"] === undefined || request.text === undefined) return;
  const { keys } = knowledge.used;
  keys.set(keyOf(request), (keys.get(keyOf(request)) ?? new Set()).add(payloadOf(request)));
  knowledge.learn("Idempotency-Key", request.headers["Idempotency-Key"]);
}

function formOf({ mediaType, text }: FuzzRequest): Readonly<Record<string, unknown>> {
  return mediaType === "application/x-www-form-urlencoded" ? Object.fromEntries(new URLSearchParams(text)) : {};
}
