import { expect, test } from "bun:test";
import type { Mail } from "./mail.ts";
import { createPostbox } from "./postbox.ts";

const MAIL: Mail = { to: "ada@example.com", subject: "Hello", text: "Hello" };

test("a mailer that never comes to an end holds up nobody: each attempt has its deadline", async () => {
  const warnings: string[] = [];
  const sent: string[] = [];
  const mailer = {
    async send({ to }: Mail): Promise<void> {
      if (to !== MAIL.to) await new Promise(() => {});
      sent.push(to);
    },
  };
  const log = { warn: (line: string) => warnings.push(line) };
  const postbox = createPostbox({ mailer, log, delaysMs: [1], deadlineMs: 20 });
  // More of them than are sent at once.
  for (let count = 0; count < 5; count++) postbox.post(async () => ({ ...MAIL, to: "bob@example.com" }));
  postbox.post(async () => MAIL);
  await postbox.close();
  expect(sent).toEqual([MAIL.to]);
  expect(warnings.filter((line) => line === "A mail is given up")).toHaveLength(5);
});
