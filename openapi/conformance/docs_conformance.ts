/** The docs page in a browser: it loads from each service with nothing refused, and calls all of them. */
import type { Locator, Page } from "@playwright/test";
import type { ServiceName } from "#contract";
import type { Api } from "./api.ts";
import { findChromium } from "./browser.ts";
import { operationOf } from "./document.ts";
import { test as base, expect } from "./fixtures.ts";

const executablePath = findChromium(process.env);

const test = base.extend<{ complaints: readonly string[] }>({
  /** What a browser complained of, and what it asked of others than the services. */
  complaints: async ({ page, api }, use) => {
    const complaints: string[] = [];
    watch(page, { api, complaints });
    await use(complaints);
  },
});
test.use({ viewport: { width: 1280, height: 1600 }, ...(executablePath && { launchOptions: { executablePath } }) });
test.skip(executablePath === undefined, "needs Chromium");

/** Swagger UI has much to do on a machine that is busy with the services. */
const slowly = { timeout: 20_000 };

const SERVICES: readonly ServiceName[] = ["user-authentication", "product-management", "order-processing"];

for (const service of SERVICES) {
  test(`/docs of ${service} shows every operation and breaks no rule of the page`, async ({
    page,
    api,
    complaints,
  }, info) => {
    const response = await page.goto(`${api.originOf(service)}/docs`);
    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    for (const name of SERVICES) await expect(page.locator(`#operations-tag-${name}`)).toBeVisible(slowly);
    await expect(page.locator("#operations-order-processing-createOrder")).toBeVisible(slowly);
    await expect(page.locator("#operations-product-management-listProducts")).toBeVisible(slowly);
    await page.screenshot({ path: info.outputPath(`${service}.png`) });
    expect(complaints).toEqual([]);
  });

  test(`/docs of ${service} executes operations of every service`, async ({
    page,
    api,
    customer,
    complaints,
  }, info) => {
    await page.goto(`${api.originOf(service)}/docs`);
    const products = await execute(page, "listProducts");
    await expect(products.locator(".live-responses-table")).toContainText('"nextCursor"');

    await authorize(page, await customer.token());
    const profile = await execute(page, "getProfile");
    await expect(profile.locator(".live-responses-table")).toContainText(customer.email);
    await profile.screenshot({ path: info.outputPath(`${service}.png`) });
    await execute(page, "listOrders");
    expect(complaints).toEqual([]);
  });
}

test("/docs shows the problem that a service answers", async ({ page, api }) => {
  await page.goto(`${api.originOf("product-management")}/docs`);
  const orders = await execute(page, "listOrders", 401);
  await expect(orders.locator(".live-responses-table")).toContainText("unauthorized");
});

function watch(page: Page, { api, complaints }: { api: Api; complaints: string[] }): void {
  const origins = SERVICES.map((service) => api.originOf(service));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && !origins.includes(origin)) complaints.push(`elsewhere: ${request.url()}`);
  });
}

/** Gives the page a user's token. */
async function authorize(page: Page, token: string): Promise<void> {
  await page.locator(".auth-wrapper .authorize").click();
  const dialog = page.locator(".modal-ux");
  const bearer = dialog.locator(".auth-container").filter({ hasText: "bearerAuth" });
  await bearer.locator("input").fill(token);
  await bearer
    .getByRole("button", { name: "Apply credentials" })
    .or(bearer.locator("button.authorize"))
    .first()
    .click();
  await dialog.locator("button.close-modal").click();
}

/** Tries an operation out, and gives its block. */
async function execute(page: Page, id: Parameters<typeof operationOf>[0], status = 200): Promise<Locator> {
  const { service } = operationOf(id);
  const block = page.locator(`#operations-${service}-${id}`);
  await block.locator(".opblock-summary-control").click();
  await block.locator(".execute").click();
  await expect(block.locator(".live-responses-table .response .response-col_status").first()).toContainText(
    `${status}`,
    slowly,
  );
  return block;
}
