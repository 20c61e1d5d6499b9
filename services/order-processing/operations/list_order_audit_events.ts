import type { Handler } from "#contract";
import { auditPage } from "#platform/audit.ts";
import type { OrderStore } from "../store/mod.ts";

/** Lists what was done to orders, newest first. */
export function listOrderAuditEvents({ trail }: Pick<OrderStore, "trail">): Handler<"listOrderAuditEvents"> {
  return async ({ query }) => ({ status: 200, ...(await auditPage(trail, "/order-audit-events", query)) });
}
