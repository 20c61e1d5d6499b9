import { expect, test } from "bun:test";

import { readConfig as readOrdersConfig } from "../order-processing/config.ts";
import { readConfig as readProductsConfig } from "../product-management/config.ts";
import { readConfig as readUsersConfig } from "../user-authentication/config.ts";
import { completeValues, type EnginePlaces, type SecretFiles, secretFiles } from "./deployment_secrets.ts";

const PLACES: EnginePlaces = { mongo: ["m-0:27017", "m-1:27017"], postgres: "p:5432", nats: "n:4222" };

/** The secrets of a service as the settings that its `*_FILE` variables stand for. */
function settings(files: SecretFiles): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name.toUpperCase().replaceAll("-", "_"), text]),
  );
}

test("completeValues() keeps what is there and makes the rest at random", () => {
  const first = completeValues();
  const { keysSecret, ...others } = first;
  const second = completeValues(others);
  expect(second).toEqual({ ...first, keysSecret: second.keysSecret });
  expect(second.keysSecret).not.toBe(keysSecret);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
});

test("completeValues() makes secrets of 192 bits, and a keyfile that MongoDB takes", () => {
  const { mongoKeyfile, ...passwords } = completeValues();
  expect(mongoKeyfile).toMatch(/^[A-Za-z0-9+/]{256}$/);
  for (const password of Object.values(passwords)) expect(password).toMatch(/^[\w-]{32}$/);
});

test("the services take the settings that are made for them", () => {
  const files = secretFiles(completeValues(), PLACES);
  const users = readUsersConfig({ ...settings(files["user-authentication"]), ADMIN_EMAIL: "admin@example.com" });
  const products = readProductsConfig(settings(files["product-management"]));
  const orders = readOrdersConfig(settings(files["order-processing"]));
  expect(users.storeUrl).toMatch(/^mongodb:\/\/user_authentication:[\w-]+@m-0:27017,m-1:27017\/user_authentication\?/);
  expect(products.storeUrl).toMatch(/^mongodb:\/\/product_management:.*\/product_management\?replicaSet=tradepost$/);
  expect(orders.storeUrl).toMatch(/^postgres:\/\/order_processing:[\w-]+@p:5432\/order_processing$/);
  expect(orders.eventsUrl).toMatch(/^nats:\/\/tradepost:[\w-]+@n:4222$/);
  expect([...users.clients.keys()]).toEqual([orders.clientId]);
});

test("clients of a set of one keep to its name", () => {
  const files = secretFiles(completeValues(), { ...PLACES, mongo: ["m-0:27017"] });
  expect(files["product-management"]["store-url"]).toMatch(/@m-0:27017\/product_management\?directConnection=true$/);
  expect(files["mongo-init"]["root-url"]).toMatch(/@m-0:27017\/admin\?replicaSet=tradepost$/);
});

test("each reader gets its own secrets and those of nobody else", () => {
  const values = completeValues();
  const files = secretFiles(values, PLACES);
  const readers = (secret: string): string[] =>
    Object.entries(files).flatMap(([reader, own]) =>
      Object.values(own).some((text) => text.includes(secret)) ? [reader] : [],
    );
  expect(readers(values.mongoKeyfile)).toEqual(["mongo"]);
  expect(readers(values.mongoRootPassword)).toEqual(["mongo", "mongo-init"]);
  expect(readers(values.postgresPassword)).toEqual(["postgres", "postgres-init"]);
  expect(readers(values.natsPassword)).toEqual(["nats", "order-processing"]);
  expect(readers(values.userAuthenticationStorePassword)).toEqual(["mongo-init", "backup", "user-authentication"]);
  expect(readers(values.productManagementStorePassword)).toEqual(["mongo-init", "backup", "product-management"]);
  expect(readers(values.orderProcessingStorePassword)).toEqual(["postgres-init", "backup", "order-processing"]);
  expect(readers(values.keysSecret)).toEqual(["user-authentication"]);
  expect(readers(values.adminPassword)).toEqual(["user-authentication"]);
  expect(readers(values.clientSecret)).toEqual(["user-authentication", "order-processing"]);
});
