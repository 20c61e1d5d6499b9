import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { type Answer, brief, exchange, outcomeOf, send, statusesIn } from "./http.ts";
import { ADDRESS, type World } from "./world.ts";

const INVALID = "400 invalid-request";
const PASSWORD = "a passphrase nobody has";

function register(world: World, registration: object): Promise<string> {
  const json = { password: PASSWORD, displayName: "Mallory", ...registration };
  return outcomeOf(`${world.users}/register`, { method: "POST", json });
}

function create(world: World, product: object): Promise<Answer> {
  const json = { sku: crypto.randomUUID(), name: "Lamp", price: { amount: 1, currency: "USD" }, ...product };
  return send(`${world.products}/products`, { method: "POST", token: world.mallory.token, json });
}

/** Lists products by a query, and says how many there were. */
async function search({ products }: World, query: string): Promise<string> {
  const answer = await send(`${products}/products?${query}`);
  const { items } = answer.body;
  return Array.isArray(items) ? `${answer.status}, ${items.length} items` : brief(answer);
}

function login(name: string, expected: string, json: object): Attack {
  return attack(name, expected, ({ users }) => outcomeOf(`${users}/login`, { method: "POST", json }));
}

function query(name: string, expected: string, text: string): Attack {
  return attack(name, expected, (world) => search(world, text));
}

/** A body of JSON that is written by hand: an object would lose the key. */
function rawBody(name: string, body: string): Attack {
  return attack(name, INVALID, ({ products, mallory: { token } }) =>
    outcomeOf(`${products}/products`, { method: "POST", token, body }),
  );
}

const PRODUCT_START = '{"sku":"MALLORY-9","name":"Lamp","price":{"amount":1,"currency":"USD"}';

