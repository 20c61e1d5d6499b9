import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { type Attempt, outcomeOf, send } from "./http.ts";
import { ADDRESS, type World } from "./world.ts";

const INVALID = "400 invalid-request";
const MERGE_PATCH = "application/merge-patch+json";

/** A cursor of a list of two products at least. */
async function cursorOf({ products, mallory: { token } }: World, query: string): Promise<string> {
  for (const sku of ["PAGE-1", "PAGE-2"]) {
    const json = { sku: `${sku}-${crypto.randomUUID()}`, name: "Page", price: { amount: 5, currency: "USD" } };
    await send(`${products}/products`, { method: "POST", token, json });
  }
  const { body } = await send(`${products}/products?limit=1&${query}`);
  return String(body.nextCursor);
}

/** A cursor of anything, with the check that the list expects of an honest one. */
function cursorFor(filters: Readonly<Record<string, string>>, position: unknown): string {
  const text = JSON.stringify(position);
  const sorted = JSON.stringify(Object.fromEntries(Object.entries(filters).sort()));
  const check = new Bun.CryptoHasher("sha256").update(sorted).update(text).digest("hex").slice(0, 12);
  return Buffer.from(check + text).toString("base64url");
}

function cursor(name: string, make: (world: World) => Promise<string> | string, query = ""): Attack {
  return attack(name, INVALID, async (world) =>
    outcomeOf(`${world.products}/products?limit=1&${query}cursor=${encodeURIComponent(await make(world))}`),
  );
}

function spoil(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "A" ? "B" : "A") + text.slice(middle + 1);
}

/** Places in lists that were not given. */
export const CURSOR_ATTACKS: AttackGroup = {
  group: "cursors",
  attacks: [
    attack("(control) a cursor is good for its list", "200", async (world) =>
      outcomeOf(`${world.products}/products?limit=1&cursor=${await cursorOf(world, "")}`),
    ),
    cursor("a cursor with a character changed", async (world) => spoil(await cursorOf(world, ""))),
    cursor("a cursor that was cut", async (world) => (await cursorOf(world, "")).slice(0, -4)),
    cursor("a cursor of another order", (world) => cursorOf(world, "sort=name")),
    cursor("a cursor of other filters", (world) => cursorOf(world, "currency=USD&minPrice=1")),
    cursor("a cursor of a list of others", (world) => cursorOf(world, ""), "status=active&tag=x&"),
    cursor("SQL in a cursor that was made up", () =>
      cursorFor({ sort: "-createdAt", status: "active" }, ["' OR 1=1 --"]),
    ),
    cursor("an operator in a cursor that was made up", () =>
      cursorFor({ sort: "-createdAt", status: "active" }, [{ $gt: "" }]),
    ),
    cursor("no list in a cursor that was made up", () =>
      cursorFor({ sort: "-createdAt", status: "active" }, { id: 1 }),
    ),
    cursor("2,048 characters", () => "A".repeat(2_048)),
    cursor("characters that no cursor has", () => "../../etc/passwd"),
    attack("a cursor of one's own list in everybody's accounts", "403 forbidden", async (world) =>
      outcomeOf(`${world.users}/users?cursor=${await cursorOf(world, "")}`, { token: world.mallory.token }),
    ),
    attack("SQL in a cursor of accounts that was made up", INVALID, ({ users, admin: { token } }) =>
      outcomeOf(`${users}/users?cursor=${cursorFor({}, ["' OR '1'='1"])}`, { token }),
    ),
    attack(
      "somebody's cursor in one's own orders",
      /^(200, 0 of them|400)$/,
      async ({ orders, alice, lamp, mallory }) => {
        const json = { items: [{ productId: lamp.id, quantity: 1 }], shippingAddress: ADDRESS };
        await send(`${orders}/orders`, { method: "POST", token: alice.token, json });
        const { body: page } = await send(`${orders}/orders?limit=1`, { token: alice.token });
        const { status, body } = await send(`${orders}/orders?limit=1&cursor=${page.nextCursor}`, {
          token: mallory.token,
        });
        const items = body.items as readonly { customerId: string }[] | undefined; // of the contract
        if (items === undefined) return String(status);
        return `${status}, ${items.filter(({ customerId }) => customerId !== mallory.id).length} of them`;
      },
    ),
  ],
};

/** Alice edits her lamp. */
function edit(name: string, expected: string, headers: Record<string, string>, version = 1): Attack {
  return attack(name, expected, ({ products, draft, alice: { token } }) => {
    const attempt = { method: "PATCH", token, contentType: MERGE_PATCH, json: { version, tags: ["x"] }, headers };
    return outcomeOf(`${products}/products/${draft.id}`, attempt);
  });
}

