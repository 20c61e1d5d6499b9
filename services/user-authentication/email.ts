/** Everything that can't be seen: controls, bidi marks, zero-width and other ignorable characters, separators, lone surrogates. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The form in which emails are stored and compared: NFKC, case folding, NFKC. Two emails that look the same to a mail server, or nearly so, are
 * one account.
 *
 * @returns undefined if the text can't be an email, so that it belongs to no account.
 */
export function normalizeEmail(text: string): string | undefined {
  const email = foldCase(text.normalize("NFKC")).normalize("NFKC");
  const valid = !INVISIBLE.test(text) && !INVISIBLE.test(email) && /^[^@]+@[^@]+$/.test(email);
  return valid ? email : undefined;
}

/**
 * Case folding of one character at a time, as lower case of a whole word depends on its place (final sigma). Through upper case first: that is what
 * makes `ß` and `ss`, `ſ` and `s` equal. `ẞ` has no upper case, hence the first step.
 */
function foldCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase().toUpperCase().toLowerCase()).join("");
}

/** The words of an email that must not make up a password: the local part, and the names of the host. */
export function wordsOfEmail(email: string): string[] {
  const [local = "", host = ""] = email.split("@");
  return [local, ...local.split(/[^\p{L}\p{N}]+/u), ...host.split(".").slice(0, -1)];
}
