import { describe, expect, test } from "bun:test";
import { ConnectionError, createSession, type SessionStore, type SessionTokens } from "#sdk";
import { failure, problem } from "./fixtures.ts";

const LOGIN = { email: "ada@example.com", password: "a long enough passphrase" };

/** An authorization server: what was issued last is good, every refresh token once. */
function createIssuer() {
  const asked: string[] = [];
  const faults: (() => Response)[] = [];
  let count = 0;
  const arrived = Promise.withResolvers<void>();
  let released = Promise.resolve();
  const issue = (): Response => {
    count++;
    const tokens = { access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 300 };
    return Response.json({ ...tokens, token_type: "Bearer" });
  };
  const answer = async (request: Request, path: string): Promise<Response> => {
    if (path === "/login") return issue();
    if (path === "/logout") return new Response(null, { status: 204 });
    if (path === "/token/refresh") {
      const { refresh_token } = (await request.json()) as { refresh_token: string }; // the contract's
      arrived.resolve();
      await released;
      const fault = faults.shift();
      if (fault) return fault();
      return refresh_token === `refresh-${count}` ? issue() : problem(401, "invalid-refresh-token");
    }
    const isGood = request.headers.get("authorization") === `Bearer access-${count}`;
    return isGood ? Response.json({ id: "u" }) : problem(401, "unauthorized");
  };
  return {
    asked,
    faults,
    /** Ends the access tokens that are out. */
    revoke: () => {
      count += 100;
    },
    /** Holds refreshes back: `arrived` tells of the first. */
    holdBack: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      released = promise;
      return { arrived: arrived.promise, release: resolve };
    },
    fetch: (request: Request): Promise<Response> => {
      const path = new URL(request.url).pathname;
      asked.push(path);
      return answer(request, path);
    },
  };
}

function createStore(first?: SessionTokens) {
  const saved: (SessionTokens | undefined)[] = [first];
  const store: SessionStore = { load: async () => saved.at(-1), save: async (tokens) => void saved.push(tokens) };
  return { saved, store };
}

function tokens(number: number, endsMs = Number.POSITIVE_INFINITY): SessionTokens {
  return { accessToken: `access-${number}`, refreshToken: `refresh-${number}`, endsMs };
}

