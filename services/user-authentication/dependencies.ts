import type { KeyRing } from "./key_ring.ts";
import type { MailPages } from "./mail.ts";
import type { Passwords } from "./password.ts";
import type { Postbox } from "./postbox.ts";
import type { ServiceClients } from "./service_client.ts";
import type { Store } from "./store/mod.ts";
import type { TokenIssuer } from "./token_issuer.ts";

/** What the operations work with. */
export interface Dependencies {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly keys: Pick<KeyRing, "published">;
  readonly tokens: TokenIssuer;
  readonly clients: ServiceClients;
  readonly postbox: Postbox;
  /** Pages of the shop that mails lead to. */
  readonly mailPages: MailPages;
  /** The `iss` of the tokens. */
  readonly issuer: string;
  /** Where this service is, as the world sees it. */
  readonly origin: string;
  /** Keys the fingerprints of payloads that hold a password. */
  readonly fingerprintKey: string;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
  readonly now: () => Date;
}
