import type { ServiceName } from "#contract";

/** The deployables, in the order of their ports. */
export const SERVICE_NAMES = [
  "user-authentication",
  "product-management",
  "order-processing",
] as const satisfies readonly ServiceName[];

/** One value for each service. */
export type ByService<Value> = Readonly<Record<ServiceName, Value>>;

/** Makes one value for each service. */
export function byService<Value>(make: (name: ServiceName, index: number) => Value): ByService<Value> {
  const entries = SERVICE_NAMES.map((name, index) => [name, make(name, index)]);
  return Object.fromEntries(entries) as ByService<Value>; // one for each of SERVICE_NAMES
}