describe("a session", () => {
  test("asks as nobody, then as its user, then as nobody again", async () => {
    const { fetch, asked } = createIssuer();
    const session = createSession({ baseUrl: "http://localhost", fetch });
    expect(await session.isSignedIn()).toBe(false);
    await expect(session.client.getProfile()).rejects.toMatchObject({ code: "unauthorized" });
    await session.logIn(LOGIN);
    expect(await session.isSignedIn()).toBe(true);
    expect(await session.client.getProfile()).toMatchObject({ body: { id: "u" } });
    await session.logOut();
    expect(await session.isSignedIn()).toBe(false);
    await expect(session.client.getProfile()).rejects.toMatchObject({ code: "unauthorized" });
    expect(asked).toEqual(["/profile", "/login", "/profile", "/logout", "/profile"]);
  });

  test("replaces its token before it ends, once for many callers", async () => {
    let nowMs = 0;
    const { fetch, asked } = createIssuer();
    const session = createSession({ baseUrl: "http://localhost", fetch, now: () => nowMs });
    await session.logIn(LOGIN);
    nowMs = 269_000;
    await session.client.getProfile();
    expect(asked).toEqual(["/login", "/profile"]);
    nowMs = 271_000;
    await Promise.all([1, 2, 3].map(() => session.client.getProfile()));
    expect(asked.filter((path) => path === "/token/refresh")).toHaveLength(1);
    expect(asked.filter((path) => path === "/profile")).toHaveLength(4);
  });

  test("replaces a token that is refused, once for many callers, and sends their requests again", async () => {
    const issuer = createIssuer();
    const { store } = createStore({ ...tokens(0), accessToken: "access-of-yesterday" });
    const { client } = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    const profiles = await Promise.all([1, 2, 3].map(() => client.getProfile()));
    expect(profiles.map(({ body }) => body.id)).toEqual(["u", "u", "u"]);
    expect(issuer.asked.filter((path) => path === "/token/refresh")).toHaveLength(1);
    expect(issuer.asked.filter((path) => path === "/profile")).toHaveLength(6);
  });

  test("goes on where its store left off", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0, 0));
    const { client } = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store, now: () => 1_000 });
    await client.getProfile();
    expect(issuer.asked).toEqual(["/token/refresh", "/profile"]);
    expect(saved.at(-1)).toEqual(tokens(1, 301_000));
  });

  test("that the service has ended is forgotten, and every caller told so", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0));
    const { client } = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    issuer.revoke();
    const errors = await Promise.all([failure(client.getProfile()), failure(client.getProfile())]);
    expect(errors).toMatchObject([{ code: "unauthorized" }, { code: "unauthorized" }]);
    expect(saved).toEqual([tokens(0), undefined]);
  });

  test("that cannot be refreshed for now is kept", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0, 0));
    const session = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    issuer.faults.push(() => problem(503, "service-unavailable", {}, { "retry-after": "60" }));
    await expect(session.token()).rejects.toMatchObject({ code: "service-unavailable" });
    expect(saved).toEqual([tokens(0, 0)]);
    expect(await session.token()).toBe("access-1");
  });

  test("asks again at once when the answer to a refresh was lost", async () => {
    const issuer = createIssuer();
    const { store } = createStore(tokens(0, 0));
    const session = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    issuer.faults.push(() => {
      throw new TypeError("reset");
    });
    expect(await session.token()).toBe("access-1");
    expect(issuer.asked).toEqual(["/token/refresh", "/token/refresh"]);
  });

  test("gives up a refresh before its token counts as stolen", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0, 0));
    issuer.holdBack();
    const session = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store, timeoutMs: 10 });
    expect(await failure(session.token())).toBeInstanceOf(ConnectionError);
    expect(issuer.asked).toHaveLength(2);
    expect(saved).toEqual([tokens(0, 0)]);
  });
});

describe("while a session is refreshed", () => {
  test("its user can sign out: nothing brings the tokens back", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0, 0));
    const session = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    const { arrived, release } = issuer.holdBack();
    const token = session.token();
    await arrived;
    await session.logOut();
    release();
    expect(await token).toBeUndefined();
    expect(saved.at(-1)).toBeUndefined();
  });

  test("another tab can be faster: its tokens hold", async () => {
    const issuer = createIssuer();
    const { store, saved } = createStore(tokens(0, 0));
    const session = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    const { arrived, release } = issuer.holdBack();
    const token = session.token();
    await arrived;
    await store.save(tokens(7));
    release();
    expect(await token).toBe("access-7");
    expect(saved.at(-1)).toEqual(tokens(7));
  });

  test("a caller who leaves does not take the others' token away", async () => {
    const issuer = createIssuer();
    const { store } = createStore(tokens(0, 0));
    const { client } = createSession({ baseUrl: "http://localhost", fetch: issuer.fetch, store });
    const { arrived, release } = issuer.holdBack();
    const leave = new AbortController();
    const left = failure(client.getProfile({}, { signal: leave.signal }));
    const stayed = client.getProfile();
    await arrived;
    leave.abort(new Error("left the page"));
    expect(await left).toMatchObject({ message: "left the page" });
    release();
    expect(await stayed).toMatchObject({ body: { id: "u" } });
  });
});

test("signing out is done here even if the service can't be told", async () => {
  const { store, saved } = createStore(tokens(0));
  const fetch = (): Response => problem(503, "service-unavailable");
  const session = createSession({ baseUrl: "http://localhost", fetch, store });
  await expect(session.logOut()).rejects.toMatchObject({ code: "service-unavailable" });
  expect(saved.at(-1)).toBeUndefined();
});
