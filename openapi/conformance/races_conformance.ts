/** Many at once: whoever comes first wins, nobody is lost, and the counts are exact. */
import type { Answer, Api } from "./api.ts";
import {
  type Account,
  anAccount,
  anOrder,
  aProduct,
  expect,
  orderOf,
  replacementOf,
  stockOf,
  test,
} from "./fixtures.ts";

test("of 200 replacements of one version, one wins and 199 conflict", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const params = { productId: product.id };
  const replace = (number: number) =>
    api.call("replaceProduct", { as: seller, params, body: { ...replacementOf(product), name: `Lamp ${number}` } });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, number) => replace(number)));

  expect(countStatuses(answers)).toEqual({ 200: 1, 409: 199 });
  for (const { body } of answers.filter(({ status }) => status === 409)) {
    expect(body).toMatchObject({ code: "version-conflict", currentVersion: 2 });
  }
  const winner = answers.find(({ status }) => status === 200);
  expect((await api.answers(200, "getProduct", { params })).body).toEqual(winner?.body);
});

test("of 200 buyers of 50 units, 50 buy and 150 are told that it is out of stock", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 50 });
  const buyers = await someAccounts(api);
  const buy = (number: number) =>
    api.call("createOrder", { as: buyers[number % buyers.length]!, body: orderOf([product, 1]) }); // `%` stays inside
  const answers = await Promise.all(Array.from({ length: 200 }, (_, number) => buy(number)));

  expect(countStatuses(answers)).toEqual({ 201: 50, 409: 150 });
  for (const { body } of answers.filter(({ status }) => status === 409)) {
    expect(body).toMatchObject({ code: "out-of-stock", items: [{ requested: 1, available: 0 }] });
  }
  await expect.poll(() => stockOf(api, product)).toMatchObject({ available: 0, reserved: 0, sold: 50 });
  const { body } = await api.answers(200, "getProduct", { params: { productId: product.id } });
  expect(body.version, "sales change no version").toBe(1);
});

test("of 40 adjustments at once, none is lost and none goes below zero", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 10 });
  const params = { productId: product.id };
  const adjust = (delta: number) =>
    api.call("adjustProductStock", { as: seller, params, body: { delta, reason: "correction" } });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => adjust(number % 2 === 0 ? 3 : -4)));
  const changed = answers.filter(({ status }) => status === 201).map(({ body }) => body as { delta: number }); // call() checked it
  const sum = changed.reduce((total, { delta }) => total + delta, 10);
  expect(await stockOf(api, product)).toMatchObject({ available: sum, sequence: 1 + changed.length });
  expect(changed.filter(({ delta }) => delta > 0)).toHaveLength(20);
});

test("of two cancellations at once, one cancels and the stock comes back once", async ({ api, seller, customer }) => {
  const product = await aProduct(api, seller);
  const { id, version } = await anOrder(api, customer, [product, 4]);
  const cancel = () =>
    api.call("replaceOrder", { as: customer, params: { orderId: id }, body: { version, status: "cancelled" } });
  const answers = await Promise.all(Array.from({ length: 10 }, cancel));
  expect(countStatuses(answers)).toEqual({ 200: 1, 409: 9 });
  await expect.poll(() => stockOf(api, product)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("of many edits of one order at once, one is made and its stock is exact", async ({ api, seller, customer }) => {
  const product = await aProduct(api, seller, { stock: 100 });
  const { id, version } = await anOrder(api, customer, [product, 1]);
  const params = { orderId: id };
  const edit = (quantity: number) =>
    api.call("replaceOrder", { as: customer, params, body: { version, ...orderOf([product, quantity]) } });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => edit(number + 2)));
  expect(countStatuses(answers)).toEqual({ 200: 1, 409: 9 });

  const { body: order } = await api.answers(200, "getOrder", { as: customer, params });
  expect(order.version).toBe(version + 1);
  const sold = order.items[0]?.quantity ?? 0;
  await expect.poll(() => stockOf(api, product)).toMatchObject({ available: 100 - sold, reserved: 0, sold });
});

/** An account costs two password hashes, so 200 buyers are ten people who are in a hurry. */
async function someAccounts(api: Api): Promise<readonly Account[]> {
  const accounts = await Promise.all(Array.from({ length: 10 }, () => anAccount(api)));
  await Promise.all(accounts.map((account) => account.token()));
  return accounts;
}

function countStatuses(answers: readonly Answer[]): Record<number, number> {
  const groups = Map.groupBy(answers, ({ status }) => status);
  return Object.fromEntries([...groups].map(([status, group]) => [status, group.length]));
}
