/** The docs page as its readers need it: by keyboard and screen reader, in light and dark, on a phone, by a link, and for every operation. */
import { createRequire } from "node:module";
import type { Locator, Page } from "@playwright/test";
import type { ServiceName } from "#contract";
import { findChromium } from "./browser.ts";
import { OPERATIONS, type Operation, operationOf } from "./document.ts";
import { test as base, expect } from "./fixtures.ts";

const executablePath = findChromium(process.env);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const test = base.extend<{ docs: string }>({
  docs: async ({ api }, use) => use(`${api.baseUrlOf("product-management")}/docs`),
});
test.use({ viewport: { width: 1280, height: 1600 }, ...(executablePath && { launchOptions: { executablePath } }) });
test.skip(executablePath === undefined, "needs Chromium");
test.skip(({ api }) => api.isBelowPath, "pages are at the root of an origin");

// Drawing a page keeps a small machine busy, more so beside the services.
test.describe.configure({ timeout: 240_000 });
const slowly = { timeout: 60_000 };

const SCHEMES = ["light", "dark"] as const;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const PAGES = ["/", "/problems/version-conflict"];
const SERVICES: readonly ServiceName[] = ["user-authentication", "product-management", "order-processing"];

for (const colorScheme of SCHEMES) {
  test(`/docs is accessible in ${colorScheme}, its list, operations and its dialog`, async ({ page, docs }, info) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(docs);
    await expect(blockOf(page, operationOf("createOrder"))).toBeVisible(slowly);
    expect(await page.evaluate(() => document.documentElement.classList.contains("dark-mode"))).toBe(
      colorScheme === "dark",
    );
    await page.screenshot({ path: info.outputPath(`docs_${colorScheme}.png`) });
    for (const id of ["createOrder", "getProduct", "issueServiceToken"] as const) await open(page, operationOf(id));
    await page.screenshot({ path: info.outputPath(`operation_${colorScheme}.png`) });
    expect(await barriersOn(page)).toEqual([]);

    await page.locator(".auth-wrapper .authorize").click();
    await expect(page.locator(".modal-ux")).toBeVisible();
    expect(await barriersOn(page, ".modal-ux")).toEqual([]);
  });

  test(`the pages beside /docs are accessible in ${colorScheme}`, async ({ page, api }, info) => {
    await page.emulateMedia({ colorScheme });
    for (const service of SERVICES) {
      for (const path of PAGES) {
        await page.goto(`${api.baseUrlOf(service)}${path}`);
        expect(await barriersOn(page), `${service} ${path}`).toEqual([]);
      }
    }
    await page.goto(`${api.baseUrlOf("order-processing")}/`);
    await page.screenshot({ path: info.outputPath(`start_${colorScheme}.png`) });
  });
}

test("/docs fits a phone", async ({ page, docs }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(docs);
  await open(page, operationOf("getProduct"));
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
  await blockOf(page, operationOf("getProduct")).scrollIntoViewIfNeeded();
  await page.screenshot({ path: info.outputPath("docs_phone.png") });
});

test("a link leads to an operation, and opening one makes the link", async ({ page, docs }) => {
  await page.goto(`${docs}#/order-processing/createOrder`);
  await expect(blockOf(page, operationOf("createOrder")).locator(".execute")).toBeVisible(slowly);
  await blockOf(page, operationOf("getProfile")).locator(".opblock-summary-control").click();
  await expect(page).toHaveURL(/#\/user-authentication\/getProfile$/);
});

test("who has authorized still is when the page is loaded again", async ({ page, docs, customer }) => {
  await page.goto(docs);
  await page.locator(".auth-wrapper .authorize").click(slowly);
  const bearer = page.locator(".modal-ux .auth-container").filter({ hasText: "bearerAuth" });
  await bearer.locator("input").fill(await customer.token());
  await bearer.locator("button.authorize").click();
  await page.reload();
  const block = await open(page, operationOf("getProfile"));
  await block.locator(".execute").click();
  await expect(block.locator(".live-responses-table")).toContainText(customer.email, slowly);
});

/** A few at a time, so that two pages are looked at at once until the end. */
const PER_PAGE = 8;
const PAGES_OF_OPERATIONS = Map.groupBy(OPERATIONS, (_, index) => Math.floor(index / PER_PAGE)).values();

for (const operations of PAGES_OF_OPERATIONS) {
  const paths = new Set(operations.map(({ path }) => path));
  const range = `${operations[0]?.id} to ${operations.at(-1)?.id}`;

  test(`every operation from ${range} can be tried out: it asks its service, with its method and media type`, async ({
    page,
    api,
    docs,
  }) => {
    // Nobody is really asked: the examples would register, delete and sign out.
    const asked: { method: string; url: string; type: string | undefined }[] = [];
    await page.route(
      (url) => !/^\/(docs|openapi\.json)/.test(url.pathname),
      async (route) => {
        const request = route.request();
        const type = request.headers()["content-type"]?.split(";")[0];
        const url = request.url().split("?")[0] ?? "";
        if (request.method() !== "OPTIONS") asked.push({ method: request.method(), url, type });
        await route.fulfill({ status: 200, headers: ALL_ALLOWED, contentType: "application/json", body: "{}" });
      },
    );
    // The fewer there are to draw, the sooner they are drawn.
    await page.route("**/openapi.json", async (route) => {
      const response = await route.fetch();
      const document = await response.json();
      const own = Object.entries(document.paths).filter(([path]) => paths.has(path));
      await route.fulfill({ response, json: { ...document, paths: Object.fromEntries(own), webhooks: {} } });
    });
    await page.goto(docs);
    for (const operation of operations) {
      const block = await open(page, operation);
      await fillPath(block, operation);
      await block.locator(".execute").click();
      await expect.poll(() => asked.length, slowly).toBeGreaterThan(0);
      const url = `${api.baseUrlOf(operation.service)}${operation.path.replace(/\{\w+\}/g, ID)}`;
      expect(asked.splice(0)).toEqual([{ method: operation.method, url, type: operation.body?.mediaType }]);
      await block.locator(".opblock-summary-control").click();
    }
  });
}

const ALL_ALLOWED = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "*",
};
/** Longer than the page waits before it takes over what was typed. */
const SETTLE_MS = 500;
const ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";

async function open(page: Page, operation: Operation): Promise<Locator> {
  const block = blockOf(page, operation);
  await block.locator(".opblock-summary-control").click(slowly);
  await expect(block.locator(".execute")).toBeVisible(slowly);
  return block;
}

/** The page forgets what is typed while it still sets the other parameters to their examples. */
async function fillPath(block: Locator, { path }: Operation): Promise<void> {
  const inputs = block.locator('tr[data-param-in="path"] input');
  await expect(inputs).toHaveCount(path.split("{").length - 1, slowly);
  for (const input of await inputs.all()) {
    await expect(async () => {
      await input.fill(ID);
      await input.blur();
      await input.page().waitForTimeout(SETTLE_MS);
      await expect(input).toHaveValue(ID, { timeout: SETTLE_MS });
    }).toPass(slowly);
  }
}

function blockOf(page: Page, { service, id }: Operation): Locator {
  return page.locator(`#operations-${service}-${id}`);
}

/** What keeps people from using a page, or a part of it, as axe finds it. */
async function barriersOn(page: Page, part = "html"): Promise<readonly string[]> {
  await page.evaluate(await Bun.file(axe).text());
  return page.evaluate(
    async ([part, rules]) => {
      // axe is on the page since the line before; it brings types for its own module only.
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const { violations } = await axe.run(part as string, { runOnly: rules as string[] });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    },
    [part, RULES] as const,
  );
}
