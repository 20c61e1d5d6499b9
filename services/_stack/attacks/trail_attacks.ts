import postgres from "postgres";
import { type AttackGroup, attack, distinct } from "./attack.ts";
import { type Answer, outcomeOf, postFrom, send } from "./http.ts";
import { type Person, signIn, type World } from "./world.ts";

type Event = Readonly<Record<string, unknown>> & { readonly source: { readonly userAgent: string | null } };

const TRAILS = ["users/audit-events", "products/product-audit-events", "orders/order-audit-events"] as const;

function urlOf(world: World, trail: (typeof TRAILS)[number]): string {
  const [service = "users", path] = trail.split("/") as ["users" | "products" | "orders", string]; // of the list above
  return `${world[service]}/${path}`;
}

async function eventsAbout({ users, admin }: World, { id }: Person, action: string): Promise<readonly Event[]> {
  const { body } = await send(`${users}/audit-events?targetId=${id}&action=${action}&limit=100`, {
    token: admin.token,
  });
  return body.items as readonly Event[]; // of the contract
}

function everywhere(world: World, ask: (url: string) => Promise<string>): Promise<string> {
  return Promise.all(TRAILS.map((trail) => ask(urlOf(world, trail)))).then(distinct);
}

/** What an attacker would rather not have written down, or would like to read. */
export const TRAIL_ATTACKS: AttackGroup = {
  group: "trail",
  attacks: [
    attack(
      "read a trail as nobody, as a customer, and as a service",
      "401 unauthorized, 403 forbidden",
      async (world) => {
        const seen: string[] = [];
        for (const token of [undefined, world.mallory.token, await world.serviceToken()]) {
          for (const trail of TRAILS) seen.push(await outcomeOf(urlOf(world, trail), { token }));
        }
        return distinct(seen);
      },
    ),
    attack("add to a trail, change and delete it, as an admin", "405 method-not-allowed", (world) =>
      everywhere(world, async (url) => {
        const methods = ["POST", "PUT", "PATCH", "DELETE"];
        return distinct(
          await Promise.all(methods.map((method) => outcomeOf(url, { method, token: world.admin.token, json: {} }))),
        );
      }),
    ),
    attack("change a trail with the login that the service has", "refused", async ({ stack }) => {
      const sql = postgres(stack.storeUrls["order-processing"], { max: 1, onnotice: () => {} });
      const change = (statement: string): Promise<string> =>
        sql.unsafe(statement).then(
          () => "done",
          ({ code }: { code?: string }) => (code === "42501" ? "refused" : String(code)),
        );
      const id = Bun.randomUUIDv7();
      await sql`INSERT INTO audit_events (id, action, actor_kind, target_kind, address, request_id, details)
        VALUES (${id}, 'order-deleted', 'operator', 'order', '127.0.0.1', ${id}, '{}')`;
      const seen = [
        await change("UPDATE audit_events SET actor_id = 'nobody'"),
        await change("DELETE FROM audit_events"),
        await change("TRUNCATE audit_events"),
      ];
      await sql.end();
      return distinct(seen);
    }),
    attack("a filter that is a query", "400 invalid-request", (world) =>
      everywhere(world, async (url) => {
        const filters = [
          "targetId[$ne]=x",
          "actorId=%7B%22%24ne%22%3Anull%7D",
          "action=%27%20OR%201%3D1--",
          "since=%24gt",
        ];
        return distinct(
          await Promise.all(filters.map((it) => outcomeOf(`${url}?${it}`, { token: world.admin.token }))),
        );
      }),
    ),
    attack("guess at a password without a trace", "3 of 3", async (world) => {
      const person = await world.newPerson();
      const guess = (password: string): Promise<Answer> =>
        postFrom("127.7.0.1", `${world.users}/login`, { json: { email: person.email, password } });
      for (const password of ["first guess at it", "second guess at it", "third guess at it"]) await guess(password);
      return `${(await eventsAbout(world, person, "sign-in-refused")).length} of 3`;
    }),
    attack(
      "lines, controls and a long text in a trail, by what a client calls itself",
      "at most 200, printable",
      async (world) => {
        const person = await world.newPerson();
        const headers = { "user-agent": `{"admin":true}\t\u00e9${"x".repeat(4000)}` };
        const json = { email: person.email, password: "wrong one" };
        await postFrom("127.7.0.2", `${world.users}/login`, { json, headers });
        const [event] = await eventsAbout(world, person, "sign-in-refused");
        const name = event?.source.userAgent ?? "";
        return name !== "" && name.length <= 200 && /^[\x20-\x7e]+$/.test(name)
          ? "at most 200, printable"
          : JSON.stringify(name);
      },
    ),
    attack("an access token after logout, where it is sensitive", "200, 204, 401 unauthorized", async (world) => {
      const person = await world.newPerson();
      const sessions = () => outcomeOf(`${world.users}/profile/sessions`, { token: person.token });
      const logOut = () =>
        outcomeOf(`${world.users}/logout`, { method: "POST", json: { refresh_token: person.refreshToken } });
      return [await sessions(), await logOut(), await sessions()].join(", ");
    }),
    attack("an admin who is none any more, where it is sensitive", "200, 200, 401 unauthorized", async (world) => {
      const person = await world.newPerson();
      const roles = (version: number, list: readonly string[]) =>
        outcomeOf(`${world.users}/users/${person.id}/roles`, {
          ...{ method: "PUT", token: world.admin.token, json: { version, roles: list } },
        });
      await roles(1, ["customer", "admin"]);
      const { token } = await signIn(world.users, person);
      const list = () => outcomeOf(`${world.users}/users`, { token });
      return [await list(), await roles(2, ["customer"]), await list()].join(", ");
    }),
  ],
};

