import { createHash } from "node:crypto";
import { type AttackGroup, attack, distinct } from "./attack.ts";
import { brief, outcomeOf, send } from "./http.ts";
import { type Person, presentRefreshToken, signIn, type World } from "./world.ts";

const DEAD = "401 invalid-refresh-token";
const OTHER_PASSWORD = "loud trumpets under the mountain";

async function refresh({ users }: World, refreshToken: string): Promise<{ seen: string; next: string }> {
  const answer = await presentRefreshToken(users, refreshToken);
  return { seen: brief(answer), next: String(answer.body.refresh_token) };
}

/** A session with two refreshes behind it: its tokens from the oldest to the youngest. */
async function family(world: World, person: Person): Promise<readonly [string, string, string]> {
  const second = await refresh(world, person.refreshToken);
  const third = await refresh(world, second.next);
  return [person.refreshToken, second.next, third.next];
}

/** What each of some refresh tokens is still good for. */
async function remains(world: World, tokens: readonly string[]): Promise<string> {
  const seen: string[] = [];
  for (const token of tokens) seen.push((await refresh(world, token)).seen);
  return distinct(seen);
}

function logOut({ users }: World, refreshToken: string): Promise<string> {
  return outcomeOf(`${users}/logout`, { method: "POST", json: { refresh_token: refreshToken } });
}

/** Refresh tokens that are stolen, replayed or should be over (RFC 9700, 4.14). */
export const SESSION_ATTACKS: AttackGroup = {
  group: "sessions",
  attacks: [
    attack("(control) a refresh token is good once", "200", async (world) => {
      return (await refresh(world, (await world.newPerson()).refreshToken)).seen;
    }),
    attack("a token of two refreshes ago", DEAD, async (world) => {
      const [first] = await family(world, await world.newPerson());
      return (await refresh(world, first)).seen;
    }),
    attack("the thief's replay ends the whole family", DEAD, async (world) => {
      const tokens = await family(world, await world.newPerson());
      await refresh(world, tokens[0]);
      return remains(world, tokens.toReversed());
    }),
    attack("20 replays of an old token at once", DEAD, async (world) => {
      const [first] = await family(world, await world.newPerson());
      const seen = await Promise.all(Array.from({ length: 20 }, () => refresh(world, first)));
      return distinct(seen.map((it) => it.seen));
    }),
    attack(
      "the grace of a replaced token does not begin anew with each use",
      "200, then 401 invalid-refresh-token",
      async (world) => {
        const { refreshToken } = await world.newPerson();
        await refresh(world, refreshToken);
        await Bun.sleep(6_000);
        const inGrace = await refresh(world, refreshToken);
        await Bun.sleep(5_000);
        return `${inGrace.seen}, then ${(await refresh(world, refreshToken)).seen}`;
      },
    ),
    attack("logout ends every token of the session", `204, ${DEAD}`, async (world) => {
      const tokens = await family(world, await world.newPerson());
      return `${await logOut(world, tokens[1])}, ${await remains(world, tokens.toReversed())}`;
    }),
    attack("revocation by RFC 7009 ends every token of the session", `200, ${DEAD}`, async (world) => {
      const tokens = await family(world, await world.newPerson());
      const body = String(new URLSearchParams({ token: tokens[0] }));
      const contentType = "application/x-www-form-urlencoded";
      const revoked = await outcomeOf(`${world.users}/token/revoke`, { method: "POST", body, contentType });
      return `${revoked}, ${await remains(world, tokens.toReversed())}`;
    }),
    attack("logging out everywhere ends the thief's session as well", `204, ${DEAD}`, async (world) => {
      const person = await world.newPerson();
      const thief = await signIn(world.users, person);
      const ended = await outcomeOf(`${world.users}/profile/sessions`, { method: "DELETE", token: person.token });
      return `${ended}, ${await remains(world, [thief.refreshToken, person.refreshToken])}`;
    }),
    attack("a refresh races with logout: nothing is left", DEAD, async (world) => {
      const { refreshToken } = await world.newPerson();
      const tries = Array.from({ length: 8 }, () => refresh(world, refreshToken));
      const [, ...renewed] = await Promise.all([logOut(world, refreshToken), ...tries]);
      return remains(world, [refreshToken, ...renewed.map(({ next }) => next)]);
    }),
    attack("a new password ends every session", `204, ${DEAD}`, async (world) => {
      const person = await world.newPerson();
      const thief = await signIn(world.users, person);
      const changed = await outcomeOf(`${world.users}/profile/password`, {
        method: "PUT",
        token: person.token,
        json: { currentPassword: person.password, newPassword: OTHER_PASSWORD },
      });
      return `${changed}, ${await remains(world, [thief.refreshToken, person.refreshToken])}`;
    }),
    attack("a new password needs the current one", "403 incorrect-password", async (world) => {
      const { token } = await world.newPerson();
      const json = { currentPassword: "not the right passphrase", newPassword: OTHER_PASSWORD };
      return outcomeOf(`${world.users}/profile/password`, { method: "PUT", token, json });
    }),
    attack("other roles end every session", `200, ${DEAD}`, async (world) => {
      const { id, refreshToken } = await world.newPerson();
      const url = `${world.users}/users/${id}/roles`;
      const json = { version: 1, roles: ["customer", "admin"] };
      const changed = await outcomeOf(url, { method: "PUT", token: world.admin.token, json });
      return `${changed}, ${await remains(world, [refreshToken])}`;
    }),
    attack("what the database has of a token is no token", DEAD, async (world) => {
      const { refreshToken } = await world.newPerson();
      const digest = createHash("sha256").update(refreshToken);
      return remains(world, [digest.copy().digest("base64url"), digest.digest("hex")]);
    }),
    attack("a token with something behind it, before it, or in other case", DEAD, async (world) => {
      const { refreshToken } = await world.newPerson();
      const spoilt = [`${refreshToken} `, ` ${refreshToken}`, `${refreshToken}\u0000`, refreshToken.toLowerCase()];
      return remains(world, [...spoilt, refreshToken.slice(0, -1)]);
    }),
    attack("logout says nothing about a token", "204 = 204", async (world) => {
      const [known, unknown] = [(await world.newPerson()).refreshToken, crypto.randomUUID()];
      return `${await logOut(world, known)} = ${await logOut(world, unknown)}`;
    }),
    attack("answers with tokens are not kept by caches", "no-store no-store", async (world) => {
      const { email, password, refreshToken } = await world.newPerson();
      const login = await send(`${world.users}/login`, { method: "POST", json: { email, password } });
      const renewed = await presentRefreshToken(world.users, refreshToken);
      return [login, renewed].map(({ headers }) => headers.get("cache-control")).join(" ");
    }),
  ],
};
