import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { type Answer, brief, outcomeOf, postFrom } from "./http.ts";
import { faceOf, shareLarger, timed } from "./telling.ts";
import { type Person, signIn, type World } from "./world.ts";

const WRONG = "not the passphrase of anybody";
const TIMED_ATTEMPTS = 12;
const FREE_FAILURES = 5;
const FORM = "application/x-www-form-urlencoded";

let addresses = 0;

/** Guesses from one address: failures count for an address, too, and no attack shall spoil the next one. */
class Guesser {
  readonly #url: string;
  readonly #address = `127.9.0.${++addresses % 250}`;

  constructor({ users }: World) {
    this.#url = `${users}/login`;
  }

  guess(email: string, password = WRONG, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return postFrom(this.#address, this.#url, { json: { email, password }, headers });
  }

  /** Fails so often that an account has to wait. */
  async exhaust(email: string): Promise<void> {
    for (let count = 0; count <= FREE_FAILURES; count++) await this.guess(email);
  }
}

function nobody(): string {
  return `${crypto.randomUUID()}@example.com`;
}

async function throttled(
  world: World,
  spelling: (email: string) => string,
  headers?: Readonly<Record<string, string>>,
): Promise<string> {
  const { email, password } = await world.newPerson();
  const guesser = new Guesser(world);
  await guesser.exhaust(email);
  return brief(await guesser.guess(spelling(email), password, headers));
}

/** Whether an email with an account takes longer than one without. */
async function compareTimes(world: World): Promise<string> {
  const people: Person[] = [];
  for (let count = 0; count < TIMED_ATTEMPTS; count++) people.push(await world.newPerson());
  const known: number[] = [];
  const unknown: number[] = [];
  const guesser = new Guesser(world);
  for (const { email } of people) {
    known.push(await timed(() => guesser.guess(email)));
    unknown.push(await timed(() => guesser.guess(nobody())));
  }
  const share = shareLarger(known, unknown);
  // Of two equal rows of 12 the share lies outside this in one run of 2,000.
  return share > 0.1 && share < 0.9 ? "as long" : `can be told apart: ${share.toFixed(2)} of the pairs`;
}

function client(
  name: string,
  expected: string,
  form: (login: { id: string; secret: string }) => Record<string, string>,
): Attack {
  return attack(name, expected, ({ users, stack: { serviceClient } }) => {
    const body = String(new URLSearchParams({ grant_type: "client_credentials", ...form(serviceClient) }));
    return outcomeOf(`${users}/token`, { method: "POST", body, contentType: FORM });
  });
}

/** Guesses, and what a stranger can find out (OWASP API2:2023). */
export const GUESSING_ATTACKS: AttackGroup = {
  group: "guessing",
  attacks: [
    attack("tell an account from none by the answer", "the same answer", async (world) => {
      const guesser = new Guesser(world);
      const known = await guesser.guess((await world.newPerson()).email);
      const unknown = await guesser.guess(nobody());
      return faceOf(known) === faceOf(unknown) ? "the same answer" : `${known.text} and ${unknown.text}`;
    }),
    attack("tell an account from none by the time", "as long", compareTimes),
    attack("guess on after failures, even rightly", "429 too-many-requests", (world) =>
      throttled(world, (email) => email),
    ),
    attack("guess on with the email in another spelling", "429 too-many-requests", (world) =>
      throttled(world, (email) => email.toUpperCase()),
    ),
    attack("guess on from an address that is made up", "429 too-many-requests", (world) =>
      throttled(world, (email) => email, {
        "x-forwarded-for": "203.0.113.9",
        "x-real-ip": "203.0.113.9",
        forwarded: "for=203.0.113.9",
        "true-client-ip": "203.0.113.9",
      }),
    ),
    attack("tell an account from none by the throttle", "429 too-many-requests", async (world) => {
      const [email, guesser] = [nobody(), new Guesser(world)];
      await guesser.exhaust(email);
      return brief(await guesser.guess(email));
    }),
    attack("30 guesses at once: no more are looked at than one after the other", "at most 6", async (world) => {
      const { email } = await world.newPerson();
      const guesser = new Guesser(world);
      const answers = await Promise.all(Array.from({ length: 30 }, () => guesser.guess(email)));
      const looked = answers.filter(({ status }) => status === 401).length;
      return looked <= FREE_FAILURES + 1 ? "at most 6" : `${looked} were looked at`;
    }),
    attack("a throttled account is not locked out for good", "in", async (world) => {
      const { email, password } = await world.newPerson();
      const guesser = new Guesser(world);
      await guesser.exhaust(email);
      const refused = await guesser.guess(email);
      await Bun.sleep(Number(refused.headers.get("retry-after") ?? 1) * 1000 + 500);
      return (await signIn(world.users, { id: "", email, password })).token === "" ? "out" : "in";
    }),
    attack("one guess at each of 60 accounts from one address", /^401 .*, 429 too-many-requests$/, async (world) => {
      const guesser = new Guesser(world);
      const answers = await Promise.all(Array.from({ length: 60 }, () => guesser.guess(nobody())));
      return distinct(answers.map(brief));
    }),
    attack("a common password", "400 invalid-request", async ({ users }) => {
      const weak = ["passwordpassword", "123456789012345", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "exampleexample"];
      const seen = weak.map((password) =>
        outcomeOf(`${users}/register`, { method: "POST", json: { email: nobody(), password, displayName: "M" } }),
      );
      return distinct(await Promise.all(seen));
    }),
    client("a client with the beginning of its secret", "401 invalid_client", ({ id, secret }) => ({
      client_id: id,
      client_secret: secret.slice(0, -1),
    })),
    client("a client with one character of its secret changed", "401 invalid_client", ({ id, secret }) => ({
      client_id: id,
      client_secret: `${secret.slice(0, -1)}${secret.endsWith("x") ? "y" : "x"}`,
    })),
    client("a client with something behind its secret", "401 invalid_client", ({ id, secret }) => ({
      client_id: id,
      client_secret: `${secret}x`,
    })),
    client("a client without a secret", "401 invalid_client", ({ id }) => ({ client_id: id })),
    client("a client that nobody knows", "401 invalid_client", ({ secret }) => ({
      client_id: "nobody",
      client_secret: secret,
    })),
    client("a client named __proto__", "401 invalid_client", ({ secret }) => ({
      client_id: "__proto__",
      client_secret: secret,
    })),
    client("a scope that there is not", "400 invalid_scope", ({ id, secret }) => ({
      client_id: id,
      client_secret: secret,
      scope: "stock:write admin",
    })),
    client("a password for a service's token", "400 unsupported_grant_type", ({ id, secret }) => ({
      client_id: id,
      client_secret: secret,
      grant_type: "password",
    })),
    attack("a client in the header and in the form", "400 invalid_request", ({ users, stack: { serviceClient } }) => {
      const { id, secret } = serviceClient;
      const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
      const body = String(new URLSearchParams({ grant_type: "client_credentials", client_secret: secret }));
      return outcomeOf(`${users}/token`, { method: "POST", body, headers, contentType: FORM });
    }),
  ],
};
