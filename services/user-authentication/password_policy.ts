import list from "./common_passwords.txt" with { type: "text" };

/** NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where the password is the only factor. */
export const PASSWORD_MIN_LENGTH = 15;
/** What is left without guessable parts must be longer than what anybody would try out. */
const CORE_MIN_LENGTH = 6;
const WORD_MIN_LENGTH = 4;
const RUN_MIN_LENGTH = 4;
const UNIT_MAX_LENGTH = 8;
/** Ours: an attacker tries the name of the site first. */
const OWN_WORDS = ["tradepost", "trade", "post"];

/** Neighbours on a keyboard or in an alphabet; each is read in both directions and round and round. */
const ROWS = [
  ...[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
  ],
  ...[
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
  ],
  ...["!@#$%^&*()_+", '!"\u00A7$%&/()=?'],
].flatMap((row) => [row + row, reverse(row + row)]);

const SECTIONS = list.split(/^\[(?:passwords|words)\]$/m).map((section) => section.split("\n").filter(isEntry));
const COMMON_PASSWORDS: ReadonlySet<string> = new Set(SECTIONS[1]?.map(fold));
const COMMON_WORDS: readonly string[] = SECTIONS[2]?.map(fold) ?? [];

/** The spelling that stands for the letter. */
const LETTERS: Readonly<Record<string, string>> = {
  "@": "a",
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  $: "s",
  "!": "i",
};

/**
 * Says why a password is too easy to guess: too short, known to be common, a short unit over and over, or nothing but rows of keys, words that
 * attackers try first, and words of the account itself. There are no rules of composition (NIST SP 800-63B-4, 3.1.1.2).
 *
 * @param context Words of the account, such as those of its email.
 * @returns What is wrong, without the password, or undefined.
 */
export function weaknessOf(password: string, context: readonly string[]): string | undefined {
  const text = fold(password);
  if ([...password.normalize("NFC")].length < PASSWORD_MIN_LENGTH)
    return `must have at least ${PASSWORD_MIN_LENGTH} characters`;
  if (!password.isWellFormed()) return "must be well-formed Unicode";
  if (COMMON_PASSWORDS.has(text)) return "is a common password";
  const compact = text.replace(/\s/g, "");
  if (unitLength(compact) < UNIT_MAX_LENGTH) return "is one short text over and over";
  const words = [...COMMON_WORDS, ...OWN_WORDS, ...context.map(fold)].filter((word) => word.length >= WORD_MIN_LENGTH);
  const guessable = coreOf(compact, words).length < CORE_MIN_LENGTH;
  return guessable ? "is made of common words, rows of keys or words of the account alone" : undefined;
}

/** What is left of a text without words, however they are spelled, rows and repeated characters. */
function coreOf(text: string, words: readonly string[]): string {
  const longestFirst = [...new Set(words)].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(RegExp.escape).join("|"), "gu");
  const blank = (word: string): string => " ".repeat(word.length);
  const [plain, spelled] = [text, spelledOut(text)].map((variant) => variant.replace(pattern, blank));
  const rest = Array.from({ length: text.length }, (_, at) => (spelled?.[at] === " " ? " " : plain?.[at])).join("");
  return withoutRuns(rest)
    .replace(/(.)\1{2,}/gu, "")
    .replace(/\s/g, "");
}

function withoutRuns(text: string): string {
  let rest = "";
  for (let start = 0; start < text.length; ) {
    const length = runLength(text, start);
    if (length === 0) rest += text[start];
    start += Math.max(1, length);
  }
  return rest;
}

/** How many characters from here on are neighbours in a row; 0 if too few. */
function runLength(text: string, start: number): number {
  let longest = 0;
  for (const row of ROWS) {
    let length = RUN_MIN_LENGTH;
    while (start + length <= text.length && row.includes(text.slice(start, start + length)))
      longest = Math.max(longest, length++);
  }
  return longest;
}

/** The length of the shortest beginning that the text repeats. */
function unitLength(text: string): number {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) return length;
  }
  return text.length;
}

/** As long as the text itself, place by place. */
function spelledOut(text: string): string {
  return Array.from(text, (character) => LETTERS[character] ?? character).join("");
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function reverse(text: string): string {
  return [...text].reverse().join("");
}

function isEntry(line: string): boolean {
  return line !== "" && !line.startsWith("#");
}
