/** People who sign in, stay a while and sign out: what their tokens are good for is written down. */
import { createClient } from "#sdk";
import type { Login, Stack } from "../stack.ts";
import type { Recorder } from "./recorder.ts";
import { clientOf } from "./shop.ts";

/** An access token that somebody still has. */
interface Kept {
  readonly session: string;
  readonly token: string;
  /** By the history's clock, right after it came. */
  readonly issuedMs: number;
}

/** For each who registers: hashing a password is work for a processor. */
const VISITS_EACH = 4;
const ANSWER_MS = 6_000;

/** Where they sign in, and where it is written down: one record for a whole run, so that old tokens are seen to end. */
export interface SessionWorld {
  readonly origins: Stack["origins"];
  readonly login: Login;
  readonly recorder: Recorder;
}

/** Signs in and out, and tries the tokens before and after. */
export class Sessions {
  readonly #world: SessionWorld;
  /** Of sessions that were ended; the oldest first. */
  readonly #kept: Kept[] = [];
  #count = 0;

  constructor(world: SessionWorld) {
    this.#world = world;
  }

  /** One person after the other, until the load is over. */
  async goOn(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.#count % VISITS_EACH === 0) await this.#register();
      await this.#visit().catch(() => {}); // who cannot sign in goes away
      await this.#useOldest();
      await Bun.sleep(700);
    }
  }

  /** Tries the token that was issued first, of those whose sessions were ended. */
  async #useOldest(): Promise<void> {
    const [oldest] = this.#kept;
    if (oldest) await this.#use(oldest);
  }

  async #register(): Promise<void> {
    const { origins, recorder } = this.#world;
    const guest = createClient({ baseUrl: origins, retry: { attempts: 1 }, timeoutMs: ANSWER_MS });
    const email = `visitor-${crypto.randomUUID()}@load.example.com`;
    await recorder.record({ client: "visitor", kind: "register account", input: { email } }, async () => {
      await guest.registerUser({ body: { email, password: crypto.randomUUID(), displayName: "Visitor" } });
      return {};
    });
  }

  async #visit(): Promise<void> {
    const { origins, login, recorder } = this.#world;
    const guest = createClient({ baseUrl: origins, retry: { attempts: 1 } });
    const session = `session-${this.#count++}`;
    const client = session;
    let { body: tokens } = await guest.logIn({ body: login });
    const kept: Kept = { session, token: tokens.access_token, issuedMs: performance.now() };
    const refresh = () =>
      recorder.record({ client, kind: "refresh session", input: { session } }, async () => {
        ({ body: tokens } = await guest.refreshTokens({ body: { refresh_token: tokens.refresh_token } }));
        return {};
      });
    await this.#use(kept);
    await refresh();
    const { outcome } = await recorder.record({ client, kind: "log out", input: { session } }, async () => {
      await guest.logOut({ body: { refresh_token: tokens.refresh_token } });
      return {};
    });
    await refresh();
    if (outcome === "ok") this.#kept.push(kept);
  }

  async #use({ session, token, issuedMs }: Kept): Promise<void> {
    const { origins, recorder } = this.#world;
    const person = clientOf(origins, token);
    const input = { session, issuedMs };
    for (const call of [() => person.getProfile(), () => person.listOrders({ query: { limit: 1 } })]) {
      await recorder.record({ client: session, kind: "use access token", input }, async () => {
        await call();
        return {};
      });
    }
  }
}
