/** Addresses of the databases: a name that was found once stays usable while the DNS does not answer. */
import { type LookupAddress, type LookupOptions, lookup as lookupInDns } from "node:dns";
import type { LookupFunction } from "node:net";

/** As `lookup` of `node:dns` with `all`. */
export type AskDns = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (fault: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** How long the DNS is waited for where an earlier answer is known; a lost question takes it seconds. */
const PATIENCE_MS = 250;

/**
 * Makes a `lookup` for sockets that asks the DNS each time, and gives the address it had before if the DNS is silent or fails. Without that, the
 * first connections that a rising load opens wait for a lost question until their calls are given up.
 */
export function createLookup({ ask = lookupInDns as AskDns, patienceMs = PATIENCE_MS } = {}): LookupFunction {
  const known = new Map<string, LookupAddress[]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? 0}`;
    const give = once((addresses: readonly LookupAddress[]) => {
      const [{ address, family } = { address: "", family: 0 }] = addresses;
      if (options.all) callback(null, [...addresses]);
      else callback(null, address, family);
    });
    const before = known.get(key);
    const patience = before && setTimeout(() => give(before), patienceMs);
    ask(hostname, { ...options, all: true }, (fault, addresses) => {
      clearTimeout(patience);
      if (!fault) {
        known.set(key, addresses);
        give(addresses);
      } else if (before) give(before);
      else callback(fault, []);
    });
  };
}

/** The one of this process. */
export const lookup = createLookup();

function once<Argument>(work: (argument: Argument) => void): (argument: Argument) => void {
  let isDone = false;
  return (argument) => {
    if (isDone) return;
    isDone = true;
    work(argument);
  };
}
