import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type AttackGroup, attack, distinct } from "./attack.ts";
import { type Answer, brief, outcomeOf, postFrom, send } from "./http.ts";
import { faceOf, shareLarger, timed } from "./telling.ts";
import { type Person, presentRefreshToken, signIn, type World } from "./world.ts";

const DEAD = "403 invalid-mail-token";
const OTHER_PASSWORD = "loud trumpets under the mountain";
const TIMED_REQUESTS = 12;
const FREE_MAILS = 4;
const PATIENCE_MS = 10_000;

let addresses = 0;

/** Asks from an address of its own: mails are counted by address, too. */
function request(
  { users }: World,
  email: string,
  headers: Readonly<Record<string, string>> = {},
  from = `127.8.0.${++addresses % 250}`,
): Promise<Answer> {
  return postFrom(from, `${users}/password-reset`, { json: { email }, headers });
}

/** The mails that were written to an address, once there are so many. */
async function mailsTo({ stack }: World, email: string, least: number): Promise<readonly string[]> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const mails = readMails(stack.mailFile).filter((mail) => mail.includes(`To: ${email}\n`));
    if (mails.length >= least || performance.now() > giveUpMs) return mails;
    await Bun.sleep(50);
  }
}

function readMails(path: string): readonly string[] {
  return readFileSync(path, "utf8").split("\n---\n");
}

function tokenIn(mail = ""): string {
  return /^([A-Za-z0-9_-]{43})$/m.exec(mail)?.[1] ?? "";
}

/** Whoever reads the victim's mails; registration has sent one before. */
async function resetToken(world: World, { email }: Person, count = 1): Promise<string> {
  await request(world, email);
  return tokenIn((await mailsTo(world, email, 1 + count)).at(-1));
}

function reset({ users }: World, token: string, newPassword = OTHER_PASSWORD): Promise<string> {
  return outcomeOf(`${users}/password-reset/confirmation`, { method: "POST", json: { token, newPassword } });
}

function nobody(): string {
  return `${crypto.randomUUID()}@example.com`;
}

async function compareTimes(world: World): Promise<string> {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let count = 0; count < TIMED_REQUESTS; count++) {
    const { email } = await world.newPerson();
    const asks = [
      async () => known.push(await timed(() => request(world, email))),
      async () => unknown.push(await timed(() => request(world, nobody()))),
    ];
    // What goes before leaves the service something to do: each is the first as often as the other.
    for (const ask of count % 2 === 0 ? asks : asks.reverse()) await ask();
  }
  const share = shareLarger(known, unknown);
  return share > 0.1 && share < 0.9 ? "as long" : `can be told apart: ${share.toFixed(2)} of the pairs`;
}

