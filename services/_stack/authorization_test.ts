/** Who may do what: each operation is called by everybody, on what is theirs and what is not. An operation without a row does not compile. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { OPERATIONS, type OperationId } from "#contract";
import { send } from "./attacks/http.ts";
import { ADDRESS, openWorld, type Person, signIn, type World } from "./attacks/world.ts";

setDefaultTimeout(120_000);

/** Everybody there is: no token; a user who owns nothing; the owner; an admin who is not; a service. */
const ACTORS = ["visitor", "stranger", "owner", "admin", "service"] as const;
type Actor = (typeof ACTORS)[number];
type Json = Readonly<Record<string, unknown>>;

/** What is sent beside the method and the token. */
interface Sent {
  readonly id?: string;
  readonly json?: Json;
  readonly form?: Readonly<Record<string, string>>;
}

interface Row {
  /** In the order of {@link ACTORS}. */
  readonly statuses: readonly [number, number, number, number, number];
  /** A request that would succeed, but for who sends it; its subject belongs to the owner. */
  send(owner: Person): Promise<Sent> | Sent;
}

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await openWorld(undefined, new AbortController().signal);
  owner = await world.newPerson();
});
afterAll(() => world?.stop());

function row(statuses: Row["statuses"], send: Row["send"] = () => ({})): Row {
  return { statuses, send };
}

const PASSWORD = "a passphrase nobody has";
const PRICE = { amount: 100, currency: "USD" };
const CONTENT = { name: "Lamp", description: "", price: PRICE, tags: [] };

async function made(url: string, token: string, json: Json): Promise<Json> {
  const { status, body, text } = await send(url, { method: "POST", token, json });
  if (status !== 201) throw new Error(`A step of the preparation failed: ${text}`);
  return body;
}

async function product(status = "active"): Promise<string> {
  const { id } = await made(`${world.products}/products`, owner.token, { sku: sku(), ...CONTENT, status, stock: 10 });
  return String(id);
}

async function order(): Promise<string> {
  const items = [{ productId: await product(), quantity: 1 }];
  return String((await made(`${world.orders}/orders`, owner.token, { items, shippingAddress: ADDRESS })).id);
}

function sku(): string {
  return crypto.randomUUID();
}

async function session(): Promise<string> {
  await send(`${world.users}/login`, { method: "POST", json: { email: owner.email, password: owner.password } });
  const { body } = await send(`${world.users}/profile/sessions`, { token: owner.token });
  return String((body.items as readonly { id: string }[])[0]?.id); // of the contract
}

const COMMAND = { command: "release", revision: 1, quantity: 1, notAfter: "2099-01-01T00:00:00.000Z" };

const EVERYBODY = [200, 200, 200, 200, 200] as const;
/** A user's token is needed, and what is there is the caller's own. */
const USERS = [401, 200, 200, 200, 401] as const;
/** No token is needed, but one that is sent must be a user's. */
const OPTIONAL = [200, 200, 200, 200, 401] as const;
const SERVICES = [401, 401, 401, 401, 200] as const;
const ADMINS = [401, 403, 403, 200, 401] as const;

