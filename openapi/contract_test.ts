import { expect, expectTypeOf, test } from "bun:test";
import {
  type Call,
  type Handler,
  type Handlers,
  type Input,
  OPERATIONS,
  type OperationId,
  type OrderEvent,
  type ProblemCode,
  type ProblemExtras,
  type ProblemOf,
  type Reply,
  type Schema,
  type UserCaller,
} from "#contract";

declare const user: Schema<"User">;
declare const product: Schema<"Product">;
declare const everything: Handlers<"product-management">;

test("a handler gets defaults filled in and names in lower case", () => {
  expectTypeOf<Input<"listProducts">["query"]["limit"]>().toEqualTypeOf<number>();
  expectTypeOf<Input<"listProducts">["query"]["q"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Input<"createProduct">["body"]["tags"]>().toEqualTypeOf<string[]>();
  expectTypeOf<Input<"createProduct">["headers"]["idempotency-key"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Input<"getProduct">["params"]>().toEqualTypeOf<{ productId: string }>();
  expectTypeOf<Input<"updateProfile">["body"]["version"]>().toEqualTypeOf<number>();
  expectTypeOf<Input<"issueServiceToken">["headers"]["authorization"]>().toEqualTypeOf<string | undefined>();
});

test("a caller is there exactly where the contract declares security", () => {
  expectTypeOf<Input<"createOrder">["caller"]>().toEqualTypeOf<UserCaller>();
  expectTypeOf<Input<"getProduct">["caller"]>().toEqualTypeOf<UserCaller | undefined>();
  expectTypeOf<Input<"logIn">["caller"]>().toEqualTypeOf<undefined>();
  expectTypeOf<Input<"applyStockCommands">["caller"]["scopes"]>().toEqualTypeOf<readonly string[]>();
});

test("an event is told apart by its type, and is no operation of a service", () => {
  expectTypeOf<OrderEvent["type"]>().toEqualTypeOf<
    "order.confirmed" | "order.rejected" | "order.fulfilled" | "order.cancelled"
  >();
  type Confirmed = Extract<OrderEvent, { type: "order.confirmed" }>;
  expectTypeOf<Confirmed["data"]["total"]>().toEqualTypeOf<Schema<"Money">>();
  type Rejected = Extract<OrderEvent, { type: "order.rejected" }>;
  expectTypeOf<Rejected["data"]["total"]>().toEqualTypeOf<Schema<"Money"> | null>();
  expect(Object.values(OPERATIONS).filter(({ path }) => !path.startsWith("/"))).toEqual([]);
});

test("a client may leave out what has a default, and nothing else", () => {
  const price = { amount: 1, currency: "USD" };
  const call: Call<"createProduct"> = { body: { sku: "A", name: "A", price } };
  // @ts-expect-error a price is required
  const priceless: Call<"createProduct"> = { body: { sku: "A", name: "A" } };
  // @ts-expect-error the path parameter is required
  const nowhere: Call<"getProduct"> = {};
  const moves: Call<"replaceOrder">["body"][] = [
    { version: 1, status: "cancelled" },
    // @ts-expect-error new items need the address as well
    { version: 1, items: [] },
  ];
  expect(moves).toHaveLength(2);
  expectTypeOf<Call<"getProfile">>().toEqualTypeOf<Record<never, never>>();
  expect([call, priceless, nowhere]).toHaveLength(3);
});

test("the compiler names a missing, a surplus and a swapped handler", () => {
  const complete = () => {
    const { getProduct, ...rest } = everything;
    // @ts-expect-error getProduct is missing
    const missing: Handlers<"product-management"> = rest;
    // @ts-expect-error archiveProduct is not of this service
    const surplus: Handlers<"product-management"> = { ...everything, archiveProduct: getProduct };
    // @ts-expect-error same shape, another operation
    const swapped: Handlers<"product-management"> = { ...everything, replaceProduct: everything.updateProduct };
    return [missing, surplus, swapped];
  };
  expect(complete).toBeFunction();
});

test("the compiler names an undeclared status, a wrong body, a forgotten header and a caller that is not there", () => {
  // @ts-expect-error 202 is not declared
  const status: Handler<"getProfile"> = async () => ({ status: 202, body: user });
  // @ts-expect-error a product is no user
  const body: Handler<"getProfile"> = async () => ({ status: 200, body: product });
  // @ts-expect-error the ETag is required
  const header: Handler<"replaceProduct"> = async () => ({ status: 200, body: product });
  // @ts-expect-error nobody is signed in when they sign in
  const caller = (input: Input<"logIn">): string => input.caller.id;
  expect([status, body, header, caller]).toHaveLength(4);
});

test("a reply carries its declared headers and no body where none is declared", () => {
  expectTypeOf<Reply<"deleteProduct">>().toEqualTypeOf<{
    readonly status: 204;
    readonly headers?: Record<never, never>;
  }>();
  expectTypeOf<Extract<Reply<"createOrder">, { status: 202 }>["headers"]["retry-after"]>().toEqualTypeOf<number>();
  expectTypeOf<Extract<Reply<"listUsers">, { status: 200 }>["headers"]>().toEqualTypeOf<
    { link?: string } | undefined
  >();
});

test("problems are told apart by their code", () => {
  expectTypeOf<ProblemExtras<"version-conflict">>().toEqualTypeOf<{ currentVersion: number }>();
  expectTypeOf<ProblemExtras<"not-found">>().toEqualTypeOf<Record<never, never>>();
  expectTypeOf<"out-of-stock">().toExtend<ProblemOf<"createOrder">["code"]>();
  expectTypeOf<Extract<ProblemOf<"getProfile">["code"], "out-of-stock">>().toEqualTypeOf<never>();
  expectTypeOf<ProblemOf<"createOrder">["code"]>().toExtend<ProblemCode>();
});

test("every operation belongs to one of three services", () => {
  const services = new Set(Object.values(OPERATIONS).map(({ service }) => service));
  expect([...services].sort()).toEqual(["order-processing", "product-management", "user-authentication"]);
  expectTypeOf<OperationId<"order-processing">>().toEqualTypeOf<
    "listOrders" | "createOrder" | "getOrder" | "replaceOrder" | "deleteOrder" | "listOrderAuditEvents"
  >();
});
