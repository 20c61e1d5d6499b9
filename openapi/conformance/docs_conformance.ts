/** The docs page in a browser: it loads from each service with nothing refused, and calls all of them. */
import type { Locator, Page } from "@playwright/test";
import type { OperationId, ServiceName } from "#contract";
import type { Api } from "./api.ts";
import { findChromium } from "./browser.ts";
import { OPERATIONS, operationOf } from "./document.ts";
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
test.skip(({ api }) => api.isBelowPath, "pages are at the root of an origin");

// One page after the other: drawing one keeps a small machine busy, more so beside the services.
test.describe.configure({ mode: "default", timeout: 180_000 });
const slowly = { timeout: 60_000 };

const SERVICES: readonly ServiceName[] = ["user-authentication", "product-management", "order-processing"];

for (const service of SERVICES) {
  test(`/docs of ${service} shows and executes the operations of every service, with nothing refused`, async ({
    page,
    api,
    customer,
    complaints,
  }, info) => {
    const response = await page.goto(`${api.baseUrlOf(service)}/docs`);
    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    for (const { id } of OPERATIONS) await expect(blockOf(page, id)).toBeVisible(slowly);
    await page.screenshot({ path: info.outputPath("operations.png") });

    const products = await execute(page, "listProducts");
    await expect(products).toContainText('"nextCursor"');
    await authorize(page, await customer.token());
    await expect(await execute(page, "getProfile")).toContainText(customer.email);
    await expect(await execute(page, "listOrders")).toContainText('"items"');
    await blockOf(page, "getProfile").screenshot({ path: info.outputPath("executed.png") });
    expect(complaints).toEqual([]);
  });
}

test("/docs shows the problem that a service answers, and calls nobody else", async ({ page, api, complaints }) => {
  await page.goto(`${api.baseUrlOf("product-management")}/docs`);
  await expect(await execute(page, "listOrders", 401)).toContainText('"unauthorized"');
  expect(complaints.join()).toContain("401");

  const outcome = await page.evaluate(() => fetch("http://elsewhere.example/").catch(() => "refused"));
  expect(outcome).toBe("refused");
  expect(complaints.join()).toContain("Content Security Policy");
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

/** Tries an operation out, and gives what the page shows of the answer. */
async function execute(page: Page, id: OperationId, status = 200): Promise<Locator> {
  const block = blockOf(page, id);
  await block.locator(".opblock-summary-control").click();
  await block.locator(".execute").click();
  const answer = block.locator(".live-responses-table");
  await expect(answer.locator(".response .response-col_status").first()).toContainText(`${status}`, slowly);
  return answer;
}

function blockOf(page: Page, id: OperationId): Locator {
  return page.locator(`#operations-${operationOf(id).service}-${id}`);
}
