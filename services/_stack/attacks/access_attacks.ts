import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { type Answer, type Attempt, brief, outcomeOf, send } from "./http.ts";
import { ADDRESS, type World } from "./world.ts";

const FORBIDDEN = "403 forbidden";
const HIDDEN = "404 not-found";
const INVALID = "400 invalid-request";

type UrlOf = (world: World) => string;

/** Mallory sends a request about what is Alice's. */
function byMallory(
  name: string,
  expected: string,
  urlOf: UrlOf,
  attempt: Attempt | ((world: World) => Attempt) = {},
): Attack {
  return attack(name, expected, (world) => {
    const made = typeof attempt === "function" ? attempt(world) : attempt;
    return outcomeOf(urlOf(world), { token: world.mallory.token, ...made });
  });
}

const order: UrlOf = ({ orders, order: { id } }) => `${orders}/orders/${id}`;
const lamp: UrlOf = ({ products, lamp: { id } }) => `${products}/products/${id}`;
const draft: UrlOf = ({ products, draft: { id } }) => `${products}/products/${id}`;

function newItems({ lamp: { id } }: World): Attempt {
  const json = { version: 2, items: [{ productId: id, quantity: 2 }], shippingAddress: ADDRESS };
  return { method: "PUT", json };
}

function itemCount({ body: { items } }: Answer): number {
  return Array.isArray(items) ? items.length : Number.NaN;
}

/** Whether an id of somebody else's can be told from one that nobody has. */
function sameAsNothing(name: string, urlOf: (world: World, id: string) => string, idOf: UrlOf): Attack {
  return attack(name, "the same answer", async (world) => {
    const { token } = world.mallory;
    const ids = [idOf(world), Bun.randomUUIDv7()] as const;
    const [real, unreal] = await Promise.all([
      send(urlOf(world, ids[0]), { token }),
      send(urlOf(world, ids[1]), { token }),
    ]);
    const same = real.text.replaceAll(ids[0], "") === unreal.text.replaceAll(ids[1], "");
    return same && real.status === 404 ? "the same answer" : `${brief(real)} and ${brief(unreal)} differ`;
  });
}