/** Setting a password by mail, which is a way in for whoever can guess, read or redirect one. */
export const MAIL_ATTACKS: AttackGroup = {
  group: "mails",
  attacks: [
    attack("(control) a token sets the password once", `204, ${DEAD}`, async (world) => {
      const person = await world.newPerson();
      const token = await resetToken(world, person);
      return `${await reset(world, token)}, ${await reset(world, token, "yet another long passphrase")}`;
    }),
    attack("10 uses of one token at once", `204, ${DEAD}`, async (world) => {
      const token = await resetToken(world, await world.newPerson());
      const uses = Array.from({ length: 10 }, (_, at) => reset(world, token, `${OTHER_PASSWORD} ${at}`));
      const seen = await Promise.all(uses);
      return seen.filter((each) => each === "204").length === 1 ? distinct(seen) : `more than once: ${seen.join(" ")}`;
    }),
    attack("guess 200 tokens", DEAD, async (world) => {
      const guess = () => reset(world, crypto.getRandomValues(Buffer.alloc(32)).toString("base64url"));
      return distinct(await Promise.all(Array.from({ length: 200 }, guess)));
    }),
    attack("a token with something behind it, before it, or in other case", DEAD, async (world) => {
      const token = await resetToken(world, await world.newPerson());
      const spoilt = [`${token} `, ` ${token}`, `${token}\u0000`, token.toLowerCase(), token.slice(0, -1), `${token}=`];
      return distinct(await Promise.all(spoilt.map((each) => reset(world, each))));
    }),
    attack("what the database has of a token", DEAD, async (world) => {
      const token = await resetToken(world, await world.newPerson());
      const digests = [token, `reset-password:${token}`].map((text) => createHash("sha256").update(text));
      return distinct(await Promise.all(digests.map((digest) => reset(world, digest.digest("base64url")))));
    }),
    attack("the token that verifies an email, to set the password", DEAD, async (world) => {
      const { email } = await world.newPerson();
      return reset(world, tokenIn((await mailsTo(world, email, 1)).at(-1)));
    }),
    attack("a token from before another one was used", `204, ${DEAD}`, async (world) => {
      const person = await world.newPerson();
      const [first, second] = [await resetToken(world, person, 1), await resetToken(world, person, 2)];
      return `${await reset(world, second)}, ${await reset(world, first)}`;
    }),
    attack("a token from before the password was changed", `204, ${DEAD}`, async (world) => {
      const person = await world.newPerson();
      const token = await resetToken(world, person);
      const json = { currentPassword: person.password, newPassword: OTHER_PASSWORD };
      const changed = outcomeOf(`${world.users}/profile/password`, { method: "PUT", token: person.token, json });
      return `${await changed}, ${await reset(world, token, "yet another long passphrase")}`;
    }),
    attack("the thief's session after the owner has set the password", "401, 401, 401", async (world) => {
      const person = await world.newPerson();
      const thief = await signIn(world.users, person);
      await reset(world, await resetToken(world, person));
      const refreshed = await presentRefreshToken(world.users, thief.refreshToken);
      const sessions = await send(`${world.users}/profile/sessions`, { token: thief.token });
      const json = { email: person.email, password: person.password };
      const login = await send(`${world.users}/login`, { method: "POST", json });
      return [refreshed, sessions, login].map(({ status }) => status).join(", ");
    }),
    attack("tell an account from none by asking for a mail", "the same answer", async (world) => {
      const known = await request(world, (await world.newPerson()).email);
      const unknown = await request(world, nobody());
      return faceOf(known) === faceOf(unknown) ? "the same answer" : `${known.text} and ${unknown.text}`;
    }),
    attack("tell an account from none by how long asking takes", "as long", compareTimes),
    attack("tell an account from none by when it is enough", "429 too-many-requests", async (world) => {
      const emails = [(await world.newPerson()).email, nobody()];
      const seen = emails.map(async (email) => {
        for (let count = 0; count < FREE_MAILS; count++) await request(world, email);
        return brief(await request(world, email));
      });
      return distinct(await Promise.all(seen));
    }),
    attack("flood somebody with mails, in many spellings from many addresses", "at most 4", async (world) => {
      const { email } = await world.newPerson();
      const spell = (at: number): string => (at % 2 === 0 ? email : email.toUpperCase());
      await Promise.all(Array.from({ length: 30 }, (_, at) => request(world, spell(at))));
      await Bun.sleep(500);
      const sent = (await mailsTo(world, email, 1)).length - 1; // one of them is of the registration
      return sent <= FREE_MAILS ? "at most 4" : `${sent} mails`;
    }),
    attack("headers and receivers in an email", "nobody else", async (world) => {
      const { email } = await world.newPerson();
      const evil = `eve-${crypto.randomUUID()}@example.com`;
      const tries = [`${email}\r\nBcc: ${evil}`, `${email}, ${evil}`, `${email}\n\n${evil}`, `${email}\u0000${evil}`];
      for (const each of tries) await request(world, each);
      const registration = { password: OTHER_PASSWORD, displayName: `Eve <${evil}>` };
      const register = (address: string) =>
        send(`${world.users}/register`, { method: "POST", json: { ...registration, email: address } });
      await Promise.all([...tries.map(register), register(nobody())]);
      await Bun.sleep(500);
      return readMails(world.stack.mailFile).some((mail) => mail.includes(evil)) ? "eve is in a mail" : "nobody else";
    }),
    attack("a link to somewhere else, by the host of the request", "not in the mail", async (world) => {
      const { email } = await world.newPerson();
      const evil = "evil.example";
      await request(world, email, { "x-forwarded-host": evil, forwarded: `host=${evil}`, origin: `https://${evil}` });
      const mails = await mailsTo(world, email, 2);
      if (mails.length < 2) return "there was no mail";
      return mails.some((mail) => mail.includes(evil)) ? mails.join() : "not in the mail";
    }),
    attack("a token in a log", "none", async (world) => {
      const token = await resetToken(world, await world.newPerson());
      await reset(world, token);
      const log = readFileSync(world.stack.mailFile.replace("mails.txt", "logs/user-authentication.log"), "utf8");
      return log.includes(token) ? "the token" : "none";
    }),
  ],
};
