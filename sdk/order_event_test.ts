import { afterAll, beforeAll, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createClient, type OrderEvent } from "#sdk";
import document from "../openapi/openapi.yaml";
import { findNats } from "../services/_stack/engines/nats.ts";
import { describeWithNats } from "../services/_stack/setup.ts";
import type { Stack } from "../services/_stack/stack.ts";
import { startTestStack } from "../services/_stack/test_stack.ts";
import { readOrderEvent } from "./order_event.ts";
import { createPackedProject, type PackedProject } from "./packed_fixture.ts";

const SETUP_MS = 120_000;
const RUN_MS = 60_000;
/** What a consumer needs besides the SDK; taken from this repository. */
const BROKER_PACKAGES = ["@nats-io", "tweetnacl"];

const webhooks: Readonly<Record<string, unknown>> = document.webhooks;
const examples = Object.entries(webhooks).map(([type, hook]) => {
  const { post } = hook as { post: { requestBody: { content: Record<string, { example: OrderEvent }> } } }; // as in the contract
  return [type, post.requestBody.content["application/cloudevents+json"]!.example] as const;
});

test.each(examples)("readOrderEvent() reads %s, as text and as bytes", (type, example) => {
  const text = JSON.stringify(example);
  expect(readOrderEvent(text)?.type).toBe(type as OrderEvent["type"]);
  expect(readOrderEvent(new TextEncoder().encode(text))).toEqual(example);
});

test("readOrderEvent() leaves out what is newer than itself, and refuses what is no event", () => {
  expect(readOrderEvent('{"specversion":"1.0","type":"order.parcelled"}')).toBeUndefined();
  expect(readOrderEvent('{"specversion":"1.0","type":"toString"}')).toBeUndefined();
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '{"type":"order.confirmed"}',
    '{"specversion":"2.0","type":"order.confirmed"}',
  ]) {
    expect(() => readOrderEvent(text)).toThrow(TypeError);
  }
});

describeWithNats("the consumer of the README", () => {
  let project: PackedProject;
  let stack: Stack;

  beforeAll(async () => {
    project = await createPackedProject();
    const nats = await findNats(process.env);
    if ("missing" in nats) throw new Error("describeWithNats has found one");
    stack = await startTestStack({ nats });
  }, SETUP_MS);
  afterAll(async () => {
    project?.remove();
    await stack?.stop();
  }, SETUP_MS);

  test(
    "is told of an order that is confirmed",
    async () => {
      const readme = await Bun.file(join(import.meta.dirname, "README.md")).text();
      const [, code = ""] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
      const program = code.replace("nats://localhost:4222", stack.nats!.url);
      await Bun.write(join(project.folder, "consumer.js"), program);
      const packages = join(import.meta.dirname, "../node_modules");
      for (const name of BROKER_PACKAGES) symlinkSync(join(packages, name), join(project.folder, "node_modules", name));

      const number = await placeOrder(stack);
      const child = Bun.spawn([process.execPath, "consumer.js"], {
        cwd: project.folder,
        stdout: "pipe",
        stderr: "inherit",
      });
      const { value } = await child.stdout.getReader().read();
      child.kill();
      await child.exited;
      expect(new TextDecoder().decode(value)).toBe(`${number} is sold\n`);
    },
    RUN_MS,
  );
});

/** @returns Its number. */
async function placeOrder({ origins, admin }: Stack): Promise<string> {
  const { body: tokens } = await createClient({ baseUrl: origins }).logIn({ body: admin });
  const client = createClient({ baseUrl: origins, token: tokens.access_token });
  const lamp = { sku: "LAMP-1", name: "Desk lamp", price: { amount: 4900, currency: "USD" }, stock: 5 };
  const { body: product } = await client.createProduct({ body: lamp });
  const shippingAddress = { name: "Ada", line1: "1 Main Street", city: "London", postalCode: "N1", country: "GB" };
  const items = [{ productId: product.id, quantity: 1 }];
  return (await client.createOrder({ body: { items, shippingAddress } })).body.number;
}
