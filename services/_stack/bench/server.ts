/** The servers that are measured, one kind a process: prints its port, then its processor time for each line it reads, and ends with its input. */
import { createInterface } from "node:readline";
import postgres from "postgres";
import type { Handlers, Schema } from "#contract";
import { createService } from "#platform/service.ts";

const ORIGINS = {
  "user-authentication": "http://localhost:3000",
  "product-management": "http://localhost:3001",
  "order-processing": "http://localhost:3002",
};
const ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const NOW = "2026-11-23T10:16:02.000Z";

type Creation = Omit<Schema<"Product">, "id" | "ownerId" | "version" | "createdAt" | "updatedAt" | "stock"> & {
  stock: number;
};

function toProduct({ stock: _, ...fields }: Creation): Schema<"Product"> {
  return { ...fields, id: ID, ownerId: ID, version: 1, createdAt: NOW, updatedAt: NOW };
}

const OWN_HEADERS = { location: `/products/${ID}`, etag: '"1"' };
/** What every reply of the contract has besides. */
const COMMON_HEADERS = { "cache-control": "private, no-cache", vary: "Origin", "x-content-type-options": "nosniff" };

/** The floor: parses and answers, checks nothing. */
async function serveRaw(): Promise<number> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const product = toProduct((await request.json()) as Creation); // raw: whatever comes is taken
      return Response.json(product, { status: 201, headers: OWN_HEADERS });
    },
  });
  return server.port ?? 0;
}

/** The floor of the same reply: with the headers that the contract has, and still nothing checked. */
async function serveSameReply(): Promise<number> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const product = toProduct((await request.json()) as Creation); // raw: whatever comes is taken
      const headers = { ...OWN_HEADERS, ...COMMON_HEADERS, "x-request-id": crypto.randomUUID() };
      return Response.json(product, { status: 201, headers });
    },
  });
  return server.port ?? 0;
}

/** The binder around the same handler: routed, authorized, request and reply validated. */
async function serveBound(): Promise<number> {
  const createProduct: Handlers<"product-management">["createProduct"] = ({ body }) => {
    return { status: 201, headers: OWN_HEADERS, body: toProduct(body) };
  };
  const unused = (): never => {
    throw new Error("not measured");
  };
  // Every handler but the measured one is the same; the type of each is proven by the contract's table of operations.
  const handlers = new Proxy({ createProduct } as Handlers<"product-management">, {
    get: (known, name) => (name === "createProduct" ? known.createProduct : unused),
  });
  const service = createService("product-management", handlers, {
    authenticate: () => ({ kind: "user", id: ID, roles: ["customer"] }),
    origins: ORIGINS,
    checkResponses: true,
  });
  const { port } = await service.listen({ host: "127.0.0.1", port: 0 });
  return port;
}

/** The floor of a read: the driver behind `Bun.serve`, the row as it comes. */
async function serveRow(): Promise<number> {
  const sql = postgres(process.env.STORE_URL ?? "", { max: 10 });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch({ url }) {
      const [row] = await sql`SELECT * FROM products WHERE id = ${url.slice(url.lastIndexOf("/") + 1)}`;
      return Response.json(row);
    },
  });
  return server.port ?? 0;
}

/** The floor of a write: one INSERT of the order's text in a durable table of its own. */
async function serveInsert(): Promise<number> {
  const sql = postgres(process.env.STORE_URL ?? "", { max: 10 });
  await sql`CREATE TABLE IF NOT EXISTS bench_orders (id uuid PRIMARY KEY, body text NOT NULL)`;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const id = Bun.randomUUIDv7();
      await sql`INSERT INTO bench_orders VALUES (${id}, ${await request.text()})`;
      return Response.json({ id }, { status: 201 });
    },
  });
  return server.port ?? 0;
}

const KINDS: Record<string, () => Promise<number>> = {
  raw: serveRaw,
  "same reply": serveSameReply,
  bound: serveBound,
  row: serveRow,
  insert: serveInsert,
};
const start = KINDS[process.argv[2] ?? ""];
if (!start) throw new Error(`One of: ${Object.keys(KINDS).join(", ")}`);
console.log(await start());

const input = createInterface({ input: process.stdin });
input.on("line", () => {
  const { user, system } = process.cpuUsage();
  console.log(user + system);
});
input.on("close", () => process.exit(0));
