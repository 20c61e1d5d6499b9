import { expect, test } from "bun:test";
import { readConfig } from "./config.ts";

const REQUIRED = { STORE_URL: "postgres://orders:secret@127.0.0.1:5432/order_processing", CLIENT_SECRET: "secret" };

test("defaults make a service that finds its siblings where a browser does", () => {
  expect(readConfig(REQUIRED)).toMatchObject({
    port: 3002,
    productManagementUrl: "http://localhost:3001",
    userAuthenticationUrl: "http://localhost:3000",
    clientId: "order-processing",
    times: { leaseMs: 10_000, commandLifeMs: 30_000, purgeDelayMs: 60_000 },
    limits: { decideWithinMs: 2500, stockTimeoutMs: 2000 },
    reconcileIntervalMs: 600_000,
    overdueMs: 1_200_000,
  });
});

test("every fault is told at once, and no secret with it", () => {
  const faulty = { STORE_URL: "mongodb://secret@db/orders", LEASE_MS: "0", EVENTS_URL: "amqp://secret@broker" };
  const message = (() => {
    try {
      readConfig(faulty);
      return "";
    } catch (error) {
      return String(error);
    }
  })();
  for (const name of ["STORE_URL", "CLIENT_SECRET", "LEASE_MS", "EVENTS_URL"]) expect(message).toContain(name);
  expect(message).not.toContain("secret@");
});
