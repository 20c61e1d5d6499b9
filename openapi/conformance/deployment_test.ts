import { expect, test } from "bun:test";
import { readDeployment } from "./deployment.ts";

const everywhere = (url: string) => ({
  "user-authentication": url,
  "product-management": url,
  "order-processing": url,
});

test("readDeployment() takes one base URL for all services, and keeps its path", () => {
  for (const [given, expected] of [
    ["https://shop.example", "https://shop.example"],
    ["https://shop.example/", "https://shop.example"],
    ["https://shop.example:8443/api", "https://shop.example:8443/api"],
    ["https://shop.example/api/v1/?x=1#y", "https://shop.example/api/v1"],
  ] as const) {
    expect(readDeployment({ TRADEPOST_ORIGINS: given }).baseUrls).toEqual(everywhere(expected));
  }
});

test("readDeployment() takes a base URL for each service", () => {
  const given = { ...everywhere("https://shop.example/api"), "order-processing": "http://orders.example/" };
  const { baseUrls } = readDeployment({ TRADEPOST_ORIGINS: JSON.stringify(given) });
  expect(baseUrls).toEqual({ ...given, "order-processing": "http://orders.example" });
});

test("readDeployment() refuses what names no deployment", () => {
  expect(() => readDeployment({})).toThrow("names no deployment");
  expect(() => readDeployment({ TRADEPOST_ORIGINS: "shop.example" })).toThrow("has no URL of user-authentication");
  const some = JSON.stringify({ "user-authentication": "http://a" });
  expect(() => readDeployment({ TRADEPOST_ORIGINS: some })).toThrow("has no URL of product-management");
});

test("readDeployment() splits names from secrets at the first colon", () => {
  const { admin, client } = readDeployment({
    ...{ TRADEPOST_ORIGINS: "http://a", TRADEPOST_ADMIN: "ada@example.com:a:b", TRADEPOST_CLIENT: "" },
  });
  expect(admin).toEqual({ name: "ada@example.com", secret: "a:b" });
  expect(client).toBeUndefined();
});
