import { operationalRoutes } from "#platform/operational_routes.ts";
import manifest from "../package.json";
import { completeValues } from "../services/_deployment/deployment_secrets.ts";
import { secretManifests } from "./make_secrets.ts";
import type { Surroundings } from "./manifest_rules.ts";

const PORTS = { "user-authentication": 3000, "product-management": 3001, "order-processing": 3002 } as const;

/** What the rest of the project says that the manifests must agree with. */
export function surroundings(): Surroundings {
  const origin = "http://localhost";
  const origins = { "user-authentication": origin, "product-management": origin, "order-processing": origin };
  const options = { origins, observability: undefined, readiness: async () => {}, isDraining: () => false };
  return {
    ports: PORTS,
    routes: operationalRoutes("order-processing", options).map(({ path }) => path),
    secrets: Object.fromEntries(secretManifests(completeValues()).map((it) => [it.metadata.name, it.stringData])),
    version: manifest.version,
  };
}
