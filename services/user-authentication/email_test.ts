import { expect, test } from "bun:test";
import { normalizeEmail, wordsOfEmail } from "./email.ts";

test("normalizeEmail() makes one email of its spellings", () => {
  expect(normalizeEmail("Ada@Example.COM")).toBe("ada@example.com");
  expect(normalizeEmail("ａda@example.com")).toBe("ada@example.com");
  expect(normalizeEmail("\u212Aate@example.com")).toBe("kate@example.com");
  expect(normalizeEmail("stra\u00DFe@example.com")).toBe(normalizeEmail("STRA\u1E9EE@example.com"));
  expect(normalizeEmail("\u0391\u03A3@example.com")).toBe(normalizeEmail("\u03B1\u03C2@example.com"));
  expect(normalizeEmail("\u212B@example.com")).toBe(normalizeEmail("A\u030A@example.com"));
});

test("normalizeEmail() is stable, and blind to case, for every character there is", () => {
  for (let code = 0x21; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code);
    const email = normalizeEmail(`a${character}@example.com`);
    if (email === undefined) continue;
    if (normalizeEmail(email) !== email) throw new Error(`U+${code.toString(16)} is not stable`);
    for (const other of [character.toLowerCase(), character.toUpperCase()]) {
      const same = normalizeEmail(`a${other}@example.com`);
      if (same !== email) throw new Error(`U+${code.toString(16)} has two forms: ${email} and ${same}`);
    }
  }
});

test.each([
  ["NUL", "ada\u0000@example.com"],
  ["a line break", "ada@example.com\n"],
  ["a zero-width space", "ada\u200B@example.com"],
  ["a zero-width joiner", "ada\u200D@example.com"],
  ["a bidi override", "ada\u202E@example.com"],
  ["a bidi isolate", "ada\u2066@example.com"],
  ["a soft hyphen", "ada\u00AD@example.com"],
  ["a byte order mark", "\uFEFFada@example.com"],
  ["a variation selector", "ada\uFE0F@example.com"],
  ["a Hangul filler", "ada\u3164@example.com"],
  ["a space", "ada @example.com"],
  ["a lone surrogate", "ada\uD800@example.com"],
  ["a second at sign that only NFKC shows", "ada\uFF20evil@example.com"],
  ["no at sign", "ada.example.com"],
  ["no host", "ada@"],
])("normalizeEmail() refuses %s", (_, text) => {
  expect(normalizeEmail(text)).toBeUndefined();
});

test("wordsOfEmail() has the local part whole and in parts, and the host without its last label", () => {
  expect(wordsOfEmail("ada.king@mail.example.com")).toEqual(["ada.king", "ada", "king", "mail", "example"]);
});
