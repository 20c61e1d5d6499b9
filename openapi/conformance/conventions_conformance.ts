/** What holds for every operation: asked of each one that the document has, so that a new one is asked as well. */
import { randomUUID } from "node:crypto";
import type { Call, Caller } from "./api.ts";
import { OPERATIONS, type Operation } from "./document.ts";
import { test as base, expect } from "./fixtures.ts";

/** Valid JSON, and a few bytes too many. */
const TOO_LARGE = JSON.stringify("x".repeat(1_048_576));

/** What an operation would take, but for the thing that is not there. */
type ValidCall = (operation: Operation) => Call;

const test = base.extend<{ validCall: ValidCall }>({
  validCall: async ({ operators: { admin, service }, customer }, use) => {
    const callerOf = ({ access, needs }: Operation): Caller | undefined => {
      if (access === "service") return service;
      if (access === "user") return needs.includes("admin") ? admin : customer;
      return undefined;
    };
    await use((operation) => {
      const as = callerOf(operation);
      const isMissing = as === undefined && ["user", "service"].includes(operation.access);
      test.skip(isMissing, "needs TRADEPOST_ADMIN and TRADEPOST_CLIENT");
      return { ...unsigned(operation), ...(as && { as }) };
    });
  },
});

for (const operation of OPERATIONS) {
  test(`${operation.id} refuses a query name that is unknown or comes twice`, async ({ api, validCall }) => {
    const call = validCall(operation);
    const unknown = await api.call(operation.id, { ...call, query: "surprise=1" });
    const twice = await api.call(operation.id, { ...call, query: "limit=1&limit=2" });
    expect([unknown.status, twice.status]).toEqual([400, 400]);
    if (operation.access === "client") return; // RFC 6749 has errors of its own
    expect(faultsIn(unknown.body)).toEqual(["query #/surprise"]);
    expect(faultsIn(twice.body)).toContain("query #/limit");
  });
}

for (const operation of OPERATIONS.filter(({ access }) => ["optional", "user", "service"].includes(access))) {
  test(`${operation.id} refuses a token that is not good`, async ({ api }) => {
    const call = unsigned(operation);
    const invalid = await api.refuses("unauthorized", operation.id, { ...call, as: "no.such.token" });
    expect(invalid.headers["www-authenticate"]).toMatch(/^Bearer .*error="invalid_token"/);
    const headers = { authorization: "Basic bm9ib2R5Om5vYm9keQ==" };
    await api.refuses("unauthorized", operation.id, { ...call, headers });
    if (operation.access === "optional") return;
    const missing = await api.refuses("unauthorized", operation.id, call);
    expect(missing.headers["www-authenticate"], "nothing was invalid (RFC 6750, 3)").not.toContain("error=");
  });
}

for (const operation of OPERATIONS.filter(({ responses }) => responses.has(404))) {
  test(`${operation.id} does not find what was never there`, async ({ api, validCall }) => {
    const { body } = await api.refuses("not-found", operation.id, validCall(operation));
    expect(body.instance).toMatch(/^(\/[a-z]+)+\/[0-9a-f-]{36}/);
  });

  test(`${operation.id} refuses an id that is none`, async ({ api, validCall }) => {
    for (const id of ["1", "null", "0".repeat(36), "../users"]) {
      const { body } = await api.refuses("invalid-request", operation.id, {
        ...validCall(operation),
        params: paramsOf(operation, id),
      });
      expect(faultsIn(body)).toEqual([`path #/${Object.keys(paramsOf(operation, id))[0]}`]);
    }
  });
}

for (const operation of OPERATIONS.filter(({ body }) => body !== undefined)) {
  const mediaType = operation.body?.mediaType;

  test(`${operation.id} takes ${mediaType} only`, async ({ api, validCall }) => {
    for (const type of ["text/plain", "application/xml", `${mediaType}; charset=latin1`]) {
      const answer = await api.refuses("unsupported-media-type", operation.id, {
        ...validCall(operation),
        headers: { "content-type": type },
      });
      expect(answer.headers.accept).toBe(mediaType);
    }
  });

  test(`${operation.id} takes 1 MiB at most`, async ({ api, validCall }) => {
    await api.refuses("content-too-large", operation.id, { ...validCall(operation), body: TOO_LARGE });
  });

  test(`${operation.id} needs a body`, async ({ api, validCall }) => {
    const { body: _, ...call } = validCall(operation);
    expect((await api.call(operation.id, call)).status).toBe(400);
  });
}

for (const operation of OPERATIONS.filter(({ body }) => body?.mediaType.endsWith("json"))) {
  test(`${operation.id} refuses what is no JSON, another type, and a field that it does not know`, async ({
    api,
    validCall,
  }) => {
    const call = validCall(operation);
    const faults = async (body: unknown): Promise<readonly string[]> =>
      faultsIn((await api.refuses("invalid-request", operation.id, { ...call, body })).body);
    for (const text of ["{", "{'version': 1}", "null", "[]", '"text"']) expect(await faults(text)).toEqual(["body #"]);
    const surprising = { ...(call.body as object), surprise: 1 }; // the examples of these operations are objects
    expect(await faults(surprising)).toEqual(["body #/surprise"]);
  });
}

/** A call that is right in form, of nobody, about something that is not there. */
function unsigned(operation: Operation): Call {
  const params = paramsOf(operation, randomUUID());
  return operation.body === undefined ? { params } : { params, body: operation.body.example };
}

function paramsOf({ path }: Operation, id: string): Record<string, string> {
  return Object.fromEntries(path.matchAll(/\{(\w+)\}/g).map(([, name = ""]) => [name, id]));
}

/** The places of the faults of an `invalid-request`; one place can have several. */
function faultsIn(problem: unknown): readonly string[] {
  const { errors } = problem as { errors: readonly { in: string; pointer: string }[] }; // held against the schema
  return [...new Set(errors.map((fault) => `${fault.in} ${fault.pointer}`))];
}
