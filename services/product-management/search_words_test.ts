import { expect, test } from "bun:test";

import { queryWords, searchWords } from "./search_words.ts";

const LAMP = {
  sku: "LAMP-1.b_7",
  name: "Desk Lamp",
  description: "Doesn't flicker; 3.5 W.",
  tags: ["for offices", "Office"],
};

/** Whether a product is found, as api.md has it. */
function finds(q: string, product = LAMP): boolean {
  const words = searchWords(product);
  return queryWords(q).every((asked) => words.some((word) => word.startsWith(asked)));
}

test("the words of sku, name, tags and description, each once, are a product's words", () => {
  const words = ["lamp", "1", "b", "7", "desk", "for", "offices", "office", "doesn", "t", "flicker", "3", "5", "w"];
  expect(searchWords(LAMP)).toEqual(words);
});

test.each([
  "lamp",
  "LAMP",
  "des",
  "desk lamp",
  "lamp desk",
  "lamp-1",
  "1.b_7",
  "B_7",
  "offi",
  "doesn't",
  "3.5",
  "ﬂick",
])("%p finds the desk lamp", (q) => expect(finds(q)).toBe(true));

test.each(["amp", "desk chair", "esk", "lamp-2", "flickers"])("%p does not find the desk lamp", (q) => {
  expect(finds(q)).toBe(false);
});

test.each([
  ["STRASSE", "straße"],
  ["ẞ", "ss"],
  ["ΟΔΟΣ", "οδός".normalize("NFD").replace(/\p{M}/gu, "")],
  ["ﬁne", "FINE"],
  ["①２", "12"],
  ["Å", "\u212b"],
  ["café", "CAFE\u0301"],
])("%p and %p are the same word", (one, other) => {
  expect(queryWords(one)).toEqual(queryWords(other));
  expect(queryWords(one)).toHaveLength(1);
});

test("no case and no compatibility form of a code point makes another word", () => {
  const odd: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    const forms = new Set([text.toUpperCase(), text.toLowerCase(), text.normalize("NFKC")]);
    forms.delete(text);
    if (forms.size === 0) continue;
    const word = queryWords(text).join(" ");
    for (const form of forms.add(word)) if (queryWords(form).join(" ") !== word) odd.push(point.toString(16));
  }
  expect(odd).toEqual([]);
});

test("words of languages without spaces are found by their beginnings", () => {
  const tower = { sku: "T1", name: "東京都タワー", description: "", tags: [] };
  for (const q of ["東京", "東", "タワー", "東京都タワー"]) expect(finds(q, tower)).toBe(true);
});

test("a search without a letter or digit asks for no word", () => {
  for (const q of ["!!!", "★ ", "'", "\\", "\u0000"]) expect(queryWords(q)).toEqual([]);
});

test("words that begin another word of the search are dropped", () => {
  expect(queryWords("lamp Lamps lam desk")).toEqual(["lamps", "desk"]);
});

test("words hold nothing but letters, marks and digits, whatever comes in", () => {
  const every = Array.from({ length: 0x250 }, (_, point) => String.fromCodePoint(point)).join("");
  for (const word of [...queryWords(every), ...queryWords([...every].join(" "))])
    expect(word).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
});

test("a long text has a bounded number of bounded words, and its beginning is kept", () => {
  const description = Array.from({ length: 2500 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join(" ");
  const words = searchWords({ ...LAMP, description });
  expect(words).toHaveLength(1000);
  expect(words.slice(0, 2)).toEqual(["lamp", "1"]);

  const [long] = searchWords({ ...LAMP, sku: "a".repeat(200) });
  expect(long).toBe("a".repeat(64));
  expect(queryWords("a".repeat(100))).toEqual(["a".repeat(64)]);
  expect(queryWords("𝔸𐐷".repeat(50))).toEqual([`a${"𐐷"}`.repeat(32)]);
});
