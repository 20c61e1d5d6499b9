/** A mail server on the loopback that keeps what it is sent. */
import { createServer, type Socket } from "node:net";

/** A mail as it came over the wire. */
export interface ReceivedMail {
  /** Of the envelope. */
  readonly from: string;
  readonly to: readonly string[];
  /** Names in lower case; of several of one name the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface SmtpServer {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** Refuses so many mails from now on. */
  refuse(mails: number): void;
  stop(): Promise<void>;
}

interface Conversation {
  from: string;
  to: string[];
  /** The lines of the mail; undefined while it is not being sent. */
  data: string[] | undefined;
}

/** Starts a server on a free port; it knows no TLS and no login. */
export async function startSmtpServer(): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  let refusals = 0;
  const sockets = new Set<Socket>();

  const answer = (talk: Conversation, line: string): string | undefined => {
    if (talk.data !== undefined) {
      if (line !== ".") {
        talk.data.push(line.startsWith(".") ? line.slice(1) : line);
        return undefined;
      }
      received.push(parseMail(talk, talk.data));
      talk.data = undefined;
      return "250 kept";
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (line.startsWith("MAIL FROM")) {
      if (refusals > 0) {
        refusals--;
        return "451 later";
      }
      Object.assign(talk, { from: address, to: [] });
    }
    if (line === "STARTTLS") return "502 no TLS here";
    if (line.startsWith("RCPT TO")) talk.to.push(address);
    if (line === "DATA") {
      talk.data = [];
      return "354 go on";
    }
    return line === "QUIT" ? "221 bye" : "250 fixture.example";
  };

  const server = createServer((socket) => {
    const talk: Conversation = { from: "", to: [], data: undefined };
    let rest = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.write("220 fixture.example\r\n");
    socket.on("data", (chunk) => {
      const lines = `${rest}${chunk}`.split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const reply = answer(talk, line);
        if (reply !== undefined) socket.write(`${reply}\r\n`);
      }
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse(mails) {
      refusals = mails;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function parseMail({ from, to }: Conversation, lines: readonly string[]): ReceivedMail {
  const end = lines.indexOf("");
  const unfolded = lines
    .slice(0, end)
    .join("\n")
    .replace(/\n[ \t]+/g, " ")
    .split("\n");
  const pairs = unfolded.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 2),
  ]);
  const headers = Object.fromEntries(pairs);
  const body = lines.slice(end + 1).join("\n");
  const isQuoted = headers["content-transfer-encoding"] === "quoted-printable";
  const text = isQuoted
    ? body.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body;
  return { from, to: [...to], headers, text };
}
