import { isIP } from "node:net";
import { createTransport } from "nodemailer";
import { withDeadline } from "#platform/deadline.ts";
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
  /** How long one mail may take, whatever the server says. @default 30,000 ms */
  readonly deadlineMs?: number;
}

const TIMEOUT_MS = 10_000;
const DEADLINE_MS = 30_000;

/** Sends mails by SMTP. A password is never sent without TLS, unless the server is on this machine. */
export function createSmtpMailer({ url, from, timeoutMs = TIMEOUT_MS, deadlineMs = DEADLINE_MS }: SmtpOptions): Mailer {
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
      const sending = transport.sendMail({ from, to: { name: "", address: to }, subject, text });
      // Each answer begins the time of silence anew: a server that goes on talking would hold up the mails behind this one for ever.
      await withDeadline(sending, deadlineMs);
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
