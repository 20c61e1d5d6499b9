/** A session with the real user-authentication service, over a real store. */
import { expect, test } from "bun:test";
import { createSession, type Session, type SessionStore, type SessionTokens } from "#sdk";
import { PASSWORD, useFixture } from "../services/user-authentication/service_fixture.ts";

const fixture = useFixture();
/** Longer than an access token lives. */
const LATER_MS = 600_000;

interface Tab {
  readonly session: Session;
  /** Lets its clock run ahead, so that its token has ended. */
  wait(): void;
}

function openTab(store: SessionStore, fetch: (request: Request) => Promise<Response> = fixture.service.handle): Tab {
  let aheadMs = 0;
  return {
    session: createSession({ baseUrl: "http://localhost", fetch, store, now: () => Date.now() + aheadMs }),
    wait: () => {
      aheadMs += LATER_MS;
    },
  };
}

function createStore() {
  let kept: SessionTokens | undefined;
  return {
    load: () => kept,
    save: (tokens: SessionTokens | undefined) => {
      kept = tokens;
    },
  };
}

async function signIn({ session }: Tab): Promise<string> {
  const { id, email } = await fixture.addUser();
  await session.logIn({ email, password: PASSWORD });
  return id;
}

test("goes on as the same user, token after token", async () => {
  const store = createStore();
  const tab = openTab(store);
  const id = await signIn(tab);
  for (let count = 0; count < 3; count++) {
    const before = store.load();
    tab.wait();
    expect((await tab.session.client.getProfile()).body.id).toBe(id);
    expect(store.load()?.refreshToken).not.toBe(before!.refreshToken);
  }
});

test("two tabs that refresh at the same moment both stay signed in", async () => {
  const store = createStore();
  const tabs = [openTab(store), openTab(store)];
  const id = await signIn(tabs[0]!);
  for (let count = 0; count < 2; count++) {
    for (const tab of tabs) tab.wait();
    const profiles = await Promise.all(tabs.map(({ session }) => session.client.getProfile()));
    expect(profiles.map(({ body }) => body.id)).toEqual([id, id]);
  }
});

test("a refresh whose answer was lost does not end the session", async () => {
  const store = createStore();
  let lost = 0;
  const tab = openTab(store, async (request) => {
    const isRefresh = request.url.endsWith("/token/refresh");
    const response = await fixture.service.handle(request);
    if (isRefresh && lost++ === 0) throw new TypeError("reset");
    return response;
  });
  const id = await signIn(tab);
  tab.wait();
  expect((await tab.session.client.getProfile()).body.id).toBe(id);
  tab.wait();
  expect((await tab.session.client.getProfile()).body.id).toBe(id);
  expect(lost).toBe(3);
});

test("signing out ends it for everybody who holds its tokens", async () => {
  const store = createStore();
  const tab = openTab(store);
  await signIn(tab);
  const { refreshToken } = store.load()!;
  await tab.session.logOut();
  const refresh = fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
  await expect(refresh).rejects.toMatchObject({ code: "invalid-refresh-token" });
});

test("a new password ends it at its next refresh, and the store is told", async () => {
  const store = createStore();
  const tab = openTab(store);
  await signIn(tab);
  const body = { currentPassword: PASSWORD, newPassword: "other lanterns over the harbour" };
  await tab.session.client.changePassword({ body });
  tab.wait();
  await expect(tab.session.client.getProfile()).rejects.toMatchObject({ code: "unauthorized" });
  expect(store.load()).toBeUndefined();
  expect(await tab.session.isSignedIn()).toBe(false);
});
