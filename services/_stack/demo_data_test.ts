import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "#sdk";
import { makeDemoData } from "./demo_data.ts";
import { seedStack } from "./seed.ts";
import { type ByService, byService } from "./service_names.ts";
import type { Stack } from "./stack.ts";
import { createTestFolder, removeTestFolder } from "./test_folder.ts";
import { startTestStack } from "./test_stack.ts";

const ORDERS = 12;
/** Requests with one token; the seller alone makes more products than that. */
const TOKEN_USES = 3;
const WITHIN_MS = 60_000;

let stack: Stack;
const servers: Bun.Server<undefined>[] = [];
beforeAll(async () => {
  stack = await startTestStack();
  const folder = createTestFolder();
  await seedStack(stack, folder);
  removeTestFolder(folder);
}, WITHIN_MS);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop(true)));
  await stack.stop();
}, WITHIN_MS);

/** The services, where each token has expired after some requests. */
function withShortTokens(origins: ByService<string>): {
  readonly origins: ByService<string>;
  readonly refused: number[];
} {
  const uses = new Map<string, number>();
  const refused: number[] = [];
  const start = (origin: string): string => {
    const server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      async fetch(request) {
        const token = request.headers.get("authorization");
        const used = uses.get(token ?? "") ?? 0;
        if (token) uses.set(token, used + 1);
        if (token && used >= TOKEN_USES) {
          refused.push(used);
          const problem = { type: "/problems/unauthorized", title: "Unauthorized", status: 401, code: "unauthorized" };
          return Response.json(problem, { status: 401, headers: { "content-type": "application/problem+json" } });
        }
        const { method, headers } = request;
        const { pathname, search } = new URL(request.url);
        const body = method === "GET" ? null : await request.arrayBuffer();
        return fetch(`${origin}${pathname}${search}`, { method, headers, body, decompress: false });
      },
    });
    servers.push(server);
    return `http://127.0.0.1:${server.port}`;
  };
  return { origins: byService((name) => start(origins[name])), refused };
}

test(
  "makes a shop also if that takes longer than a token lives",
  async () => {
    const { origins, refused } = withShortTokens(stack.origins);
    const told: string[] = [];
    const onProgress = (done: number, total: number): void => void told.push(`${done} of ${total}`);
    await makeDemoData({ ...stack, origins }, { orders: ORDERS, onProgress });
    expect(told.at(-1)).toBe("26 of 26");
    expect(refused.length).toBeGreaterThan(3);

    const visitor = createClient({ baseUrl: stack.origins });
    const { body: tokens } = await visitor.logIn({ body: stack.admin });
    const { body } = await createClient({ baseUrl: stack.origins, token: tokens.access_token }).listOrders({});
    expect(body.items).toHaveLength(ORDERS);
  },
  WITHIN_MS,
);
