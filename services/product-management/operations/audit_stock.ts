import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";

/** Reads the books of the stock. */
export function auditStock({ products }: Dependencies): Handler<"auditStock"> {
  return async ({ body }) => ({ status: 200, body: { items: await products.audit(body) } });
}