/** What is left of the quota that an answer tells of. */
function leftOf({ headers }: Answer): string {
  return /^"(\w+)";r=\d+/.exec(headers.get("ratelimit") ?? "")?.[0] ?? "no quota";
}

/** Whether requests use up one quota, which is refilled slowly: at its end there is less than at its beginning. */
function isOneQuota(answers: readonly Answer[]): string {
  const left = answers.map(leftOf);
  const numbers = left.map((each) => Number(/r=(\d+)/.exec(each)?.[1]));
  const falls = (numbers.at(-1) ?? Number.NaN) < (numbers[0] ?? Number.NaN);
  return falls && left.every((each) => each.startsWith('"address"')) ? "one quota" : left.join(" ");
}

const TRIES = 8;

/** Ways around the quota of an address. */
export const LIMIT_ATTACKS: AttackGroup = {
  group: "limits",
  attacks: [
    attack("another X-Forwarded-For for each request", "one quota", async ({ users }) => {
      const answers: Answer[] = [];
      for (let count = 0; count < TRIES; count++) {
        const forged = count % 2 === 0 ? `198.51.100.${count}` : `127.0.0.1, 2001:db8:${count}::1`;
        const headers = { "x-forwarded-for": forged, forwarded: `for=${forged}`, "x-real-ip": forged };
        answers.push(await postFrom("127.6.0.1", `${users}/logout`, { json: { refresh_token: "x" }, headers }));
      }
      return isOneQuota(answers);
    }),
    attack("another wrong token for each request", "one quota", async ({ orders }) => {
      const answers: Answer[] = [];
      for (let count = 0; count < TRIES; count++) {
        const headers = { authorization: `Bearer ${crypto.randomUUID()}` };
        answers.push(await postFrom("127.6.0.2", `${orders}/orders`, { json: {}, headers }));
      }
      return isOneQuota(answers);
    }),
    attack("paths that are not there, and methods that are not", "one quota", async ({ products }) => {
      const answers: Answer[] = [];
      for (const path of ["/a", "/b", "/livez", "/docs/page.css", "/products/x", "/c", "/d", "/"]) {
        answers.push(await postFrom("127.6.0.3", `${products}${path}`, { json: {} }));
      }
      return isOneQuota(answers);
    }),
    attack(
      "somebody else's quota, by their id in a token that nobody signed",
      "one quota",
      async ({ users, alice }) => {
        const answers: Answer[] = [];
        const claims = Buffer.from(JSON.stringify({ sub: alice.id })).toString("base64url");
        for (let count = 0; count < 3; count++) {
          const headers = { authorization: `Bearer e30.${claims}.c2ln` };
          answers.push(await postFrom("127.6.0.4", `${users}/email-verification`, { json: {}, headers }));
        }
        return isOneQuota(answers);
      },
    ),
  ],
};
