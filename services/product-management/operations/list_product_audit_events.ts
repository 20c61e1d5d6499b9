import type { Handler } from "#contract";
import { auditPage } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";

/** Lists what was done to products and their stock, newest first. */
export function listProductAuditEvents({
  products: { trail },
}: Pick<Dependencies, "products">): Handler<"listProductAuditEvents"> {
  return async ({ query }) => ({ status: 200, ...(await auditPage(trail, "/product-audit-events", query)) });
}
