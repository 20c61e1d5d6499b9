import { isIP } from "node:net";
import { createTransport } from "nodemailer";
import type { Mail } from "./mail.ts";
import type { Mailer } from "./mail_port.ts";

/** Where mails go, and from whom they are. */
export interface SmtpOptions {
  /** `smtp://user:password@host:587` or `smtps://…:465`. */
  readonly url: string;
  /** Such as `Tradepost <no-reply@shop.example>`. */
  readonly from: string;
  /** How long the server may say nothing. @default 10,000 ms */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Sends mails by SMTP. A password is never sent without TLS, unless the server is on this machine. */
export function createSmtpMailer({ url, from, timeoutMs = TIMEOUT_MS }: SmtpOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === "smtps:";
  const host = decodeURIComponent(hostname).replace(/^\[|\]$/g, "");
  const hasLogin = username !== "";
  const transport = createTransport({
    ...{ host, port: Number(port || (secure ? 465 : 587)), secure },
    ...(hasLogin && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    requireTLS: hasLogin && !secure && !isLoopback(host),
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
    // A mail is made of our own texts: it never has anything fetched or read.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send({ to, subject, text }: Mail) {
      // The address as a part of its own is never taken apart: no second receiver, no header.
      await transport.sendMail({ from, to: { name: "", address: to }, subject, text });
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
