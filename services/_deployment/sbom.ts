/**
 * Prints what the images hold of others' code, as CycloneDX 1.6:
 *
 *     bun services/_deployment/sbom.ts > sbom.json
 *
 * The base image has its own list: `docker sbom` or `syft` reads that from the image.
 */
import manifest from "../../package.json";
import { type Package, productionPackages } from "./packages.ts";

/** A document of CycloneDX: https://cyclonedx.org/docs/1.6/json/ */
export function bill(packages: readonly Package[]): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: manifest.name, version: manifest.version } },
    components: packages.map(({ name, version, integrity }) => {
      const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
      const content = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
      return { type: "library", "bom-ref": purl, name, version, purl, hashes: [{ alg: "SHA-512", content }] };
    }),
  };
}

if (import.meta.main) console.log(JSON.stringify(bill(productionPackages()), null, 2));
