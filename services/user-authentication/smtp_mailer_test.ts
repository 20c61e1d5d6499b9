import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { emailVerificationMail, passwordResetMail } from "./mail.ts";
import { type SmtpServer, startSmtpServer } from "./smtp_fixture.ts";
import { createSmtpMailer } from "./smtp_mailer.ts";

const FROM = "Tradepost <no-reply@tradepost.example>";
let server: SmtpServer;
beforeAll(async () => {
  server = await startSmtpServer();
});
afterAll(() => server.stop());

test("send() sends a mail with the headers it was given, and no others of its receiver's making", async () => {
  const mailer = createSmtpMailer({ url: server.url, from: FROM });
  const mail = emailVerificationMail({ to: "ada@example.com", token: "t".repeat(43), pages: {} });
  await mailer.send(mail);
  expect(server.received.at(-1)).toMatchObject({
    ...{ from: "no-reply@tradepost.example", to: ["ada@example.com"], text: mail.text.trimEnd() },
    headers: { from: FROM, to: "ada@example.com", subject: "Verify your email" },
  });
});

test.each([
  "ada@example.com\r\nBcc: eve@example.com",
  "ada@example.com\nSubject: other",
  "ada@example.com>\r\nRCPT TO:<eve@example.com",
  "ada@example.com, eve@example.com",
  "Ada <eve@example.com>",
  "ada@example.com;eve@example.com",
])("send() to %j reaches nobody else", async (to) => {
  const mailer = createSmtpMailer({ url: server.url, from: FROM });
  const before = server.received.length;
  await mailer.send(passwordResetMail({ to, token: "t", pages: {} })).catch(() => {});
  for (const mail of server.received.slice(before)) {
    expect(mail.to).not.toContain("eve@example.com");
    expect(mail.to).toHaveLength(1);
    expect(mail.headers).not.toHaveProperty("bcc");
    expect(mail.headers.subject).toBe("Set a new password");
  }
});

test("send() keeps its password from a server without TLS", async () => {
  const url = server.url.replace("smtp://", "smtp://user:secret@").replace("127.0.0.1", "[::ffff:127.0.0.1]");
  const mailer = createSmtpMailer({ url, from: FROM });
  const before = server.received.length;
  const mail = emailVerificationMail({ to: "ada@example.com", token: "t", pages: {} });
  await expect(mailer.send(mail)).rejects.toThrow();
  expect(server.received).toHaveLength(before);
});

/** A server that takes connections, and says only what it is told to. */
async function startMute(onConnection: (socket: Socket) => void): Promise<{ url: string; stop: () => void }> {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => mute.once("listening", resolve));
  const address = mute.address();
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    mute.close();
  };
  return { url: `smtp://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, stop };
}

test.each([
  ["never greets", () => {}],
  ["greets and falls silent", (socket: Socket) => socket.write("220 mute.example\r\n")],
])("send() fails soon with a server that %s", async (_, onConnection) => {
  const mute = await startMute(onConnection);
  const mailer = createSmtpMailer({ url: mute.url, from: FROM, timeoutMs: 100 });
  const startedMs = performance.now();
  const mail = emailVerificationMail({ to: "ada@example.com", token: "t", pages: {} });
  await expect(mailer.send(mail)).rejects.toThrow();
  expect(performance.now() - startedMs).toBeLessThan(2000);
  mute.stop();
});

test("send() fails where nobody listens", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => closed.once("listening", resolve));
  const address = closed.address();
  const port = typeof address === "object" ? address?.port : 0;
  await new Promise((resolve) => closed.close(resolve));
  const mailer = createSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  const mail = emailVerificationMail({ to: "ada@example.com", token: "t", pages: {} });
  await expect(mailer.send(mail)).rejects.toThrow("ECONNREFUSED");
});
