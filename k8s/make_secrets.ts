/**
 * Prints the namespace and the secrets of a new deployment, made at random. `create` overwrites nothing that is there:
 *
 *     bun k8s/make_secrets.ts | kubectl create -f -
 *
 * `--mongo-members 1` makes those of the overlay `local`, whose replica set has one member.
 */
import { parseArgs } from "node:util";

import { completeValues, type RandomValues, secretFiles } from "../services/_deployment/deployment_secrets.ts";
import namespace from "./base/namespace.yml";

/** A secret as Kubernetes has it. */
export interface SecretManifest {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: Readonly<{ name: string; namespace: string; labels: Readonly<Record<string, string>> }>;
  readonly stringData: Readonly<Record<string, string>>;
}

/** Of the StatefulSet `mongo`. */
const MEMBERS = 3;

/** The secrets that the manifests name, one for each reader. */
export function secretManifests(values: RandomValues, mongoMembers = MEMBERS): SecretManifest[] {
  const mongo = Array.from({ length: mongoMembers }, (_, index) => `mongo-${index}.mongo:27017`);
  const files = secretFiles(values, { mongo, postgres: "postgres:5432", nats: "nats:4222" });
  return Object.entries(files).map(([name, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "tradepost", labels: { "app.kubernetes.io/part-of": "tradepost" } },
    stringData,
  }));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "mongo-members": { type: "string", default: `${MEMBERS}` } } });
  const mongoMembers = Number(values["mongo-members"]);
  if (!Number.isInteger(mongoMembers) || mongoMembers < 1 || mongoMembers > 7) {
    console.error("--mongo-members must be a number from 1 to 7");
    process.exit(1);
  }
  if (process.stdout.isTTY) {
    console.error("Secrets are not for a screen: bun k8s/make_secrets.ts | kubectl create -f -");
    process.exit(1);
  }
  const items = [namespace, ...secretManifests(completeValues(), mongoMembers)];
  console.log(JSON.stringify({ apiVersion: "v1", kind: "List", items }, null, 2));
}
