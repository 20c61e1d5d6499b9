/** What the tests of the binder bind: services with handlers that a test chooses, and callers that are not verified. */
import type { Caller, Handlers, Schema, ServiceName } from "#contract";
import { InvalidToken } from "./authentication.ts";
import { createService, type Service, type ServiceOptions } from "./service.ts";

export const ORIGINS = {
  "user-authentication": "http://localhost:3000",
  "product-management": "http://localhost:3001",
  "order-processing": "https://orders.example",
} as const;

export const ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
export const PRODUCT: Schema<"Product"> = {
  id: ID,
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "",
  price: { amount: 4900, currency: "USD" },
  status: "active",
  tags: [],
  ownerId: ID,
  version: 1,
  createdAt: "2026-11-23T10:16:02.000Z",
  updatedAt: "2026-11-23T10:16:02.000Z",
};

const CALLERS: Readonly<Record<string, Caller>> = {
  customer: { kind: "user", id: ID, roles: ["customer"] },
  admin: { kind: "user", id: ID, roles: ["admin"] },
  stock: { kind: "service", id: "order-processing", scopes: ["stock:write"] },
  scopeless: { kind: "service", id: "order-processing", scopes: [] },
};

/** Takes `Bearer customer`, `admin`, `stock` and `scopeless`, each for its own kind only. */
export function authenticate(token: string, kind: Caller["kind"]): Caller {
  const caller = CALLERS[token];
  if (caller?.kind !== kind) throw new InvalidToken("not one of the callers of the tests");
  return caller;
}

/** A service whose replies are checked; an operation that the test has no handler for answers 500. */
export function createTestService<S extends ServiceName>(
  name: S,
  handlers: Partial<Handlers<S>>,
  options: Partial<ServiceOptions> = {},
): Service {
  const missing = (): never => {
    throw new Error("the test has no handler for this operation");
  };
  const all = new Proxy(handlers, { get: (known, id) => Reflect.get(known, id) ?? missing });
  // Those that are there have their types, and those that are missing never answer.
  return createService(name, all as Handlers<S>, { authenticate, origins: ORIGINS, checkResponses: true, ...options });
}

/** What a test sends. */
export interface TestRequest {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, with its media type. */
  json?: unknown;
  /** Sent as it is. */
  body?: BodyInit;
}

/** What a test got. */
export interface TestReply {
  status: number;
  headers: Headers;
  text: string;
  /** The body, if it is JSON. */
  json: Record<string, unknown>;
}

/** Sends a request to a service, without a socket. */
export async function send(service: Service, path: string, request: TestRequest = {}): Promise<TestReply> {
  const { json, token, body = json === undefined ? undefined : JSON.stringify(json) } = request;
  const headers = new Headers(request.headers);
  if (json !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const { method = body === undefined ? "GET" : "POST" } = request;
  const init = { method, headers, ...(body !== undefined && { body }) };
  const response = await service.handle(new Request(`http://localhost${path}`, init));
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}
