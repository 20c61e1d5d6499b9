import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Schema } from "#contract";
import { schemaFaults } from "../../openapi/conformance/response_check.ts";
import type { Broker } from "../_stack/engines/nats.ts";
import { freePort } from "../_stack/ports.ts";
import { describeWithNats, startOwnNats } from "../_stack/setup.ts";
import type { OrderEvent } from "./event.ts";
import { createNatsPublisher, type NatsPublisher, STREAM } from "./nats_publisher.ts";
import { ADDRESS, openShop, refusalOf, type Shop } from "./operations/shop_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startBroker(): Promise<Broker> {
  const broker = await startOwnNats();
  closing.push(() => broker.stop());
  return broker;
}

function publisherTo(url: string): NatsPublisher {
  const publisher = createNatsPublisher({ url, log: { info: () => {}, warn: () => {} }, random: () => 0 });
  closing.push(() => publisher.stop());
  return publisher;
}

async function openShopTo(url: string): Promise<Shop> {
  const shop = await openShop({ EVENTS_URL: url });
  closing.push(() => shop.stop());
  return shop;
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const endsAt = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error("It does not come to be");
    await Bun.sleep(20);
  }
}

/** A message as a consumer has it. */
interface Delivery {
  readonly subject: string;
  readonly id: string | undefined;
  readonly contentType: string | undefined;
  readonly event: OrderEvent;
}

/** Everything on the stream, by a durable consumer that acknowledges each. */
async function consumeAll(url: string, durable: string): Promise<Delivery[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    await manager.consumers.add(STREAM, { durable_name: durable, ack_policy: AckPolicy.Explicit });
    const consumer = await jetstream(connection).consumers.get(STREAM, durable);
    const deliveries: Delivery[] = [];
    for (let pending = (await consumer.info()).num_pending; pending > 0; pending--) {
      const message = await consumer.next({ expires: 5000 });
      if (!message) throw new Error("A message that is pending does not come");
      const { subject, headers } = message;
      deliveries.push({
        subject,
        id: headers?.get("Nats-Msg-Id"),
        contentType: headers?.get("Content-Type"),
        event: message.json<OrderEvent>(),
      });
      message.ack();
    }
    return deliveries;
  } finally {
    await connection.drain();
  }
}

function eventOf(version: number): Schema<"OrderEventRejected"> {
  const id = "019a0d33-0000-7000-8000-000000000001";
  return {
    specversion: "1.0",
    id: `${id}-${version}`,
    source: "/order-processing",
    type: "order.rejected",
    subject: id,
    time: "2026-11-23T10:20:30.456Z",
    datacontenttype: "application/json",
    data: { id, number: "TP-000001", customerId: id, status: "rejected", items: [], total: null, version },
  };
}

const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!;