/** How many of 20 writers at once win. */
async function winners(url: string, attempt: Attempt): Promise<string> {
  const seen = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(url, attempt)));
  const won = seen.filter((it) => it === "200").length;
  return `${won} won, ${distinct(seen.filter((it) => it !== "200"))}`;
}

/** Versions that were not seen. */
export const VERSION_ATTACKS: AttackGroup = {
  group: "versions",
  attacks: [
    edit("If-Match of another version", "412 precondition-failed", { "if-match": '"999"' }),
    edit("If-Match with a star", INVALID, { "if-match": "*" }),
    edit("If-Match with a weak tag", INVALID, { "if-match": 'W/"1"' }),
    edit("If-Match with a list", INVALID, { "if-match": '"1", "2"' }),
    edit("If-Match without quotes", INVALID, { "if-match": "1" }),
    edit("If-Match with SQL", INVALID, { "if-match": `"1' OR '1'='1"` }),
    edit("If-Match that is right, and a version that is not", "409 version-conflict", { "if-match": '"1"' }, 2),
    edit("a version of the future", "409 version-conflict", {}, 9_007_199_254_740_991),
    attack(
      "20 edits of a product at one version",
      "1 won, 409 version-conflict",
      async ({ products, mallory: { token } }) => {
        const json = { sku: `RACE-${crypto.randomUUID()}`, name: "Race", price: { amount: 5, currency: "USD" } };
        const { body } = await send(`${products}/products`, { method: "POST", token, json });
        const attempt = { method: "PATCH", token, contentType: MERGE_PATCH, json: { version: 1, tags: ["x"] } };
        return winners(`${products}/products/${body.id}`, attempt);
      },
    ),
    attack("20 edits of a profile at one version", "1 won, 409 version-conflict", async ({ users, newPerson }) => {
      const { token } = await newPerson();
      const json = { version: 1, displayName: "Twenty" };
      return winners(`${users}/profile`, { method: "PATCH", token, contentType: MERGE_PATCH, json });
    }),
    attack("20 orders for the last unit", "1 placed", async ({ products, orders, mallory: { token } }) => {
      const json = {
        sku: `LAST-${crypto.randomUUID()}`,
        name: "Last",
        price: { amount: 5, currency: "USD" },
        stock: 1,
      };
      const { body } = await send(`${products}/products`, { method: "POST", token, json });
      const placed = { items: [{ productId: body.id, quantity: 1 }], shippingAddress: ADDRESS };
      const tries = Array.from({ length: 20 }, () =>
        outcomeOf(`${orders}/orders`, { method: "POST", token, json: placed }),
      );
      return `${(await Promise.all(tries)).filter((seen) => seen === "201").length} placed`;
    }),
    attack("20 registrations of one email", "1 made", async ({ users }) => {
      const email = `${crypto.randomUUID()}@example.com`;
      const json = { email, password: "a passphrase nobody has", displayName: "M" };
      const tries = Array.from({ length: 20 }, () => outcomeOf(`${users}/register`, { method: "POST", json }));
      return `${(await Promise.all(tries)).filter((seen) => seen === "201").length} made`;
    }),
    attack(
      "another payload under one Idempotency-Key",
      "422 idempotency-key-reused",
      async ({ orders, lamp, mallory: { token } }) => {
        const headers = { "idempotency-key": crypto.randomUUID() };
        const place = (quantity: number) => ({
          ...{ method: "POST", token, headers },
          json: { items: [{ productId: lamp.id, quantity }], shippingAddress: ADDRESS },
        });
        await send(`${orders}/orders`, place(1));
        return outcomeOf(`${orders}/orders`, place(2));
      },
    ),
  ],
};

function foreign(name: string, origin: string, attempt: Attempt = {}): Attack {
  return attack(name, "not allowed", async ({ products }) => {
    const { headers } = await send(`${products}/products`, { ...attempt, headers: { ...attempt.headers, origin } });
    const allowed = ["access-control-allow-origin", "access-control-allow-credentials"].filter((it) => headers.has(it));
    return allowed.length === 0 ? "not allowed" : allowed.join(", ");
  });
}

const PREFLIGHT = { method: "OPTIONS", headers: { "access-control-request-method": "POST" } };

