import { expect, test } from "bun:test";
import { createRefreshToken, decideRefresh, hashRefreshToken, type RefreshState } from "./refresh_token.ts";

const NOW = new Date("2026-11-23T10:00:00Z");
const before = (ms: number): Date => new Date(NOW.getTime() - ms);

/** The token that was given last, in a session that goes on. */
const CURRENT: RefreshState = {
  now: NOW,
  token: { generation: 3, replacedAt: null },
  session: { generation: 3, expiresAt: before(-1), revokedAt: null, epoch: 1 },
  accountEpoch: 1,
};
const PARENT: RefreshState = { ...CURRENT, token: { generation: 2, replacedAt: before(9_999) } };

test.each<[string, RefreshState, string]>([
  ["the current token", CURRENT, "renew"],
  ["a twin of the current token", { ...CURRENT, token: { generation: 2, replacedAt: null } }, "renew"],
  ["the parent within the grace", PARENT, "renew"],
  ["the parent after the grace", { ...PARENT, token: { generation: 2, replacedAt: before(10_000) } }, "revoke"],
  ["the grandparent within the grace", { ...PARENT, token: { generation: 1, replacedAt: before(10) } }, "revoke"],
  ["a token of an expired session", { ...CURRENT, session: { ...CURRENT.session, expiresAt: NOW } }, "refuse"],
  ["a token of a revoked session", { ...CURRENT, session: { ...CURRENT.session, revokedAt: before(1) } }, "refuse"],
  ["an old token of a revoked session", { ...PARENT, session: { ...CURRENT.session, revokedAt: before(1) } }, "refuse"],
  ["a token from before a change of password or roles", { ...CURRENT, accountEpoch: 2 }, "refuse"],
])("decideRefresh() of %s", (_, state, decision) => {
  expect<string>(decideRefresh(state)).toBe(decision);
});

test("decideRefresh() takes another grace", () => {
  expect(decideRefresh(PARENT, 9_999)).toBe("revoke");
  expect(decideRefresh({ ...PARENT, token: { generation: 2, replacedAt: NOW } }, 0)).toBe("revoke");
});

test("createRefreshToken() makes 256 random bits, stored as a hash", () => {
  const tokens = Array.from({ length: 100 }, createRefreshToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(hashRefreshToken(token)).toMatch(/^[\w-]{43}$/);
    expect(hashRefreshToken(token)).not.toBe(token);
  }
});