test("a broker that is not there is not available, and stop() does not wait for it", async () => {
  const publisher = publisherTo(`nats://127.0.0.1:${await freePort()}`);
  await Bun.sleep(300);
  expect(publisher.isAvailable).toBeFalse();
  await expect(publisher.publish([eventOf(2)])).rejects.toThrow("away");
  const startedAt = performance.now();
  await publisher.stop();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

describeWithNats("events on NATS", () => {
  test("each is delivered once to a durable consumer, with the order's data", async () => {
    const { url } = await startBroker();
    const shop = await openShopTo(url);
    const lamp = await shop.stock(5);
    const [customer, admin] = [await shop.customer(), await shop.admin()];
    const place = (quantity: number) =>
      customer.createOrder({ body: { items: [{ productId: lamp, quantity }], shippingAddress: ADDRESS } });
    const { body: order } = await place(2);
    const params = { orderId: order.id };
    await admin.replaceOrder({ params, body: { version: order.version, status: "fulfilled" } });
    const { body: other } = await place(1);
    await customer.deleteOrder({ params: { orderId: other.id } });
    await refusalOf(place(100));
    await shop.settled(lamp);

    const deliveries = await consumeAll(url, "test");
    expect(deliveries.map(({ subject }) => subject).sort()).toEqual([
      "tradepost.order.cancelled",
      "tradepost.order.confirmed",
      "tradepost.order.confirmed",
      "tradepost.order.fulfilled",
      "tradepost.order.rejected",
    ]);
    for (const { id, event, subject, contentType } of deliveries) {
      expect(schemaFaults("#/components/schemas/OrderEvent", event)).toEqual([]);
      expect({ id, subject }).toEqual({ id: event.id, subject: `tradepost.${event.type}` });
      expect(contentType).toStartWith("application/cloudevents+json");
    }
    const own = deliveries.filter(({ event }) => event.subject === order.id).map(({ event }) => event);
    expect(own.map(({ type }) => type)).toEqual(["order.confirmed", "order.fulfilled"]);
    expect(own[0]).toEqual({
      specversion: "1.0",
      id: `${order.id}-${order.version}`,
      source: "/order-processing",
      type: "order.confirmed",
      subject: order.id,
      time: order.updatedAt,
      datacontenttype: "application/json",
      data: {
        id: order.id,
        number: order.number,
        customerId: order.customerId,
        status: "confirmed",
        items: [{ productId: lamp, quantity: 2 }],
        total: { amount: 9800, currency: "USD" },
        version: order.version,
      },
    });
    expect(await consumeAll(url, "test")).toEqual([]); // acknowledged
  });

  test("the same event published again is dropped by the stream", async () => {
    const { url } = await startBroker();
    const [one, other] = [publisherTo(url), publisherTo(url)];
    await until(() => one.isAvailable && other.isAvailable);
    await Promise.all([one.publish([eventOf(2), eventOf(3)]), other.publish([eventOf(2)])]);
    await one.publish([eventOf(3), eventOf(4)]);
    const ids = (await consumeAll(url, "test")).map(({ id }) => id);
    expect(ids).toEqual([2, 3, 4].map((version) => eventOf(version).id));
  });

  test("the same event is dropped after a kill of the broker in between, too", async () => {
    const broker = await startBroker();
    const publisher = publisherTo(broker.url);
    await until(() => publisher.isAvailable);
    await publisher.publish([eventOf(2)]);
    await broker.kill();
    await until(() => !publisher.isAvailable);
    await expect(publisher.publish([eventOf(3)])).rejects.toThrow();
    await broker.restart();
    await until(() => publisher.isAvailable);
    await publisher.publish([eventOf(2), eventOf(3)]);
    const ids = (await consumeAll(broker.url, "test")).map(({ id }) => id);
    expect(ids).toEqual([2, 3].map((version) => eventOf(version).id));
  });

  test("a stream that somebody made is left as it is; one that is removed is made again", async () => {
    const { url } = await startBroker();
    const connection = await connect({ servers: url });
    closing.push(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: STREAM, subjects: ["tradepost.>"], description: "mine" });
    const publisher = publisherTo(url);
    await until(() => publisher.isAvailable);
    await publisher.publish([eventOf(2)]);
    expect((await streams.info(STREAM)).config).toMatchObject({ description: "mine", subjects: ["tradepost.>"] });
    await streams.delete(STREAM);
    await expect(publisher.publish([eventOf(3)])).rejects.toThrow();
    await publisher.publish([eventOf(3)]);
    expect((await streams.info(STREAM)).config).toMatchObject({
      subjects: ["tradepost.order.*"],
      storage: "file",
      duplicate_window: 600e9,
    });
  });

  test("a broker that does not answer fails a publication at its deadline", async () => {
    const broker = await startBroker();
    const publisher = publisherTo(broker.url);
    await until(() => publisher.isAvailable);
    await publisher.publish([eventOf(2)]);
    broker.freeze();
    closing.push(async () => broker.thaw());
    const startedAt = performance.now();
    await expect(publisher.publish([eventOf(3)])).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(4000);
    await until(() => !publisher.isAvailable); // it answers no ping either
    broker.thaw();
    await until(() => publisher.isAvailable);
    await publisher.publish([eventOf(3)]);
  });

  test("a broker killed under load delays events: no order slower or lost, every event afterwards, in order per order", async () => {
    const broker = await startBroker();
    const shop = await openShopTo(broker.url);
    const lamp = await shop.stock(100_000);
    const customer = await shop.customer();
    const placed: string[] = [];
    /** Milliseconds that each order took, while four customers order for some time. */
    const load = async (forMs: number): Promise<number[]> => {
      const times: number[] = [];
      const endsAt = performance.now() + forMs;
      const order = async (): Promise<void> => {
        while (performance.now() < endsAt) {
          const startedAt = performance.now();
          const body = { items: [{ productId: lamp, quantity: 1 }], shippingAddress: ADDRESS };
          const reply = await customer.createOrder({ body });
          times.push(performance.now() - startedAt);
          expect(reply.status).toBe(201);
          placed.push(reply.body.id);
          if (placed.length % 5 === 0) await customer.deleteOrder({ params: { orderId: reply.body.id } });
        }
      };
      await Promise.all([order(), order(), order(), order()]);
      return times;
    };
    await load(1000); // the first ones make connections and compile
    const before = median(await load(3000));
    const going = load(5000);
    await Bun.sleep(300);
    await broker.kill();
    const without = await going;
    await broker.restart();
    await load(500);

    expect(median(without)).toBeLessThan(before * 1.5 + 10);
    await shop.settled(lamp);
    const deliveries = await consumeAll(broker.url, "test");
    const byOrder = Map.groupBy(deliveries, ({ event }) => event.subject);
    expect([...byOrder.keys()].sort()).toEqual([...placed].sort());
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(deliveries.length);
    for (const events of byOrder.values()) {
      const versions = events.map(({ event }) => event.data.version);
      expect(versions).toEqual(sorted(versions));
    }
    const cancelled = deliveries.filter(({ event }) => event.type === "order.cancelled");
    expect(cancelled.length).toBeGreaterThan(0);
    expect(deliveries.length).toBe(placed.length + cancelled.length);
  });

  test("a broker that is absent at the start: the service starts and serves, and tells it all when it comes", async () => {
    const broker = await startBroker();
    await broker.kill();
    const shop = await openShopTo(broker.url);
    expect((await shop.send(new Request("http://localhost/readyz"))).status).toBe(200);
    const lamp = await shop.stock(3);
    const body = { items: [{ productId: lamp, quantity: 1 }], shippingAddress: ADDRESS };
    const { status, body: order } = await (await shop.customer()).createOrder({ body });
    expect(status).toBe(201);
    await broker.restart();
    await shop.settled(lamp);
    expect((await consumeAll(broker.url, "test")).map(({ event }) => event.subject)).toEqual([order.id]);
  });
});
