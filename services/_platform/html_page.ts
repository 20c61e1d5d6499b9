import type { OutgoingReply } from "./reply_check.ts";

/** A page that people read. */
export interface HtmlPage {
  title: string;
  /** HTML; every value in it is escaped already. */
  body: string;
  /** Paths of this service. */
  styles?: readonly string[];
  scripts?: readonly string[];
  /** Origins that its scripts may call, besides its own. */
  connectTo?: readonly string[];
}

/** Makes text safe inside HTML and its attributes. */
export function escapeHtml(text: string): string {
  return Bun.escapeHTML(text);
}

/** The contract's words as HTML: its paragraphs, and code between backticks. */
export function proseToHtml(words: string): string {
  const paragraphs = escapeHtml(words.trim()).split(/\n\n+/);
  return paragraphs.map((text) => `<p>${text.replaceAll(/`(.+?)`/g, "<code>$1</code>")}</p>`).join("\n");
}

/** A page that loads nothing from elsewhere and runs nothing that is written into it. */
export function htmlReply({ title, body, styles = [], scripts = [], connectTo = [] }: HtmlPage): OutgoingReply {
  const links = styles.map((path) => `<link rel="stylesheet" href="${path}">`);
  const loads = scripts.map((path) => `<script src="${path}" defer></script>`);
  const raw = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" type="image/png" href="/docs/favicon.png">
${[...links, ...loads].join("\n")}
</head>
<body>
${body}
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connectTo].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
  return { status: 200, headers, raw };
}
