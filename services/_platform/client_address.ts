import { BlockList, isIP, isIPv6 } from "node:net";

/** The proxies whose word about their clients is taken. */
export interface TrustedProxies {
  has(address: string): boolean;
}

/** Addresses and networks, separated by spaces: `10.0.0.0/8 ::1`. @returns undefined if one of them is neither. */
export function parseProxies(text: string): TrustedProxies | undefined {
  const list = new BlockList();
  for (const entry of text.split(/\s+/).filter(Boolean)) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = familyOf(address);
    if (family === undefined) return undefined;
    const most = family === "ipv4" ? 32 : 128;
    if (Number(bits ?? most) > most) return undefined;
    list.addSubnet(address, Number(bits ?? most), family);
  }
  return {
    has(address) {
      const family = familyOf(address);
      return family !== undefined && list.check(address, family);
    },
  };
}

/**
 * The address a request comes from: that of its peer, or what a trusted proxy says about it. Each proxy adds its own peer at the end of
 * `X-Forwarded-For`, so the last one that is no proxy of ours is the client; all before it may be made up.
 */
export function clientAddress(peer: string, forwardedFor: string | null, proxies: TrustedProxies): string {
  let address = unmapped(peer);
  const hops = forwardedFor?.split(",") ?? [];
  while (proxies.has(address)) {
    const hop = unmapped(hops.pop()?.trim() ?? "");
    if (familyOf(hop) === undefined) break;
    address = hop;
  }
  return address;
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return ({ 4: "ipv4", 6: "ipv6" } as const)[isIP(address)];
}

/** An IPv4 address, as a socket of both families writes it. */
function unmapped(address: string): string {
  if (!address.startsWith("::")) return address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** What counts as one client: an address, or of IPv6 the /64 that a home has. */
export function networkOf(address: string): string {
  const plain = unmapped(address);
  return isIPv6(plain) ? `${expandIpv6(plain).slice(0, 4).join(":")}::/64` : plain;
}

/** The eight groups, without leading zeros. */
function expandIpv6(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...middle, ...right].map((group) => group.replace(/^0+(?=.)/, ""));
}
