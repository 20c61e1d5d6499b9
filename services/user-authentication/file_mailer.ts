import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Mail } from "./mail.ts";
import type { Mailer } from "./mail_port.ts";

/** Writes mails to the end of a file that only its owner can read: for development, where nobody has a mail server. */
export function createFileMailer(path: string): Mailer {
  return {
    async send({ to, subject, text }: Mail) {
      await mkdir(dirname(path), { recursive: true });
      const mail = `To: ${to}\nSubject: ${subject}\nDate: ${new Date().toUTCString()}\n\n${text}\n---\n`;
      await appendFile(path, mail, { mode: 0o600 });
    },
  };
}
