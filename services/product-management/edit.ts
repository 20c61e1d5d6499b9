/** One edit of a product: read, checked, written if nobody was faster. */
import type { UserCaller } from "#contract";
import type { AuditEvent } from "#platform/audit.ts";
import { checkSeen, editable, nextVersion, type Product, type ProductContent, type SeenVersion } from "./product.ts";
import type { ProductStore } from "./store/mod.ts";

/** What an edit works with. */
export interface EditPorts {
  readonly products: Pick<ProductStore, "find" | "replace">;
  readonly now: () => Date;
}

/** Which product to edit, by whom, and the version they have seen. */
export interface EditSubject {
  readonly id: string;
  readonly caller: UserCaller;
  readonly seen: SeenVersion;
  /** For the trail. */
  readonly event: AuditEvent;
}

/**
 * Makes the next version of a product. Whoever loses a race is told of the version that won.
 *
 * @throws {Problem} `not-found`, `forbidden`, `precondition-failed`, `version-conflict`, `sku-taken`
 */
export async function editProduct(
  { products, now }: EditPorts,
  { id, caller, seen, event }: EditSubject,
  contentOf: (product: Product) => ProductContent,
): Promise<Product> {
  for (;;) {
    const before = editable(await products.find(id), caller);
    checkSeen(before, seen);
    const after = nextVersion(before, contentOf(before), now());
    // Versions only grow, so the next round ends at checkSeen() at the latest.
    if (await products.replace(before, after, event)) return after;
  }
}
