/** The words a product is found by. One function for every engine, so that all of them find the same. */

/** A product has this many words at most; those of a longer text that come after them are not found. */
const WORDS_MAX = 1000;
/** A longer word is cut here, as stored and as asked for. */
const WORD_MAX_CODE_POINTS = 64;

/** Named, so that the machine's language has no say: the rules for finding words are the same for nearly all. */
const SEGMENTER = new Intl.Segmenter("en", { granularity: "word" });
/** The segmenter takes `A.B_1` for one word; a reader who asks for `B` means a part of it. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** The texts of a product that are searched. */
export interface SearchedTexts {
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly tags: readonly string[];
}

/**
 * The distinct words of a product, in the order of sku, name, tags and description, so that the bound cuts off the end of a long
 * description.
 */
export function searchWords({ sku, name, tags, description }: SearchedTexts): string[] {
  return wordsOf([sku, name, ...tags, description].join("\n"));
}

/**
 * The words that a search asks for, each of which must begin a word of the product. A search without a letter or digit has none, and so finds
 * every product.
 */
export function queryWords(q: string): string[] {
  const words = wordsOf(q);
  // Whatever has "lamps" has "lamp": fewer words to look up, the same answer.
  return words.filter((word) => !words.some((other) => other !== word && other.startsWith(word)));
}

function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const { segment } of SEGMENTER.segment(fold(text))) {
    for (const [word] of segment.matchAll(WORD)) words.add(cut(word));
    if (words.size >= WORDS_MAX) break;
  }
  return [...words].slice(0, WORDS_MAX);
}

/**
 * Makes texts equal that differ in case or compatibility form only. Lower case before upper case, because of `ẞ`; lower case last, and one form
 * of sigma, which depends on what follows it.
 *
 * @see {@link https://www.unicode.org/reports/tr15/ | Unicode Normalization Forms}
 */
function fold(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll("ς", "σ").normalize("NFKC");
}

function cut(word: string): string {
  // A text has no more code points than code units.
  return word.length <= WORD_MAX_CODE_POINTS ? word : [...word].slice(0, WORD_MAX_CODE_POINTS).join("");
}
