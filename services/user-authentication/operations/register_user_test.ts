import { expect, test } from "bun:test";
import { fingerprintOf } from "#platform/idempotency.ts";
import { PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

/** A registration that no other test has. */
function sampleRegistration() {
  return { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD, displayName: "Ada Lovelace" };
}

test("registerUser answers the account, which can log in", async () => {
  const body = sampleRegistration();
  const { status, body: user } = await fixture.client.registerUser({
    body: { ...body, email: body.email.toUpperCase() },
  });
  expect(status).toBe(201);
  expect(user).toMatchObject({ email: body.email, displayName: "Ada Lovelace", roles: ["customer"], version: 1 });
  expect(user.updatedAt).toBe(user.createdAt);
  const login = await fixture.client.logIn({ body: { email: body.email, password: PASSWORD } });
  expect(login.status).toBe(200);
});

test("registerUser keeps no password, only its argon2id hash", async () => {
  const body = sampleRegistration();
  const { body: user } = await fixture.client.registerUser({ body });
  const account = await fixture.dependencies.store.users.find(user.id);
  expect(account?.passwordHash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
});

test("registerUser refuses an email that is taken, however it is spelled", async () => {
  const body = sampleRegistration();
  await fixture.client.registerUser({ body });
  const twin = { ...body, email: body.email.toUpperCase() };
  await expect(fixture.client.registerUser({ body: twin })).rejects.toMatchObject({ problem: { code: "email-taken" } });
});

test("registerUser makes one account of one email many times at once", async () => {
  const body = sampleRegistration();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => fixture.client.registerUser({ body })));
  const outcomes = results.map((result) => (result.status === "fulfilled" ? 201 : result.reason.problem.code));
  expect(outcomes.sort()).toEqual([201, ...Array<string>(7).fill("email-taken")]);
});

test("registerUser names what is wrong with a password, and not the password", async () => {
  const body = { ...sampleRegistration(), password: "Lovelace-123456789" };
  const error = await fixture.client.registerUser({ body }).catch((thrown: unknown) => thrown);
  const errors = [{ in: "body", pointer: "#/password", detail: expect.stringContaining("words of the account") }];
  expect(error).toMatchObject({ status: 400, problem: { code: "invalid-request", errors } });
  expect(JSON.stringify(error)).not.toContain("123456789");
});

test.each(["ada\u202E@example.com", "ada\u200B@example.com", "ada\u0000@example.com", "ａda@example.com"])(
  "registerUser refuses the email %j",
  async (email) => {
    const refused = fixture.client.registerUser({ body: { ...sampleRegistration(), email } });
    await expect(refused).rejects.toMatchObject({ problem: { errors: [{ in: "body", pointer: "#/email" }] } });
  },
);

test("registerUser gives the reply of a key again, and refuses the key for another payload", async () => {
  const body = sampleRegistration();
  const headers = { "idempotency-key": crypto.randomUUID() };
  const first = await fixture.client.registerUser({ body, headers });
  const second = await fixture.client.registerUser({ body, headers });
  expect(first.headers?.["idempotent-replayed"]).toBeUndefined();
  expect(second).toMatchObject({ status: 201, headers: { "idempotent-replayed": "true" }, body: first.body });
  const other = { ...body, password: `${PASSWORD} and more` };
  await expect(fixture.client.registerUser({ body: other, headers })).rejects.toMatchObject({
    problem: { code: "idempotency-key-reused" },
  });
});

test("registerUser sent many times at once with one key makes one account, and gives one reply", async () => {
  const body = sampleRegistration();
  const headers = { "idempotency-key": crypto.randomUUID() };
  const calls = Array.from({ length: 8 }, () => fixture.client.registerUser({ body, headers }));
  const replies = await Promise.all(calls);
  expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
  expect(replies.filter((reply) => reply.headers?.["idempotent-replayed"] === undefined)).toHaveLength(1);
});

test("registerUser keeps a fingerprint of the payload from which the password can't be guessed", async () => {
  const body = sampleRegistration();
  const key = crypto.randomUUID();
  await fixture.client.registerUser({ body, headers: { "idempotency-key": key } });
  const record = await fixture.dependencies.store.idempotency.find("registerUser anonymous", key);
  const request = { operationId: "registerUser", key, caller: undefined, body } as const;
  expect(record?.fingerprint).toBe(fingerprintOf({ ...request, secret: fixture.dependencies.fingerprintKey }));
  expect(record?.fingerprint).not.toBe(fingerprintOf(request));
  expect(JSON.stringify(record)).not.toContain(PASSWORD);
});
