/** What a product is, who may see it and who may change it. */
import type { Schema, UserCaller } from "#contract";
import { checkIfMatch } from "#platform/etag.ts";
import { Problem } from "#platform/problem.ts";
import type { ProductSnapshot } from "./stock.ts";

export type Stock = Schema<"Stock">;
export type Product = Readonly<Omit<Schema<"Product">, "stock">>;
export type ProductStatus = Schema<"ProductStatus">;
/** What an owner can change. */
export type ProductContent = Readonly<Omit<Schema<"ProductReplacement">, "version">>;
export type ProductPatch = Readonly<Schema<"ProductPatch">>;

/** Who reads; undefined if they did not sign in. */
export type Reader = UserCaller | undefined;

/** What a new product gets besides what its owner says. */
export interface NewProductOptions {
  readonly id: string;
  readonly ownerId: string;
  readonly now: Date;
}

/** The first version of a product. */
export function newProduct(content: ProductContent, { id, ownerId, now }: NewProductOptions): Product {
  const createdAt = now.toISOString();
  return { id, ...contentOf(content), ownerId, version: 1, createdAt, updatedAt: createdAt };
}

/** The next version of a product. */
export function nextVersion(product: Product, content: ProductContent, now: Date): Product {
  return { ...product, ...contentOf(content), version: product.version + 1, updatedAt: now.toISOString() };
}

/** What a product will be after a merge patch (RFC 7396). The contract allows no `null`: no field can be removed. */
export function merged(product: Product, { version: _, price, ...changes }: ProductPatch): ProductContent {
  return { ...contentOf(product), ...changes, price: { ...product.price, ...price } };
}

/** Whether units of a product of this status may be ordered. */
export function isSellable(status: ProductStatus): boolean {
  return status === "active";
}

/** What an order keeps of a product. */
export function snapshotOf({ id, sku, name, price }: Pick<Product, "id" | "sku" | "name" | "price">): ProductSnapshot {
  return { productId: id, sku, name, unitPrice: price };
}

/** The product, if there is one and the reader may see it. @throws {Problem} `not-found` */
export function readable<P extends Product>(product: P | undefined, reader: Reader): P {
  if (product && (product.status === "active" || ownsOrAdministers(product, reader))) return product;
  throw productNotFound();
}

/** The problem that there is no such product, or none for the caller to see. */
export function productNotFound(): Problem {
  return new Problem("not-found", "There is no such product");
}

/** The product, if the caller may change it and its stock. @throws {Problem} `not-found`, or `forbidden` if they may only see it. */
export function editable<P extends Product>(product: P | undefined, caller: UserCaller): P {
  const seen = readable(product, caller);
  if (ownsOrAdministers(seen, caller)) return seen;
  throw new Problem("forbidden", "Only the owner of a product and admins may change it");
}

/** The version that a caller has seen. */
export interface SeenVersion {
  /** The `If-Match` header; it is tested first. */
  readonly ifMatch: string | undefined;
  /** The version in the body. */
  readonly version?: number;
}

/** Refuses a change by somebody who has not seen the current version. @throws {Problem} `precondition-failed`, `version-conflict` */
export function checkSeen(product: Product, { ifMatch, version = product.version }: SeenVersion): void {
  checkIfMatch(ifMatch, product.version);
  if (version === product.version) return;
  throw new Problem(
    "version-conflict",
    `Cannot update the product at version ${version}: current version is ${product.version}`,
    { currentVersion: product.version },
  );
}

function contentOf({ sku, name, description, price, status, tags }: ProductContent): ProductContent {
  return { sku, name, description, price, status, tags };
}

function ownsOrAdministers(product: Product, caller: Reader): boolean {
  return caller !== undefined && (caller.id === product.ownerId || isAdmin(caller));
}

/** Whether a user may do what only admins may. */
export function isAdmin({ roles }: UserCaller): boolean {
  return roles.includes("admin");
}
