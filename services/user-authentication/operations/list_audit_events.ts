import type { Handler } from "#contract";
import { auditPage } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";

/** Lists what was done to accounts, sessions and keys, newest first. */
export function listAuditEvents({ store: { audit } }: Pick<Dependencies, "store">): Handler<"listAuditEvents"> {
  return async ({ query }) => ({ status: 200, ...(await auditPage(audit, "/audit-events", query)) });
}
