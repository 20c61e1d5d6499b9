import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { createTestFolder } from "../_stack/test_folder.ts";
import { createFileMailer } from "./file_mailer.ts";

test("send() adds mails to a file that only its owner can read", async () => {
  const path = join(createTestFolder(), "mail/outgoing.txt");
  const mailer = createFileMailer(path);
  await mailer.send({ to: "ada@example.com", subject: "One", text: "first\n" });
  await mailer.send({ to: "eve@example.com", subject: "Two", text: "second\n" });
  const text = await Bun.file(path).text();
  expect(text).toMatch(/^To: ada@example.com\nSubject: One\nDate: .+\n\nfirst\n[\s\S]+To: eve@example.com/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
