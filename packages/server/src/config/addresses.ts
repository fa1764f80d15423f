// Addresses and networks as they stand in settings.

import { BlockList, isIP, isIPv4 } from "node:net";

/** A network: an address of it, and how many of its first bits the others share with it. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** Reads an address, or a network in CIDR form as `10.0.0.0/8`; undefined where the text is neither. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? "";
  if (isIP(address) === 0) return undefined;
  const longest = isIPv4(address) ? 32 : 128;
  const prefix = match?.[2] === undefined ? longest : Number(match[2]);
  return prefix <= longest
    ? { address, prefix, family: isIPv4(address) ? "ipv4" : "ipv6" }
    : undefined;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether nothing that is sent to a host leaves the machine: a loopback address, or its one reserved name. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  // RFC 6761 section 6.3. Any other name may stand for anything.
  if (family === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}
