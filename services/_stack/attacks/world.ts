import type { Schema } from "#contract";
import type { MongoSource } from "../engines/mongo_source.ts";
import type { Stack } from "../stack.ts";
import { startTestStack } from "../test_stack.ts";
import { createForgedKey, type ForgedKey, forge } from "./forgery.ts";
import { type Answer, send } from "./http.ts";

type Json = Readonly<Record<string, unknown>>;

/** An account that is signed in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  token: string;
  refreshToken: string;
}

/** A running system, a victim with things of her own, and somebody of ill will. */
export interface World {
  readonly stack: Stack;
  /** Base URLs. */
  readonly users: string;
  readonly products: string;
  readonly orders: string;
  /** The victim. */
  readonly alice: Person;
  readonly mallory: Person;
  readonly admin: Person;
  /** A product on sale, a draft and an order of the victim's. */
  readonly lamp: Schema<"Product">;
  readonly draft: Schema<"Product">;
  readonly order: Schema<"Order">;
  /** With which the victim placed it. */
  readonly orderKey: string;
  /** Signs as the issuer does: products and orders have its public key. What is wrong with such a token is then its text alone. */
  readonly stolenKey: ForgedKey;
  /** The claims of a good token of the victim's. */
  goodClaims(): Json;
  /** A token by the stolen key. */
  signed(claims: Json, header?: Json): string;
  /** How often the services have asked for the key set so far. */
  keySetReads(): number;
  /** Somebody nobody has seen before. */
  newPerson(): Promise<Person>;
  serviceToken(): Promise<string>;
  /** New tokens for everybody: they last 5 minutes. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/** Quotas that nobody uses up, and that are seen to be used; a line for passwords that is long enough on a busy machine. */
const SETTINGS = { RATE_LIMIT_ADDRESS: "20000", RATE_LIMIT_WINDOW_S: "3600", PASSWORD_WAIT_MS: "15000" };

export const ISSUED_BY_STOLEN_KEY = "stolen-key";
export const ADDRESS = { name: "Alice", line1: "1 Main Street", city: "London", postalCode: "N1", country: "GB" };
const PASSWORD = "quiet lanterns over the harbour";

/** Starts the system, with a key set to which one more key was added. */
export async function openWorld(mongo: MongoSource | undefined, signal: AbortSignal): Promise<World> {
  const stolenKey = createForgedKey(ISSUED_BY_STOLEN_KEY);
  const keySet = serveKeySet(stolenKey);
  const environment = { JWKS_URL: keySet.url, ...SETTINGS };
  const stack = await startTestStack({ ...(mongo && { mongo }), environment, signal }).catch((error: unknown) => {
    keySet.stop();
    throw error;
  });
  const [users, products, orders] = [
    baseUrl(stack, "user-authentication"),
    baseUrl(stack, "product-management"),
    baseUrl(stack, "order-processing"),
  ];
  keySet.follow(users);
  const stop = async (): Promise<void> => {
    await stack.stop();
    keySet.stop();
  };
  try {
    const newPerson = () => register(users);
    const [alice, mallory] = [await newPerson(), await newPerson()];
    const admin = await signIn(users, { id: "", ...stack.admin });
    const post = async (url: string, json: unknown, headers = {}) =>
      succeeded(await send(url, { method: "POST", token: alice.token, json, headers }));
    // What the services answer has been checked against the contract by themselves.
    const make = (product: Json) => post(`${products}/products`, product) as unknown as Promise<Schema<"Product">>;
    const price = { amount: 4900, currency: "USD" };
    const lamp = await make({ sku: "ALICE-LAMP", name: "Alice's lamp", price, stock: 1000 });
    const draft = await make({ sku: "ALICE-DRAFT", name: "Secret lamp", price, status: "draft", stock: 7 });
    const orderKey = crypto.randomUUID();
    const placed = { items: [{ productId: lamp.id, quantity: 1 }], shippingAddress: ADDRESS };
    const order = (await post(`${orders}/orders`, placed, {
      "idempotency-key": orderKey,
    })) as unknown as Schema<"Order">;
    const goodClaims = (): Json => claimsOf(alice, stack);
    return {
      ...{ stack, users, products, orders, alice, mallory, admin, lamp, draft, order, orderKey, stolenKey },
      ...{ goodClaims, newPerson, stop, keySetReads: keySet.reads },
      signed: (claims, header = GOOD_HEADER) => forge(header, claims, stolenKey.signer),
      serviceToken: () => serviceToken(users, stack),
      async renew() {
        for (const person of [alice, mallory, admin]) await refresh(users, person);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The header of a good token by the stolen key. */
export const GOOD_HEADER: Json = { alg: "EdDSA", typ: "at+jwt", kid: ISSUED_BY_STOLEN_KEY };

/** Signs in. */
export async function signIn(users: string, login: Pick<Person, "id" | "email" | "password">): Promise<Person> {
  const { email, password } = login;
  const tokens = succeeded(await send(`${users}/login`, { method: "POST", json: { email, password } }));
  return { ...login, token: String(tokens.access_token), refreshToken: String(tokens.refresh_token) };
}

/** Presents a refresh token. */
export function presentRefreshToken(users: string, refreshToken: string): Promise<Answer> {
  return send(`${users}/token/refresh`, { method: "POST", json: { refresh_token: refreshToken } });
}

async function refresh(users: string, person: Person): Promise<void> {
  const tokens = succeeded(await presentRefreshToken(users, person.refreshToken));
  person.token = String(tokens.access_token);
  person.refreshToken = String(tokens.refresh_token);
}

async function register(users: string): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.com`;
  const registration = { email, password: PASSWORD, displayName: "Somebody" };
  const { id } = succeeded(await send(`${users}/register`, { method: "POST", json: registration }));
  return signIn(users, { id: String(id), email, password: PASSWORD });
}

async function serviceToken(users: string, { serviceClient: { id, secret } }: Stack): Promise<string> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret });
  const contentType = "application/x-www-form-urlencoded";
  const answer = await send(`${users}/token`, { method: "POST", body: String(form), contentType });
  return String(succeeded(answer).access_token);
}

function claimsOf({ id }: Person, { origins }: Stack): Json {
  const iat = Math.floor(Date.now() / 1000);
  const iss = origins["user-authentication"];
  return { iss, aud: "tradepost", sub: id, roles: ["customer"], iat, exp: iat + 300, jti: crypto.randomUUID() };
}

/** By address: `localhost` may be taken for `::1`. */
function baseUrl({ origins }: Stack, name: keyof Stack["origins"]): string {
  return origins[name].replace("localhost", "127.0.0.1");
}

function succeeded({ status, body, text }: Answer): Json {
  if (status < 200 || status > 299) throw new Error(`A step of the preparation failed: ${status} ${text}`);
  return body;
}

interface KeySetServer {
  readonly url: string;
  reads(): number;
  /** From now on the keys of the real issuer are in it, too. */
  follow(users: string): void;
  stop(): void;
}

function serveKeySet({ jwk }: ForgedKey): KeySetServer {
  let reads = 0;
  let source: string | undefined;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch() {
      reads++;
      const real = source && (await send(`${source}/.well-known/jwks.json`)).body.keys;
      return Response.json({ keys: [...(Array.isArray(real) ? real : []), jwk] });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/jwks.json`,
    reads: () => reads,
    follow(users) {
      source = users;
    },
    stop: () => void server.stop(true),
  };
}
