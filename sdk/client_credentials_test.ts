import { expect, test } from "bun:test";
import { ConnectionError, clientCredentials, createClient } from "#sdk";
import { answers, problem } from "./fixtures.ts";

const SERVICE = { baseUrl: "http://localhost", clientId: "orders", clientSecret: "s", scope: "stock:write" };

function issued(access_token: string): Response {
  return Response.json({ access_token, token_type: "Bearer", expires_in: 300, scope: "stock:write" });
}

test("asks once for many callers, and again shortly before the end", async () => {
  let nowMs = 0;
  const { fetch, requests } = answers(issued("one"), issued("two"));
  const token = clientCredentials({ ...SERVICE, fetch, now: () => nowMs });
  expect(await Promise.all([token(), token(), token()])).toEqual(["one", "one", "one"]);
  nowMs = 269_000;
  expect(await token()).toBe("one");
  nowMs = 271_000;
  expect(await token()).toBe("two");
  expect(requests).toHaveLength(2);
});

test("a token that is refused is replaced, once for many callers", async () => {
  const { fetch, requests } = answers(
    issued("one"),
    problem(401, "unauthorized"),
    problem(401, "unauthorized"),
    issued("two"),
    Response.json({ results: [] }),
    Response.json({ results: [] }),
  );
  const client = createClient({ baseUrl: "http://localhost", fetch, token: clientCredentials({ ...SERVICE, fetch }) });
  const call = { body: { commands: [] } };
  await Promise.all([client.applyStockCommands(call), client.applyStockCommands(call)]);
  const paths = requests.map(({ url }) => new URL(url).pathname);
  expect(paths.filter((path) => path === "/token")).toHaveLength(2);
  expect(requests.at(-1)?.headers.get("authorization")).toBe("Bearer two");
});

test("a failure is not kept", async () => {
  const { fetch } = answers(new TypeError("refused"), issued("late"));
  const token = clientCredentials({ ...SERVICE, fetch });
  await expect(token()).rejects.toBeInstanceOf(ConnectionError);
  expect(await token()).toBe("late");
});
