/** `bun services/_stack/audit.ts`: asks the registry for known weaknesses of the packages in the lockfile, and says so where it does not answer. */
import { judgeAudit } from "./audit_verdict.ts";
import { ROOT } from "./paths.ts";

const child = Bun.spawn([process.execPath, "audit"], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
const texts = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
const output = texts.join("").trim();
const { verdict, message } = judgeAudit(output, await child.exited);
if (verdict !== "unknown") console.log(output);
// GitHub shows it beside the run; elsewhere it is a line like any other.
console.log(verdict === "unknown" ? `::warning title=Dependencies not audited::${message}` : message);
process.exitCode = verdict === "weak" ? 1 : 0;
