/** What may be answered to a request: by the contract, and by what is known of the things it is about. */
import type { OperationId } from "#contract";
import type { Operation } from "../../../openapi/conformance/document.ts";
import type { Knowledge, Thing } from "./knowledge.ts";
import { parametersOf } from "./plan.ts";
import { bodyOf, type FuzzRequest } from "./request.ts";
import { validityOf } from "./validity.ts";

/** What is right in the eyes of the contract. */
export interface Expectation {
  /** In words, for a report. */
  readonly kind: "valid" | "invalid" | "unauthorized";
  readonly why: string;
  /** Whether an answer is one that may be given. */
  accepts(answer: { readonly status: number; readonly code: string | undefined }): boolean;
}

/** A request that is valid, with what is known about it. */
interface Situation extends FuzzRequest {
  readonly knowledge: Knowledge;
  /** What its path names, if that is known. */
  readonly target: Thing | undefined;
  readonly isAdmin: boolean;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Why a valid request may be refused with a problem of a code. */
type Excuse = (situation: Situation) => boolean;

const HTTP_OK_MAX = 399;
/** RFC 6585, 5: of Bun itself, which takes 16 KiB of request line and headers. */
export const HEAD_TOO_LARGE = 431;
const HEAD_MAX_BYTES = 16_384;
const PASSWORDS: readonly OperationId[] = ["logIn", "changePassword", "registerUser"];
/** Each caller, address and receiver gets few mails. */
const MAILS: readonly OperationId[] = ["requestEmailVerification", "requestPasswordReset"];
/** What takes a token that is sent by mail, which nobody reads here. */
const MAILED: readonly OperationId[] = ["confirmEmail", "resetPassword"];

/** Works out what may be answered. */
export function expectationOf(request: FuzzRequest, knowledge: Knowledge): Expectation {
  const headBytes = request.path.length + request.search.length;
  if (headBytes > HEAD_MAX_BYTES) return exactly("invalid", "the head is too large", HEAD_TOO_LARGE);
  const refusal = refusalOf(request);
  if (refusal !== undefined)
    return exactly("unauthorized", `${request.role} may not call ${request.operation.id}`, refusal);
  const { isOtherMediaType, faults } = validityOf(request);
  if (isOtherMediaType) return exactly("invalid", "the media type is another one", 415);
  if (faults.length > 0) return exactly("invalid", faults.slice(0, 3).join(", "), 400);
  const situation = situate(request, knowledge);
  return RULES[request.operation.id]?.(situation) ?? listExpectation(situation) ?? validExpectation(situation);
}

function exactly(kind: Expectation["kind"], why: string, ...statuses: readonly number[]): Expectation {
  return { kind, why: `${why}: ${statuses.join(" or ")}`, accepts: ({ status }) => statuses.includes(status) };
}

/** Who is refused before anything of the request is looked at. */
function refusalOf({ operation, role }: FuzzRequest): number | undefined {
  const { access, needs } = operation;
  if (access === "public" || access === "client") return undefined;
  if (role === "anonymous") return access === "optional" ? undefined : 401;
  if (role === "impostor" || (role === "service") !== (access === "service")) return 401;
  return needs.includes("admin") && role !== "admin" ? 403 : undefined;
}

function situate(request: FuzzRequest, knowledge: Knowledge): Situation {
  const target = knowledge.things.get(Object.values(request.params).at(-1) ?? "");
  const isJson = request.operation.body?.mediaType.endsWith("json") === true && request.text !== undefined;
  const json = isJson ? JSON.parse(request.text ?? "") : Object.fromEntries(new URLSearchParams(request.text));
  return { ...request, knowledge, target, isAdmin: request.role === "admin", json };
}

/** A valid request succeeds, unless there is a reason that is known, or may be there unseen. */
function validExpectation(situation: Situation): Expectation {
  return {
    kind: "valid",
    why: "the request is valid, and nothing that is known stands in its way",
    accepts({ status, code }) {
      if (status <= HTTP_OK_MAX) return !isBeyondReach(situation);
      return code !== undefined && EXCUSES[code]?.(situation) === true;
    },
  };
}

/** What is not there, or not for this caller, is neither read nor changed. */
function isBeyondReach(situation: Situation): boolean {
  const { target, operation } = situation;
  if (target === undefined) return false;
  return !target.isThere || !isVisible(situation) || (operation.method !== "GET" && !isOwn(situation));
}

function isOwn({ target, sender, isAdmin }: Situation): boolean {
  return isAdmin || target?.owner === sender.id;
}

/** A product on sale is for everybody to see. */
function isVisible(situation: Situation): boolean {
  return isOwn(situation) || situation.target?.status === "active";
}

const EXCUSES: Readonly<Record<string, Excuse>> = {
  "not-found": (it) => it.target === undefined || !it.target.isThere || !isVisible(it),
  forbidden: (it) =>
    (it.target !== undefined && !isOwn(it)) || it.json.status === "fulfilled" || it.query.customerId !== undefined,
  "incorrect-password": ({ json, knowledge, sender }) =>
    !knowledge.accounts.isPasswordOf(sender.id, json.currentPassword),
  "invalid-credentials": ({ json, knowledge }) => !knowledge.accounts.isPasswordOfEmail(json.email, json.password),
  "invalid-refresh-token": ({ json, knowledge }) => !knowledge.accounts.isLive(json.refresh_token),
  "version-conflict": (it) => currentVersion(it) === undefined || it.json.version !== currentVersion(it),
  "precondition-failed": (it) =>
    it.headers["If-Match"] !== undefined && it.headers["If-Match"] !== `"${it.target?.version}"`,
  "email-taken": ({ json, knowledge }) => knowledge.used.emails.has(String(json.email).toLowerCase()),
  "sku-taken": ({ json, knowledge }) => knowledge.used.skus.has(String(json.sku)),
  "last-admin": ({ json }) => !(json.roles as unknown[]).includes("admin"),
  "insufficient-stock": ({ json }) => Number(json.delta) < 0,
  "out-of-stock": (it) =>
    [...orderedIn(it)].some(([id, quantity]) => quantity > (it.knowledge.wares.get(id)?.available ?? 0)),
  "product-unavailable": (it) =>
    orderedIds(it).some(
      (id) => it.knowledge.things.get(id)?.status !== "active" || !it.knowledge.things.get(id)?.isThere,
    ),
  "mixed-currency": (it) => new Set(orderedIds(it).map((id) => it.knowledge.wares.get(id)?.currency)).size > 1,
  "invalid-transition": ({ target }) => target?.status !== "confirmed",
  "order-pending": ({ target }) => target === undefined || target.status === "pending",
  "edit-in-progress": () => false,
  "order-cancelled": () => false,
  "request-in-progress": () => false,
  "idempotency-key-reused": (it) =>
    [...(it.knowledge.used.keys.get(keyOf(it)) ?? [])].some((sent) => sent !== payloadOf(it)),
  "too-many-requests": ({ operation: { id } }) => PASSWORDS.includes(id) || MAILS.includes(id),
  "invalid-mail-token": ({ operation }) => MAILED.includes(operation.id),
  // Sums of prices have a limit that no schema can state.
  "invalid-request": (it) => orderedIds(it).length > 0 && isDear(it),
};

/** An Idempotency-Key is its caller's and its operation's. */
export function keyOf({ operation, sender, headers }: FuzzRequest): string {
  return [operation.id, sender.id, headers["Idempotency-Key"]].join(" ");
}

/** What must be the same when a key comes again. */
export function payloadOf({ path, text }: FuzzRequest): string {
  return `${path} ${text}`;
}

function currentVersion({ operation, target, knowledge, sender }: Situation): number | undefined {
  return operation.id === "updateProfile" ? knowledge.things.get(sender.id)?.version : target?.version;
}

function orderedIds({ json, operation }: Situation): readonly string[] {
  const { items = [] } = json as { items?: readonly { productId: string }[] }; // valid, so it is as its schema says
  return operation.service === "order-processing" ? items.map(({ productId }) => productId) : [];
}

/** The units of each product that an order is about; none if the request is about no order, or has no items that are some. */
export function orderedIn(request: FuzzRequest): Map<string, number> {
  const units = new Map<string, number>();
  const { operation } = request;
  if (operation.id !== "createOrder" && operation.id !== "replaceOrder") return units;
  const { items } = bodyOf(request);
  const lines: readonly Readonly<Record<string, unknown>>[] = Array.isArray(items) ? items.map(Object) : [];
  for (const { productId, quantity } of lines) {
    // What is no quantity is refused, and takes nothing.
    if (typeof quantity !== "number" || !Number.isSafeInteger(quantity) || quantity < 1) continue;
    units.set(String(productId), (units.get(String(productId)) ?? 0) + quantity);
  }
  return units;
}

/** The most units that an order can have, at the dearest price there is here, are past 2^53 - 1. */
function isDear(situation: Situation): boolean {
  return orderedIds(situation).some((id) => situation.knowledge.valuesOf("dearProductId").includes(id));
}

/** Rules that are stated in words: no schema has them. */
const RULES: Readonly<Partial<Record<OperationId, (situation: Situation) => Expectation | undefined>>> = {
  listProducts(it) {
    const { sort, currency, minPrice, maxPrice, status = "active" } = it.query;
    const needsCurrency = minPrice !== undefined || maxPrice !== undefined || sort === "price" || sort === "-price";
    if (needsCurrency && currency === undefined) return exactly("invalid", "prices without a currency", 400);
    if (status !== "active" && it.role === "anonymous")
      return exactly("unauthorized", "only active products are for all", 401);
    return undefined;
  },
  listOrders(it) {
    const { customerId } = it.query;
    if (customerId !== undefined && customerId !== it.sender.id && !it.isAdmin) {
      return exactly("unauthorized", "the orders of somebody else", 403);
    }
    return undefined;
  },
  registerUser: (it) => (isStrong(it.json.password) ? undefined : orWeak(it)),
  changePassword: (it) => (isStrong(it.json.newPassword) ? undefined : orWeak(it)),
  resetPassword: (it) => (isStrong(it.json.newPassword) ? undefined : orWeak(it)),
  issueServiceToken: (it) => {
    const { grant_type, scope = "stock:write", client_id, client_secret } = it.json;
    const isProven = it.role === "client" && client_id === undefined && client_secret === undefined;
    const isServed = grant_type === "client_credentials" && scope === "stock:write";
    return isProven && isServed
      ? exactly("valid", "the client's own", 200)
      : exactly("valid", "a form in words", 200, 400, 401);
  },
  revokeToken: () => exactly("valid", "a form in words", 200, 400, 401),
};

/** A cursor is one that was given, for the same caller, filters and order. */
function listExpectation({ query, knowledge, operation, sender }: Situation): Expectation | undefined {
  if (!parametersOf(operation).some(({ name }) => name === "cursor")) return undefined;
  if (query.cursor === undefined) return exactly("valid", "a list always is", 200);
  const isGiven = knowledge.cursors.some(
    (cursor) =>
      cursor.value === query.cursor &&
      cursor.operation === operation.id &&
      cursor.caller === sender.id &&
      isSameList(cursor.query, query),
  );
  return isGiven ? exactly("valid", "a list goes on", 200) : exactly("invalid", "a cursor that was never given", 400);
}

function isSameList(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => name === "cursor" || name === "limit" || a[name] === b[name]);
}

/** Passwords are refused by lists and rules that no schema has; these are not in any. */
function isStrong(password: unknown): boolean {
  return /quiet lanterns over the harbour/.test(String(password));
}

function orWeak(situation: Situation): Expectation {
  const { why, accepts } = validExpectation(situation);
  return { kind: "valid", why, accepts: (answer) => answer.code === "invalid-request" || accepts(answer) };
}

/** Whether an operation makes the services hash a password if its request is valid. */
export function hashesPasswords({ id }: Operation): boolean {
  return PASSWORDS.includes(id);
}

/** Whether an operation can succeed for callers who have nothing but what was answered to them. */
export function canSucceed(id: OperationId): boolean {
  return !MAILED.includes(id);
}
