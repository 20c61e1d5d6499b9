import type { Mail } from "./mail.ts";

/** What sends mails. */
export interface Mailer {
  /** @throws if the mail was not taken; whether a part of its way was done is then unknown. */
  send(mail: Mail): Promise<void>;
}