const TABLE: Readonly<Record<OperationId, Row>> = {
  registerUser: row([201, 201, 201, 201, 201], () => ({
    json: { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD, displayName: "Somebody" },
  })),
  logIn: row(EVERYBODY, ({ email, password }) => ({ json: { email, password } })),
  refreshTokens: row(EVERYBODY, async () => ({ json: { refresh_token: (await world.newPerson()).refreshToken } })),
  logOut: row([204, 204, 204, 204, 204], () => ({ json: { refresh_token: "unknown" } })),
  revokeToken: row([200, 401, 401, 401, 401], () => ({ form: { token: "unknown" } })),
  issueServiceToken: row([200, 400, 400, 400, 400], () => {
    const { id, secret } = world.stack.serviceClient;
    return { form: { grant_type: "client_credentials", client_id: id, client_secret: secret } };
  }),
  getJsonWebKeySet: row(EVERYBODY),
  getAuthorizationServerMetadata: row(EVERYBODY),
  getProfile: row(USERS),
  updateProfile: row(USERS, () => ({ json: { version: 1 } })),
  changePassword: row([401, 403, 403, 403, 401], () => ({
    json: { currentPassword: "wrong for everybody", newPassword: PASSWORD },
  })),
  requestPasswordReset: row([202, 202, 202, 202, 202], () => ({
    json: { email: `${crypto.randomUUID()}@example.com` },
  })),
  resetPassword: row([403, 403, 403, 403, 403], () => ({ json: { token: "unknown", newPassword: PASSWORD } })),
  requestEmailVerification: row([401, 202, 202, 202, 401]),
  confirmEmail: row([403, 403, 403, 403, 403], () => ({ json: { token: "unknown" } })),
  listSessions: row(USERS),
  endSession: row([401, 404, 204, 404, 401], async () => ({ id: await session() })),
  endAllSessions: row([401, 204, 204, 204, 401]),
  listUsers: row(ADMINS),
  replaceUserRoles: row(ADMINS, async () => ({
    id: (await world.newPerson()).id,
    json: { version: 1, roles: ["customer"] },
  })),

  listAuditEvents: row(ADMINS),
  listProductAuditEvents: row(ADMINS),
  listOrderAuditEvents: row(ADMINS),

  listProducts: row(OPTIONAL),
  createProduct: row([401, 201, 201, 201, 401], () => ({ json: { sku: sku(), ...CONTENT } })),
  getProduct: row([404, 404, 200, 200, 401], async () => ({ id: await product("draft") })),
  getProductStock: row([404, 404, 200, 200, 401], async () => ({ id: await product("draft") })),
  replaceProduct: row([401, 403, 200, 200, 401], async () => ({
    id: await product(),
    json: { version: 1, sku: sku(), ...CONTENT, status: "active" },
  })),
  updateProduct: row([401, 403, 200, 200, 401], async () => ({ id: await product(), json: { version: 1 } })),
  deleteProduct: row([401, 403, 204, 204, 401], async () => ({ id: await product() })),
  adjustProductStock: row([401, 403, 201, 201, 401], async () => ({
    id: await product(),
    json: { delta: 1, reason: "received" },
  })),
  applyStockCommands: row(SERVICES, async () => ({
    json: { commands: [{ ...COMMAND, orderId: Bun.randomUUIDv7(), productId: await product() }] },
  })),
  auditStock: row(SERVICES, () => ({ json: { limit: 1 } })),

  listOrders: row(USERS),
  createOrder: row([401, 201, 201, 201, 401], async () => ({
    json: { items: [{ productId: await product(), quantity: 1 }], shippingAddress: ADDRESS },
  })),
  getOrder: row([401, 404, 200, 200, 401], async () => ({ id: await order() })),
  replaceOrder: row([401, 404, 200, 200, 401], async () => ({
    id: await order(),
    json: { version: 2, status: "cancelled" },
  })),
  deleteOrder: row([401, 404, 204, 204, 401], async () => ({ id: await order() })),
};

/** What the table can't say in a row: the same operation on something else. */
const FURTHER: readonly (readonly [OperationId, string, Row])[] = [
  ["getProduct", "that is on sale", row(OPTIONAL, async () => ({ id: await product() }))],
  [
    "updateProduct",
    "that is a draft",
    row([401, 404, 200, 200, 401], async () => ({
      id: await product("draft"),
      json: { version: 1 },
    })),
  ],
  [
    "replaceOrder",
    "to fulfil it",
    row([401, 404, 403, 200, 401], async () => ({
      id: await order(),
      json: { version: 2, status: "fulfilled" },
    })),
  ],
];

async function tokenOf(actor: Actor): Promise<string | undefined> {
  if (actor === "visitor") return undefined;
  if (actor === "service") return world.serviceToken();
  return { stranger: world.mallory, owner, admin: world.admin }[actor].token;
}

async function statusOf(operation: OperationId, actor: Actor, { send: prepare }: Row): Promise<number> {
  const { service, method, path, ...rest } = OPERATIONS[operation];
  const { id = "", json, form } = await prepare(owner);
  const origins = {
    "user-authentication": world.users,
    "product-management": world.products,
    "order-processing": world.orders,
  };
  const contentType = "mediaType" in rest ? rest.mediaType : "application/json";
  const { status } = await send(origins[service] + path.replace(/\{\w+\}/, id), {
    ...{ method, token: await tokenOf(actor), contentType },
    ...(json && { json }),
    ...(form && { body: String(new URLSearchParams(form)) }),
  });
  return status;
}

const CASES = [
  ...Object.entries(TABLE).map(([operation, row]) => [operation as OperationId, "", row] as const), // its keys are those
  ...FURTHER,
];

test("every operation has a row", () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(OPERATIONS).sort());
});

test.each(CASES)("%s %s", async (operation, _, row) => {
  const seen: Record<string, number> = {};
  for (const actor of ACTORS) seen[actor] = await statusOf(operation, actor, row);
  // Their tokens are of no use any more where it is sensitive.
  if (operation === "endAllSessions") {
    for (const person of [world.mallory, owner, world.admin]) Object.assign(person, await signIn(world.users, person));
  }
  expect(seen).toEqual(Object.fromEntries(ACTORS.map((actor, at) => [actor, row.statuses[at]!])));
});
