/** The callers of the fuzzer: accounts of its own, with tokens that are renewed. */
import { type ByService, byService } from "../service_names.ts";
import type { Login, Stack } from "../stack.ts";
import type { Role } from "./plan.ts";

/** An account that was made for the fuzzer. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Who sends a request: what proves it, and who that is. */
export interface Sender {
  readonly authorization: string | undefined;
  /** The id of an account; the role where there is none. */
  readonly id: string;
}

interface SignedIn {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TOKEN_LIFE_MS = 240_000;
const JSON_BODY = { "content-type": "application/json" };
/** Of all accounts that are made here. */
export const PASSWORD = "quiet lanterns over the harbour";

/** The accounts of one worker: no other one changes them. */
export class People {
  readonly origins: ByService<string>;
  readonly #stack: Pick<Stack, "admin" | "serviceClient">;
  readonly #people = new Map<Role, Person>();
  readonly #signedIn = new Map<Role, { person: Promise<SignedIn>; untilMs: number }>();

  constructor(stack: Stack) {
    this.#stack = stack;
    // By address: `localhost` may be taken for `::1`, where nobody listens.
    this.origins = byService((name) => stack.origins[name].replace("localhost", "127.0.0.1"));
  }

  get client(): { readonly id: string; readonly secret: string } {
    return this.#stack.serviceClient;
  }

  async senderOf(role: Role): Promise<Sender> {
    const { id, secret } = this.client;
    switch (role) {
      case "anonymous":
        return { authorization: undefined, id: role };
      case "impostor":
        return { authorization: "Bearer no.such.token", id: role };
      case "client":
        return { authorization: `Basic ${btoa(`${id}:${secret}`)}`, id: role };
      default: {
        const person = await this.#of(role);
        return { authorization: `Bearer ${person.token}`, id: person.id };
      }
    }
  }

  /** Who a role is now. */
  async accountOf(role: "customer" | "stranger" | "admin"): Promise<Pick<Person, "id" | "email">> {
    return this.#of(role);
  }

  /** Lets a role sign in anew: its sessions are over, which some operations look at. */
  forget(role: Role): void {
    this.#signedIn.delete(role);
  }

  /** An account that nobody is. */
  async newPerson(): Promise<Person> {
    const email = `fuzz-${crypto.randomUUID()}@example.com`;
    const body = JSON.stringify({ email, password: PASSWORD, displayName: "Somebody" });
    const { id } = await this.#send("/register", { method: "POST", headers: JSON_BODY, body });
    return { id: String(id), email, password: PASSWORD };
  }

  #of(role: Role): Promise<SignedIn> {
    const known = this.#signedIn.get(role);
    if (known !== undefined && known.untilMs > Date.now()) return known.person;
    const person = role === "service" ? this.#serviceToken() : this.#signIn(role);
    this.#signedIn.set(role, { person, untilMs: Date.now() + TOKEN_LIFE_MS });
    return person;
  }

  /** The same account as before, mostly: guesses at its password may have made it wait. */
  async #signIn(role: Role): Promise<SignedIn> {
    const known = this.#people.get(role);
    const token = known && (await this.#logIn(known).catch(() => undefined));
    if (known !== undefined && token !== undefined) return { ...known, token };
    const person = await this.newPerson();
    this.#people.set(role, person);
    if (role === "admin") await this.#promote(person);
    return { ...person, token: await this.#logIn(person) };
  }

  async #promote({ id }: Person): Promise<void> {
    const authorization = `Bearer ${await this.#logIn(this.#stack.admin)}`;
    const body = JSON.stringify({ version: 1, roles: ["customer", "admin"] });
    await this.#send(`/users/${id}/roles`, { method: "PUT", headers: { ...JSON_BODY, authorization }, body });
  }

  async #logIn({ email, password }: Login): Promise<string> {
    const body = JSON.stringify({ email, password });
    return String((await this.#send("/login", { method: "POST", headers: JSON_BODY, body })).access_token);
  }

  async #serviceToken(): Promise<SignedIn> {
    const { id, secret } = this.client;
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { access_token } = await this.#send("/token", { method: "POST", headers, body: String(form) });
    return { id, email: "", token: String(access_token) };
  }

  async #send(path: string, request: Sending): Promise<Readonly<Record<string, unknown>>> {
    const headers = { ...request.headers, "x-forwarded-for": anAddress() };
    const response = await fetch(`${this.origins["user-authentication"]}${path}`, { ...request, headers });
    if (!response.ok) throw new Error(`A step of the preparation failed: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>; // of our own service, held against the contract elsewhere
  }
}

/** One of millions: attempts from one address are slowed down after failures. */
export function anAddress(): string {
  const part = (): number => 1 + Math.floor(Math.random() * 254);
  return `10.${part()}.${part()}.${part()}`;
}
