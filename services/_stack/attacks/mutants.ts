import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Edit, plant as plantEdits } from "../mutants/mutant.ts";
import { CACHE_FOLDER, ROOT } from "../paths.ts";
import { createTestFolder, removeTestFolder } from "../test_folder.ts";

/** A weakness to plant, and the words of attacks that look for it. */
export interface Mutant extends Edit {
  readonly weakness: string;
  /** Below `services/`. */
  readonly file: string;
  readonly words: readonly string[];
}

/** Ways in which code like this has been weak before. */
export const MUTANTS: readonly Mutant[] = [
  {
    weakness: "the algorithm is the token's to choose, and keys are taken as they come",
    file: "_platform/access_token.ts",
    search: "const { payload, protectedHeader } = await jwtVerify(token,",
    replace: `const unsigned = /^none$/i.test(JSON.parse(atob(token.split(".")[0] ?? "")).alg);
    const [protectedHeader, payload] = token.split(".", 2).map((part) => JSON.parse(atob(part)));
    if (!unsigned) await jwtVerify(token,`,
    words: ["unsigned"],
  },
  {
    weakness: "the audience is not looked at",
    file: "_platform/access_token.ts",
    search: "      audience: AUDIENCES[kind],\n",
    replace: "",
    words: ["audience", "for services", "a user's claims with a scope"],
  },
  {
    weakness: "the type is not looked at",
    file: "_platform/access_token.ts",
    search: "      typ: ACCESS_TOKEN_TYPE,\n",
    replace: "",
    words: ["typ"],
  },
  {
    weakness: "a token needs no end",
    file: "_platform/access_token.ts",
    search: '"iat", "exp", "jti"',
    replace: '"iat", "jti"',
    words: ["without exp"],
  },
  {
    weakness: "secrets are compared by ===",
    file: "user-authentication/service_client.ts",
    search: "timingSafeEqual(digest(secret), known ?? NOBODY)",
    replace: 'digest(secret).toString("hex") === (known ?? NOBODY).toString("hex")',
    words: ["secrets compared"],
  },
  {
    weakness: "the beginning of a secret is enough",
    file: "user-authentication/service_client.ts",
    search: ".update(secret).digest();",
    replace: ".update(secret.slice(0, 20)).digest();",
    words: ["a client with"],
  },
  {
    weakness: "a rotation is not first-come: each use begins the grace anew",
    file: "user-authentication/store/postgres_sessions.ts",
    search: "replaced_at = coalesce(replaced_at, clock_timestamp())",
    replace: "replaced_at = clock_timestamp()",
    words: ["the grace of a replaced token"],
  },
  {
    weakness: "a used refresh token does not end its family",
    file: "user-authentication/store/postgres_sessions.ts",
    search: 'if (decision === "revoke") {',
    replace: "if (false) {",
    words: ["whole family"],
  },
  {
    weakness: "no work is done for an email without account",
    file: "user-authentication/password.ts",
    search: "const equal = await begun(Bun.password.verify(normalize(password), known ?? NOBODYS_HASH));",
    replace: "const equal = known !== undefined && (await Bun.password.verify(normalize(password), known));",
    words: ["by the time"],
  },
  {
    weakness: "attempts are counted after the password was looked at",
    file: "user-authentication/password_attempt.ts",
    search: "for (const key of keys) refuseEarly(await throttle.attempt(key));",
    replace: "setTimeout(() => void Promise.all(keys.map((key) => throttle.attempt(key))), 2_000);",
    words: ["30 guesses at once"],
  },
  {
    weakness: "the owner of an order is not looked at",
    file: "order-processing/order.ts",
    search: "if (record && (isAdmin(caller) || record.order.customerId === caller.id)) return record;",
    replace: "if (record) return record;",
    words: ["somebody's order"],
  },
  {
    weakness: "roles are not looked at",
    file: "_platform/authentication.ts",
    search: "if (needs.every((need) => held.includes(need))) return;",
    replace: 'if (caller.kind === "user" || needs.every((need) => held.includes(need))) return;',
    words: ["list all accounts", "make oneself an admin"],
  },
  {
    weakness: "the check of a cursor is not looked at",
    file: "_platform/cursor.ts",
    search: "if (decoded.slice(0, CHECK_LENGTH) !== checkOf(query, text)) throw invalidCursor();",
    replace: "",
    words: ["a cursor of"],
  },
  {
    weakness: "the version is looked at before the write, not in it",
    file: "product-management/store/postgres.ts",
    search: "before.id} AND version = ",
    replace: "before.id} AND 0 < ",
    words: ["edits of a product"],
  },
  {
    weakness: "pages of every origin may call",
    file: "_platform/reply_sender.ts",
    search: "if (origin !== null && trusted.has(origin)) {",
    replace: "if (origin !== null) {",
    words: ["origin"],
  },
  {
    weakness: "a token of a mail is good for every purpose",
    file: "user-authentication/mail_token.ts",
    search: "{purpose}:",
    replace: "{purpose.slice(0, 0)}:",
    words: ["the token that verifies an email"],
  },
  {
    weakness: "asking for a mail tells whether there is an account",
    file: "user-authentication/operations/request_password_reset.ts",
    search: "if (!postTokenMail(",
    replace:
      "if (email === undefined || !(await users.findByEmail(email))) throw tooManyMails();\n    if (!postTokenMail(",
    words: ["by asking for a mail"],
  },
  {
    weakness: "mails are not counted",
    file: "user-authentication/mail_delivery.ts",
    search: "const waitMs = await throttle.attempt(key);",
    replace: "const waitMs = 0 * (await throttle.waitMs([key]));",
    words: ["flood somebody"],
  },
  {
    weakness: "a password that is set by mail ends no session",
    file: "user-authentication/store/postgres_mail_tokens.ts",
    search: ", session_epoch = session_epoch + 1, email_verified = true,",
    replace: ", email_verified = true,",
    words: ["the thief's session after the owner"],
  },
  {
    weakness: "X-Forwarded-For is believed from everybody",
    file: "_platform/service.ts",
    search: 'const peer = app.server?.requestIP(request)?.address ?? "";',
    replace: 'const peer = request.headers.get("x-forwarded-for") ?? app.server?.requestIP(request)?.address ?? "";',
    words: ["another X-Forwarded-For"],
  },
  {
    weakness: "wrong tokens count for nobody",
    file: "_platform/endpoint.ts",
    search: "        context.count();\n        throw error;",
    replace: "        throw error;",
    words: ["another wrong token"],
  },
  {
    weakness: "a session that is over is good as long as its access token",
    file: "_platform/authentication.ts",
    search: "!(await isOver(caller))",
    replace: "(await isOver(caller)) !== undefined",
    words: ["where it is sensitive"],
  },
  {
    weakness: "a sign-in that is refused leaves no trace",
    file: "user-authentication/operations/log_in.ts",
    search: "await audit.append(",
    replace: "void (",
    words: ["without a trace"],
  },
];

