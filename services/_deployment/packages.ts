import lockfile from "../../bun.lock";

/** A package that production needs, as the lockfile pins it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Of the archive: `sha512-` and base64. */
  readonly integrity: string;
}

/** Installed for a peer that can do without it, and removed by the Dockerfile. */
const REMOVED = ["typescript"];

interface Needs {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalPeers?: readonly string[];
}
/** Keyed by where a package is installed: `pino`, or `ajv/fast-uri` for one inside another. */
type Entries = Readonly<Record<string, readonly [id: string, registry: string, needs: Needs, integrity: string]>>;

/** Every package that production needs, sorted by name: what `bun install --production --omit optional` puts there, less what is removed. */
export function productionPackages(): Package[] {
  const entries = lockfile.packages as unknown as Entries; // of that shape since lockfile version 1
  const found = new Map<string, Package>();
  const visit = (parent: string, needed: readonly string[]): void => {
    for (const name of needed.filter((it) => !REMOVED.includes(it))) {
      const key = placeOf(name, parent, entries);
      const entry = entries[key];
      if (!entry) throw new Error(`The lockfile has no ${name} for ${parent || "the project"}`);
      const [id, , needs, integrity] = entry;
      if (found.has(id)) continue;
      const at = id.lastIndexOf("@");
      found.set(id, { name: id.slice(0, at), version: id.slice(at + 1), integrity });
      // Bun installs a peer that can be missing if the lockfile has it for somebody else.
      const isWanted = (peer: string): boolean => !needs.optionalPeers?.includes(peer) || entries[peer] !== undefined;
      const peers = Object.keys(needs.peerDependencies ?? {}).filter(isWanted);
      visit(key, [...Object.keys(needs.dependencies ?? {}), ...peers]);
    }
  };
  visit("", Object.keys(lockfile.workspaces[""]?.dependencies ?? {}));
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Where a package finds another: inside itself, inside what holds it, or at the top. */
function placeOf(name: string, parent: string, entries: Entries): string {
  if (parent === "") return name;
  const inside = `${parent}/${name}`;
  if (entries[inside]) return inside;
  const holder = parent.split("/").slice(0, -1).join("/");
  return placeOf(name, holder.startsWith("@") && !holder.includes("/") ? "" : holder, entries);
}
