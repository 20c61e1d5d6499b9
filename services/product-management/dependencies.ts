import type { ProductStore } from "./store/mod.ts";

/** What the operations work with. */
export interface Dependencies {
  readonly products: ProductStore;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
  readonly now: () => Date;
}