/** What the attacks said about a copy of the sources with a weakness in it. */
export interface MutantOutcome {
  readonly found: boolean;
  /** The last lines, where it was not found. */
  readonly output: string;
}

const COPIED = ["openapi", "sdk", "services", "package.json", "tsconfig.json", "bunfig.toml"];
/** Of `test_attacks.ts`, when an attack got through. */
const THROUGH = 1;

/** Plants a weakness in a copy of the sources, and lets the attacks look for it there. */
export async function tryMutant(mutant: Mutant): Promise<MutantOutcome> {
  const folder = createTestFolder();
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const path = join(folder, "services", mutant.file);
    writeFileSync(path, plant(readFileSync(path, "utf8"), mutant));
    cpSync(CACHE_FOLDER, join(folder, ".data/cache"), {
      recursive: true,
      filter: (path) => !path.includes("secantus"),
    });
    const command = [process.execPath, "services/_stack/test_attacks.ts", "--postgres", ...mutant.words];
    const child = Bun.spawn(command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const [output, faults] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { found: (await child.exited) === THROUGH, output: `${output}${faults}`.slice(-1_500) };
  } finally {
    removeTestFolder(folder);
  }
}

/** @throws {Error} if the place is not there, or there more than once. */
export function plant(source: string, { weakness: name, file, search, replace }: Mutant): string {
  return plantEdits(source, { name, file, edits: [{ search, replace }] });
}
