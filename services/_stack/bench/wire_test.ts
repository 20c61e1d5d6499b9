import { afterEach, expect, test } from "bun:test";
import postgres from "postgres";
import { createPostgresDatabase } from "../setup.ts";
import { startWire, type Wire } from "./wire.ts";

let wire: Wire;
afterEach(() => wire.stop());

test("counts round trips to Postgres, each with its statements", async () => {
  const url = new URL((await createPostgresDatabase()).url);
  wire = await startWire(Number(url.port), "postgres");
  url.port = String(wire.port);
  const sql = postgres(url.href, { max: 1, fetch_types: false, onnotice: () => {} });
  for (let round = 0; round < 2; round++) await sql`SELECT ${round} AS round`;
  await sql.begin((each) => [each`SELECT 'a'`, each`SELECT 'b'`]);
  await sql.end();
  const asked = wire.trips.map((trip) => trip.asked.join("; ")).filter((each) => each !== "");
  expect(asked.slice(0, 2)).toEqual(["SELECT $1 AS round", "SELECT $1 AS round"]);
  expect(asked.join("; ").toLowerCase()).toMatch(/begin.*select 'a'.*select 'b'.*commit/);
  expect(wire.trips.every(({ ms }) => ms > 0)).toBe(true);
});

test("counts requests over HTTP", async () => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => new Response(await request.text()),
  });
  wire = await startWire(server.port ?? 0, "http");
  for (const body of ["one", "two"]) {
    const reply = await fetch(`http://127.0.0.1:${wire.port}/x`, { method: "POST", body });
    expect(await reply.text()).toBe(body);
  }
  await server.stop(true);
  await Bun.sleep(20);
  expect(wire.trips).toHaveLength(2);
  expect(wire.trips[1]?.asked.join("")).toMatch(/^POST \/x.*two$/s);
});
