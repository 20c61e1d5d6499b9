/** What responses tell about the caller's quota. No test here uses one up: that is for tests of the services. */
import { expect, test } from "./fixtures.ts";

const POLICY = /^"(?<kind>user|service|address)";q=(?<quota>\d+);w=\d+$/;
const STATE = /^"(?<kind>user|service|address)";r=(?<left>\d+);t=\d+$/;

interface Told {
  readonly kind: string | undefined;
  readonly left: number;
  readonly quota: number;
}

function told(headers: Readonly<Record<string, string>>): Told {
  const policy = POLICY.exec(headers["ratelimit-policy"] ?? "")?.groups;
  const state = STATE.exec(headers.ratelimit ?? "")?.groups;
  expect(state?.kind, "both headers are of one quota").toBe(policy?.kind);
  return { kind: state?.kind, left: Number(state?.left), quota: Number(policy?.quota) };
}

test("a caller with a token has a quota of their own, others that of their address", async ({
  api,
  seller,
  service,
}) => {
  const user = told((await api.answers(200, "getProfile", { as: seller })).headers);
  expect(user.kind).toBe("user");
  expect(user.left).toBeLessThan(user.quota);
  expect(told((await api.answers(200, "listProducts")).headers).kind).toBe("address");
  expect(told((await api.answers(200, "auditStock", { as: service, body: { limit: 1 } })).headers).kind).toBe(
    "service",
  );
});

test("what is refused counts as well, for whoever is known by their token", async ({ api, seller }) => {
  expect(told((await api.refuses("unauthorized", "getProfile")).headers).kind).toBe("address");
  expect(told((await api.refuses("forbidden", "listUsers", { as: seller })).headers).kind).toBe("user");
  const nowhere = await api.send("order-processing", "/nowhere");
  expect(told(nowhere.headers).kind).toBe("address");
});

test("what watches a service has no quota", async ({ api }) => {
  for (const path of ["/livez", "/readyz"]) {
    const { status, headers } = await api.send("product-management", path);
    expect([status, headers.ratelimit]).toEqual([200, undefined]);
  }
});
