/** What an audit found: nothing, weaknesses, or that nobody can tell. */
export interface AuditVerdict {
  readonly verdict: "sound" | "weak" | "unknown";
  readonly message: string;
}

/** How `bun audit` tells that a registry did not answer as it should. */
const REFUSAL = /^error: POST (\S+) - (\d{3})/m;
const FAILURE =
  /^error: .*(ConnectionRefused|ConnectionClosed|FailedToOpenSocket|ENOTFOUND|Timeout|UnableToConnect).*/im;

/** Reads the output of `bun audit`. What is not understood counts as a weakness: it must be looked at. */
export function judgeAudit(output: string, exitCode: number): AuditVerdict {
  const [, url, status] = REFUSAL.exec(output) ?? [];
  if (url !== undefined && URL.canParse(url)) {
    const { host } = new URL(url);
    return unknown(`the registry ${host} refuses audits (${status})`);
  }
  if (FAILURE.test(output)) return unknown("the registry could not be reached");
  if (exitCode === 0) return { verdict: "sound", message: "No package has a weakness that the registry knows of" };
  return { verdict: "weak", message: "Packages have known weaknesses: see above" };
}

function unknown(reason: string): AuditVerdict {
  return { verdict: "unknown", message: `Nothing is known about the packages: ${reason}` };
}