/** Broken object level authorization (OWASP API1:2023). */
export const OWNERSHIP_ATTACKS: AttackGroup = {
  group: "ownership",
  attacks: [
    byMallory("read somebody's order", HIDDEN, order),
    byMallory("change somebody's order", HIDDEN, order, newItems),
    byMallory("cancel somebody's order", HIDDEN, order, { method: "PUT", json: { version: 2, status: "cancelled" } }),
    byMallory("delete somebody's order", HIDDEN, order, { method: "DELETE" }),
    byMallory("list somebody's orders", FORBIDDEN, ({ orders, alice: { id } }) => `${orders}/orders?customerId=${id}`),
    attack("find somebody's orders in one's own list", "0 items", async ({ orders, mallory: { token } }) => {
      return `${itemCount(await send(`${orders}/orders?limit=100`, { token }))} items`;
    }),
    attack("get somebody's order by their Idempotency-Key", "409 out-of-stock, not replayed", async (world) => {
      const { orders, mallory, orderKey, lamp: wanted } = world;
      const answer = await send(`${orders}/orders`, {
        method: "POST",
        token: mallory.token,
        headers: { "idempotency-key": orderKey },
        json: { items: [{ productId: wanted.id, quantity: 1000 }], shippingAddress: ADDRESS },
      });
      return `${brief(answer)}, ${answer.headers.has("idempotent-replayed") ? "replayed" : "not replayed"}`;
    }),
    byMallory("replace somebody's product", FORBIDDEN, lamp, ({ lamp: { sku, tags, price } }) => {
      const json = { version: 1, sku, tags, price, name: "Mine", description: "", status: "active" };
      return { method: "PUT", json };
    }),
    byMallory("edit somebody's product", FORBIDDEN, lamp, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      json: { version: 1, price: { amount: 1 } },
    }),
    byMallory("delete somebody's product", FORBIDDEN, lamp, { method: "DELETE" }),
    byMallory("change somebody's stock", FORBIDDEN, (world) => `${lamp(world)}/stock/adjustments`, {
      method: "POST",
      json: { delta: -1000, reason: "lost" },
    }),
    byMallory("read somebody's draft", HIDDEN, draft),
    byMallory("read somebody's draft, by its ETag", HIDDEN, draft, { headers: { "if-none-match": '"1"' } }),
    byMallory("read the stock of somebody's draft", HIDDEN, (world) => `${draft(world)}/stock`),
    byMallory("edit somebody's draft", HIDDEN, draft, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      json: { version: 1, status: "active" },
    }),
    byMallory(
      "order somebody's draft",
      "409 product-unavailable",
      ({ orders }) => `${orders}/orders`,
      (world) => ({
        method: "POST",
        json: { items: [{ productId: world.draft.id, quantity: 1 }], shippingAddress: ADDRESS },
      }),
    ),
    attack("find somebody's drafts in a list", "0 items, 0 items", async ({ products, alice, mallory: { token } }) => {
      const urls = [`${products}/products?status=draft`, `${products}/products?status=draft&ownerId=${alice.id}`];
      const counts = await Promise.all(urls.map(async (url) => `${itemCount(await send(url, { token }))} items`));
      return counts.join(", ");
    }),
    sameAsNothing(
      "tell somebody's order from none",
      ({ orders }, id) => `${orders}/orders/${id}`,
      (world) => world.order.id,
    ),
    sameAsNothing(
      "tell somebody's draft from none",
      ({ products }, id) => `${products}/products/${id}`,
      (world) => world.draft.id,
    ),
    attack("end somebody's session", HIDDEN, async ({ users, alice, mallory }) => {
      const { body } = await send(`${users}/profile/sessions`, { token: alice.token });
      const [session] = body.items as readonly { id: string }[]; // of the contract
      return outcomeOf(`${users}/profile/sessions/${session?.id}`, { method: "DELETE", token: mallory.token });
    }),
    attack("end one's own sessions with somebody's id in the query", INVALID, ({ users, alice, mallory: { token } }) =>
      outcomeOf(`${users}/profile/sessions?userId=${alice.id}`, { method: "DELETE", token }),
    ),
    attack("everything of Alice's is as it was", "order 2, lamp 1, draft 1", async (world) => {
      const { token } = world.alice;
      const [seenOrder, seenLamp, seenDraft] = await Promise.all(
        [order, lamp, draft].map(async (urlOf) => (await send(urlOf(world), { token })).body.version),
      );
      return `order ${seenOrder}, lamp ${seenLamp}, draft ${seenDraft}`;
    }),
  ],
};

