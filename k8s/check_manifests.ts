/**
 * Checks manifests as they go to a cluster, such as those of an overlay of your own:
 *
 *     kubectl kustomize k8s/overlays/production | bun k8s/check_manifests.ts
 */
import { parseManifests } from "./manifest.ts";
import { faultsOf } from "./manifest_rules.ts";
import { surroundings } from "./surroundings.ts";

const faults = faultsOf(parseManifests(await Bun.stdin.text()), surroundings());
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
