/** Addresses of the databases: a name that was found once stays usable while the DNS does not answer. */
import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup as lookUpInDns } from "node:dns/promises";
import type { LookupFunction } from "node:net";

import { withDeadline } from "./deadline.ts";

/** As `lookup` of `node:dns/promises` with `all`. */
export type AskDns = (hostname: string, options: LookupOptions & { all: true }) => Promise<LookupAddress[]>;

/** How long the DNS is waited for where an earlier answer is known; a lost question takes it seconds. */
const PATIENCE_MS = 250;

/**
 * Makes a `lookup` for sockets that asks the DNS each time, and gives the address it had before if the DNS is silent or fails. Without that, the
 * first connections that a rising load opens wait for a lost question until their calls are given up.
 */
export function createLookup({ ask = lookUpInDns as AskDns, patienceMs = PATIENCE_MS } = {}): LookupFunction {
  const known = new Map<string, LookupAddress[]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? 0}`;
    const asking = ask(hostname, { ...options, all: true }).then((addresses) => {
      known.set(key, addresses);
      return addresses;
    });
    const latest = (): LookupAddress[] => known.get(key) ?? [];
    const finding = known.has(key) ? withDeadline(asking, patienceMs).catch(latest) : asking;
    finding.then(
      (addresses) => {
        const [{ address, family } = { address: "", family: 0 }] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, address, family);
      },
      (fault: NodeJS.ErrnoException) => callback(fault, []),
    );
  };
}

/** The one of this process. */
export const lookup = createLookup();