/** Pages of others in a browser (OWASP API8:2023). */
export const BROWSER_ATTACKS: AttackGroup = {
  group: "browser",
  attacks: [
    foreign("a page of another origin", "http://evil.example"),
    foreign("a page of another origin asks first", "http://evil.example", PREFLIGHT),
    foreign("the origin null", "null"),
    foreign("an origin that begins like ours", "http://localhost:3000.evil.example"),
    foreign("an origin that ends like ours", "http://evil-localhost:3000"),
    foreign("ours in another scheme", "https://localhost:3000"),
    foreign("any origin", "*"),
    attack("a form of another page", "415 unsupported-media-type", async ({ users }) => {
      const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
      const body = '{"email":"a@b","password":"x"}';
      return distinct(
        await Promise.all(
          types.map((contentType) => outcomeOf(`${users}/login`, { method: "POST", body, contentType })),
        ),
      );
    }),
    attack("a frame around the docs, and scripts in them", "neither", async ({ users }) => {
      const policy = (await send(`${users}/docs`)).headers.get("content-security-policy") ?? "";
      const strict =
        policy.includes("default-src 'none'") && !/unsafe-inline|unsafe-eval|script-src[^;]*\*/.test(policy);
      return strict && policy.includes("frame-ancestors 'none'") ? "neither" : policy;
    }),
  ],
};

/** What must not be told. */
export const SECRET_ATTACKS: AttackGroup = {
  group: "secrets",
  attacks: [
    attack("private members in the key set", "none", async ({ users }) => {
      const { text } = await send(`${users}/.well-known/jwks.json`);
      return /"(d|p|q|k)":/.test(text) ? "some" : "none";
    }),
    attack("a password in what is answered to it", "not told", async ({ users }) => {
      const json = { email: "x", password: "SECRET-short", displayName: "M\u0000", SECRETfield: 1 };
      const { text } = await send(`${users}/register`, { method: "POST", json });
      return text.includes("SECRET-short") ? "told" : "not told";
    }),
    attack("how an account is kept, in any answer about it", "nothing", async ({ users, admin, alice }) => {
      const urls = [`${users}/users?limit=100`, `${users}/profile`];
      const texts = await Promise.all(urls.map(async (url) => (await send(url, { token: admin.token })).text));
      const own = (await send(`${users}/profile`, { token: alice.token })).text;
      return /hash|argon|epoch|secret/i.test(texts.join(own)) ? "something" : "nothing";
    }),
    attack("the kind of server", "not told", async ({ products }) => {
      const { headers } = await send(`${products}/nowhere`);
      return headers.has("server") || headers.has("x-powered-by") ? "told" : "not told";
    }),
    attack("accounts and secrets in the metrics", "nothing", async ({ users, products, orders, alice }) => {
      const texts = await Promise.all(
        [users, products, orders].map(async (url) => (await send(`${url}/metrics`)).text),
      );
      return texts.join().includes("example.com") || texts.join().includes(alice.id) ? "something" : "nothing";
    }),
    attack("passwords, tokens and secrets in the logs", "nothing", async ({ stack, alice, mallory, admin }) => {
      const logs = SERVICE_NAMES.map((name) => readFileSync(stack.services[name].logFile, "utf8")).join("");
      const secrets = [alice, mallory, admin].flatMap(({ password, token, refreshToken }) => [
        password,
        token,
        refreshToken,
      ]);
      const told = [...secrets, stack.serviceClient.secret, "argon2id"].filter((it) => logs.includes(it));
      return told.length === 0 ? "nothing" : `${told.length} of them`;
    }),
    attack("every line of the logs is one of ours", "only JSON", async ({ stack }) => {
      const lines = SERVICE_NAMES.flatMap((name) => readFileSync(stack.services[name].logFile, "utf8").split("\n"));
      const odd = lines.filter((line) => line !== "" && !/^\{"/.test(line));
      return odd.length === 0 ? "only JSON" : (odd[0] ?? "");
    }),
    attack("secrets compared in a time that depends on them", "nowhere in the sources", async () => {
      const places = sources().flatMap(({ path, text }) =>
        text.split("\n").flatMap((line, at) => (comparesSecret(line) ? [`${path}:${at + 1}`] : [])),
      );
      return places.length === 0 ? "nowhere in the sources" : places.join(", ");
    }),
  ],
};

const NAMES_SECRET = /secret|password|digest|hash|mac\b|signature/i;
const NO_SECRET = /^(undefined|null|""|"\w+"|\d+)[;,)]*$|\.length\b|^typeof/;

/** Whether a line has a comparison by `==` of two values, one of which is named like a secret. */
function comparesSecret(line: string): boolean {
  const code = line.replace(/\/\/.*|^\s*\*.*/, "");
  return code.matchAll(/([\w.()"'?]+) *[!=]={1,2}(?!=) *([\w.()"'?;,]+)/g).some(([, left = "", right = ""]) => {
    const sides = [left, right];
    return sides.some((side) => NAMES_SECRET.test(side)) && !sides.some((side) => NO_SECRET.test(side));
  });
}

/** What the services run, without tests. */
function sources(): readonly { path: string; text: string }[] {
  const folders = ["_platform", ...SERVICE_NAMES].map((name) => join(ROOT, "services", name));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !/(_test|fixture|contract|samples)\.ts$/.test(path))
      .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") })),
  );
}