/** Broken function level authorization (OWASP API5:2023). */
export const ROLE_ATTACKS: AttackGroup = {
  group: "roles",
  attacks: [
    byMallory("list all accounts", FORBIDDEN, ({ users }) => `${users}/users`),
    byMallory("make oneself an admin", FORBIDDEN, ({ users, mallory: { id } }) => `${users}/users/${id}/roles`, {
      method: "PUT",
      json: { version: 1, roles: ["admin"] },
    }),
    attack("fulfil one's own order", FORBIDDEN, (world) =>
      outcomeOf(order(world), { method: "PUT", token: world.alice.token, json: { version: 2, status: "fulfilled" } }),
    ),
    attack("the last admin demotes themselves", "409 last-admin", async ({ users, admin }) => {
      const { body } = await send(`${users}/profile`, { token: admin.token });
      // Those whom the other attacks promoted go first.
      const { body: page } = await send(`${users}/users?limit=100`, { token: admin.token });
      const accounts = page.items as readonly { id: string; roles: string[]; version: number }[]; // of the contract
      for (const { id, roles, version } of accounts.filter((it) => it.id !== body.id && it.roles.includes("admin"))) {
        const json = { version, roles: roles.filter((role) => role !== "admin") };
        await send(`${users}/users/${id}/roles`, { method: "PUT", token: admin.token, json });
      }
      const json = { version: body.version, roles: ["customer"] };
      return outcomeOf(`${users}/users/${body.id}/roles`, { method: "PUT", token: admin.token, json });
    }),
    attack("another method by X-HTTP-Method-Override", "200, still there", async (world) => {
      const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
      const seen = await outcomeOf(order(world), { token: world.alice.token, headers });
      const after = await outcomeOf(order(world), { token: world.alice.token });
      return `${seen}, ${after === "200" ? "still there" : after}`;
    }),
    attack(
      "other spellings of an admin's path",
      /^(401 unauthorized|404 not-found)(, (401 unauthorized|404 not-found))*$/,
      async ({ users }) => {
        const paths = [
          "/users/",
          "//users",
          "/USERS",
          "/%75sers",
          "/profile/../users",
          "/users;a=b",
          "/users%2f",
          "/./users",
        ];
        return distinct(await Promise.all(paths.map((path) => outcomeOf(`${users}${path}`))));
      },
    ),
    attack("the path by a header", "401 unauthorized", ({ users }) => {
      const headers = { "x-original-url": "/livez", "x-rewrite-url": "/livez", "x-forwarded-prefix": "/livez" };
      return outcomeOf(`${users}/users`, { headers });
    }),
    attack("be somebody by a header", "401 unauthorized", ({ orders, alice }) => {
      const headers = { "x-user-id": alice.id, "x-forwarded-user": alice.id, "x-authenticated-userid": alice.id };
      return outcomeOf(`${orders}/orders`, { headers });
    }),
  ],
};

function extra(name: string, urlOf: UrlOf, attempt: (world: World) => Attempt): Attack {
  return byMallory(name, INVALID, urlOf, attempt);
}

const PRICE = { amount: 1, currency: "USD" };

function creation(more: object): Attempt {
  return { method: "POST", json: { sku: "MALLORY-1", name: "Lamp", price: PRICE, ...more } };
}

function placing(more: object, moreOfItem: object = {}): (world: World) => Attempt {
  return ({ lamp: { id } }) => {
    const items = [{ productId: id, quantity: 1, ...moreOfItem }];
    return { method: "POST", json: { items, shippingAddress: ADDRESS, ...more } };
  };
}

/** Fields that are not the caller's to set (OWASP API3:2023). */
export const ASSIGNMENT_ATTACKS: AttackGroup = {
  group: "assignment",
  attacks: [
    ...[{ roles: ["admin"] }, { id: "1" }, { version: 99 }, { isAdmin: true }, { sessionEpoch: 0 }].map((more) =>
      extra(
        `register with ${Object.keys(more)}`,
        ({ users }) => `${users}/register`,
        () => ({
          method: "POST",
          json: { email: "m@example.com", password: "a passphrase nobody has", displayName: "M", ...more },
        }),
      ),
    ),
    ...[{ roles: ["admin"] }, { email: "admin@example.com" }, { id: "1" }, { passwordHash: "x" }].map((more) =>
      extra(
        `edit one's profile with ${Object.keys(more)}`,
        ({ users }) => `${users}/profile`,
        () => ({
          method: "PATCH",
          contentType: "application/merge-patch+json",
          json: { version: 1, ...more },
        }),
      ),
    ),
    ...["ownerId", "id", "version", "createdAt"].map((field) =>
      extra(
        `create a product with ${field}`,
        ({ products }) => `${products}/products`,
        ({ alice }) => creation({ [field]: alice.id }),
      ),
    ),
    extra("edit a product's owner", lamp, ({ mallory }) => ({
      method: "PATCH",
      contentType: "application/merge-patch+json",
      json: { version: 1, ownerId: mallory.id },
    })),
    ...["customerId", "status", "total", "number"].map((field) =>
      extra(`place an order with ${field}`, ({ orders }) => `${orders}/orders`, placing({ [field]: "confirmed" })),
    ),
    extra("place an order at one's own price", ({ orders }) => `${orders}/orders`, placing({}, { unitPrice: PRICE })),
    extra(
      "set stock to a number",
      ({ products }) => `${products}/products`,
      () => creation({ available: 1000 }),
    ),
  ],
};