/** Texts that a database, a log or an object might take for something else. */
export const INJECTION_ATTACKS: AttackGroup = {
  group: "injection",
  attacks: [
    login("Mongo operator as email", INVALID, { email: { $ne: null }, password: "x" }),
    login("Mongo operator as password", INVALID, { email: "admin@example.com", password: { $gt: "" } }),
    login("SQL as email", "401 invalid-credentials", { email: "' OR 1=1 --@x", password: "' OR '1'='1" }),
    login("list as email", INVALID, { email: ["admin@example.com"], password: "x" }),
    attack("Mongo operator as refresh token", INVALID, ({ users }) =>
      outcomeOf(`${users}/token/refresh`, { method: "POST", json: { refresh_token: { $regex: "." } } }),
    ),
    attack("SQL as refresh token", "401 invalid-refresh-token", ({ users }) =>
      outcomeOf(`${users}/token/refresh`, { method: "POST", json: { refresh_token: "' OR hash LIKE '%" } }),
    ),
    query("pattern as search", "200, 0 items", `q=${encodeURIComponent("zz.*|.*")}`),
    query("SQL as search", "200, 0 items", `q=${encodeURIComponent("zz'); DROP TABLE products; --")}`),
    query("operators of a text search", "200, 0 items", `q=${encodeURIComponent("zz:* | !zz & <->")}`),
    query("Mongo script as search", "200, 0 items", `q=${encodeURIComponent('{"$where":"sleep(9)"} zz')}`),
    query("wildcards as tag", "200, 0 items", `tag=${encodeURIComponent("%_.*")}`),
    query("SQL as order", INVALID, `sort=${encodeURIComponent("price;DROP TABLE products")}&currency=USD`),
    query("operator in a query's name", INVALID, "tag[$ne]=x"),
    query("operator in a filter of ids", INVALID, "ownerId[$gt]="),
    query("SQL as currency", INVALID, `minPrice=1&currency=${encodeURIComponent("USD' OR '1'='1")}`),
    query("the same name twice", INVALID, "tag=a&tag=b"),
    attack("SQL as id", INVALID, ({ products }) =>
      outcomeOf(`${products}/products/${encodeURIComponent("' OR '1'='1")}`),
    ),
    attack("path as id", /^(400 invalid-request|404 not-found)$/, ({ products }) =>
      outcomeOf(`${products}/products/..%2f..%2fetc%2fpasswd`),
    ),
    attack("NUL in a path", INVALID, ({ products }) => outcomeOf(`${products}/products/a%00b`)),
    attack("what looks like an operator is kept as text", '201 {"$gt":""}', async (world) => {
      const answer = await create(world, { name: '{"$gt":""}', tags: ["$set", "a.b"] });
      return `${answer.status} ${answer.body.name}`;
    }),
    rawBody("__proto__ in a body", `${PRODUCT_START},"__proto__":{"roles":["admin"]}}`),
    rawBody("constructor.prototype in a body", `${PRODUCT_START},"constructor":{"prototype":{"roles":["admin"]}}}`),
    rawBody(
      "__proto__ inside",
      '{"sku":"M-9","name":"L","price":{"amount":1,"currency":"USD","__proto__":{"amount":0}}}',
    ),
    rawBody("the member length", `${PRODUCT_START},"length":1e9}`),
    attack("nothing was polluted", "403 forbidden", ({ users, mallory: { token } }) =>
      outcomeOf(`${users}/users`, { token }),
    ),
    attack("__proto__ as a filter", INVALID, (world) => search(world, "__proto__[roles]=admin")),
    attack("NUL in texts", INVALID, async (world) => {
      const { orders, lamp, mallory } = world;
      const address = { ...ADDRESS, name: "a\u0000b" };
      const json = { items: [{ productId: lamp.id, quantity: 1 }], shippingAddress: address };
      return distinct([
        await register(world, { email: "a\u0000b@example.com" }),
        await register(world, { email: "n@example.com", displayName: "a\u0000b" }),
        brief(await create(world, { name: "a\u0000b" })),
        brief(await create(world, { description: "a\u0000b" })),
        brief(await create(world, { tags: ["a\u0000b"] })),
        await outcomeOf(`${orders}/orders`, { method: "POST", token: mallory.token, json }),
      ]);
    }),
    attack("lone surrogates in texts", INVALID, async (world) => {
      const spoilt = (name: string) =>
        `{"sku":"M-8","price":{"amount":1,"currency":"USD"},"name":"L","${name}":"a\\ud800"}`;
      const { products, mallory } = world;
      const seen = ["name", "description"].map((name) =>
        outcomeOf(`${products}/products`, { method: "POST", token: mallory.token, body: spoilt(name) }),
      );
      return distinct(await Promise.all(seen));
    }),
    attack("line breaks and escapes for the log", INVALID, async (world) => {
      const texts = ['a\n{"level":"fatal"}', "a\r\nb", "a\u001b[2Jb", "a\u2028b"];
      return distinct(
        await Promise.all(texts.map((displayName) => register(world, { email: "l@example.com", displayName }))),
      );
    }),
    attack("a request id with a line of a log in it", "not taken", async ({ products }) => {
      const headers = { "x-request-id": 'x","level":"fatal","msg":"gone' };
      const { headers: answered } = await send(`${products}/products`, { headers });
      return answered.get("x-request-id")?.includes("fatal") ? "echoed" : "not taken";
    }),
    attack("line breaks for the Link header", "no new header", async ({ products }) => {
      const text = encodeURIComponent("alice\r\nX-Evil: 1");
      const { headers, status } = await send(`${products}/products?limit=1&q=${text}`);
      return headers.has("x-evil") || status >= 500 ? "new header" : "no new header";
    }),
    attack("mark-up in what is answered", "application/problem+json nosniff", async ({ products }) => {
      const { headers } = await send(`${products}/products/%3Cscript%3Ealert(1)%3C%2Fscript%3E`);
      return `${headers.get("content-type")} ${headers.get("x-content-type-options")}`;
    }),
    attack("mark-up in a page", "no mark-up", async ({ products }) => {
      const { text } = await send(`${products}/problems/%3Cscript%3Ealert(1)%3C%2Fscript%3E`);
      return text.includes("<script>alert") ? "mark-up" : "no mark-up";
    }),
    attack("another spelling of somebody's email", "400 invalid-request, 409 email-taken", async (world) => {
      const email = `victim-${crypto.randomUUID()}@example.com`;
      await register(world, { email });
      const spellings = [
        email.toUpperCase(),
        email.replace("v", "\uff56"),
        email.replace("s@", "s@"),
        email.replace("@ex", "@\uff45x"),
      ];
      return distinct(await Promise.all(spellings.map((it) => register(world, { email: it }))));
    }),
    attack("an email with what can't be seen in it", INVALID, async (world) => {
      const invisible = ["\u200b", "\u202e", "\u00ad", "\u2066", "\ufeff", "\u180e", "\u0085", " "];
      return distinct(await Promise.all(invisible.map((it) => register(world, { email: `adm${it}in@example.com` }))));
    }),
    attack("bytes that are no UTF-8", "400", async ({ products, mallory: { token } }) => {
      const body = `${PRODUCT_START},"description":"\xc0\xaf\xff"}`;
      const head = `POST /products HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
      const rest = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
      return statusesIn(await exchange(products, head + rest));
    }),
  ],
};

function amount(name: string, text: string): Attack {
  return rawBody(`a price of ${name}`, `{"sku":"M-7","name":"L","price":{"amount":${text},"currency":"USD"}}`);
}

/** Numbers that do not fit. */
export const NUMBER_ATTACKS: AttackGroup = {
  group: "numbers",
  attacks: [
    ...["-1", "1.5", "1e308", "1e999", "9007199254740992", "9007199254740993", '"1"', "-0.5", "null", "true"].map(
      (text) => amount(text, text),
    ),
    attack("an order whose total does not fit", /^(400|409) /, async (world) => {
      const { body } = await create(world, {
        price: { amount: Number.MAX_SAFE_INTEGER, currency: "USD" },
        stock: 1000,
      });
      const json = { items: [{ productId: body.id, quantity: 1000 }], shippingAddress: ADDRESS };
      return outcomeOf(`${world.orders}/orders`, { method: "POST", token: world.mallory.token, json });
    }),
    attack("more units than fit", INVALID, async (world) => {
      const { body } = await create(world, { stock: 1_000_000_000 });
      const url = `${world.products}/products/${body.id}/stock/adjustments`;
      const seen = [1e10, -1e10, 0.5, 0].map((delta) =>
        outcomeOf(url, { method: "POST", token: world.mallory.token, json: { delta, reason: "received" } }),
      );
      return distinct(await Promise.all(seen));
    }),
    attack("quantities that are none", INVALID, async ({ orders, lamp, mallory: { token } }) => {
      const seen = [0, -1, 1001, 0.5, 1e21].map((quantity) => {
        const json = { items: [{ productId: lamp.id, quantity }], shippingAddress: ADDRESS };
        return outcomeOf(`${orders}/orders`, { method: "POST", token, json });
      });
      return distinct(await Promise.all(seen));
    }),
    attack(
      "the same product until the quantity is too large",
      /^(400|409) /,
      async ({ orders, lamp, mallory: { token } }) => {
        const items = Array.from({ length: 100 }, () => ({ productId: lamp.id, quantity: 1000 }));
        return outcomeOf(`${orders}/orders`, { method: "POST", token, json: { items, shippingAddress: ADDRESS } });
      },
    ),
    attack("sizes of a page that are none", INVALID, async (world) => {
      const sizes = ["0", "-1", "101", "1e2", "0x10", "9999999999999999999", "1.0", "", "%31%30%30%30"];
      return distinct(await Promise.all(sizes.map((limit) => search(world, `limit=${limit}`))));
    }),
    attack("versions that are none", INVALID, async ({ products, lamp, alice: { token } }) => {
      const seen = ["0", "-1", "1e21", "1.5", '"1"'].map((version) =>
        outcomeOf(`${products}/products/${lamp.id}`, {
          method: "PATCH",
          token,
          contentType: "application/merge-patch+json",
          body: `{"version":${version}}`,
        }),
      );
      return distinct(await Promise.all(seen));
    }),
  ],
};
