import { expect, test } from "bun:test";
import { weaknessOf } from "./password_policy.ts";

const CONTEXT = ["ada.king", "king", "example", "Lovelace"];

test.each([
  "a long enough passphrase",
  "another long passphrase",
  "quiet lanterns over the harbour",
  "x9#Lq2!vT7&mZ4@w",
  "ÄÖÜ ß 漢字 🙂🙃 ñandú größe",
  "                \u00A0Zx7-qpLm",
  "lanternlantern harbour",
])("weaknessOf() finds none in %j", (password) => {
  expect(weaknessOf(password, CONTEXT)).toBeUndefined();
});

test.each([
  ["too short", "fourteen chars", "at least 15"],
  ["too short once composed", "a\u0301e\u0301i\u0301o\u0301u\u0301x\u0301y\u0301z\u0301", "at least 15"],
  ["a lone surrogate", "quiet lanterns \uD800 harbour", "well-formed"],
  ["leaked", "manchesterunited", "common password"],
  ["leaked, in capitals", "PasswordStandard", "common password"],
  ["leaked, in full width", "ｐａｓｓｗｏｒｄｓｔａｎｄａｒｄ", "common password"],
  ["a phrase everybody knows", "Correct Horse Battery Staple", "common password"],
  ["one character", "aaaaaaaaaaaaaaaa", "over and over"],
  ["a short unit", "k7vk7vk7vk7vk7vk7v", "over and over"],
  ["a short unit with spaces", "lamp3 lamp3 lamp3 lamp3", "over and over"],
  ["a row of digits", "01234567890123456", "common words"],
  ["a row backwards", "poiuytrewq09876543", "common words"],
  ["a word and digits", "password12345678", "common words"],
  ["words attackers try first", "dragon monkey football", "common words"],
  ["a word in disguise", "P@ssw0rd!2345678", "common words"],
  ["the site", "Tradepost-123456", "common words"],
  ["the email", "ada.king12345678", "common words"],
  ["the host", "example!example!1", "common words"],
  ["the name", "lovelacelovelace99", "common words"],
])("weaknessOf() names what is %s", (_, password, reason) => {
  expect(weaknessOf(password, CONTEXT)).toContain(reason);
});

test("weaknessOf() takes no time worth mentioning for the longest password", () => {
  const startedAt = performance.now();
  for (const password of ["a".repeat(128), "qwerty".repeat(21), "ab".repeat(64), "!@#$%^&*()_+".repeat(10)]) {
    weaknessOf(password, CONTEXT);
    weaknessOf(`${password.slice(0, 100)} quiet lantern`, CONTEXT);
  }
  expect(performance.now() - startedAt).toBeLessThan(500);
});
