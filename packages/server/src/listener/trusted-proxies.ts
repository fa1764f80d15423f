// Whose word is taken on where a request comes from. A header can be written by anybody: it counts only where the connection
// comes from a proxy that the operator named, and only back to the first address that is none.

import { BlockList, isIP } from "node:net";
import { parseNetwork } from "../config/index.js";

/** The headers that proxies put addresses in. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded";

/** The proxies in front of the server. */
export class TrustedProxies {
  readonly #proxies = new BlockList();
  readonly #header: ForwardedHeader;
  readonly #isEmpty: boolean;

  /**
   * @param networks addresses and networks, as {@link parseNetwork} reads them
   * @param header the one header that they set; the other could be the client's own
   */
  constructor(networks: readonly string[], header: ForwardedHeader) {
    this.#header = header;
    this.#isEmpty = networks.length === 0;
    for (const text of networks) {
      const network = parseNetwork(text);
      if (network === undefined) throw new TypeError(`${text} is no network.`);
      this.#proxies.addSubnet(network.address, network.prefix, network.family);
    }
  }

  /**
   * Where a request comes from.
   * @param peer the address at the other end of the connection
   * @param headerOf a request header by its lower-case name, repeated ones joined by commas
   * @returns an IP address, or `peer` as it was given
   */
  clientOf(peer: string, headerOf: (name: string) => string | null | undefined): string {
    if (this.#isEmpty || !this.#trusts(peer)) return peer;
    const value = headerOf(this.#header) ?? "";
    let nearest = peer;
    for (const hop of hopsIn(value, this.#header).toReversed()) {
      // `unknown` and names that stand for an address: who came before has no address.
      if (isIP(hop) === 0) return nearest;
      nearest = hop;
      if (!this.#trusts(hop)) return hop;
    }
    return nearest;
  }

  #trusts(address: string): boolean {
    const plain = unmapped(address);
    const family = isIP(plain);
    return family !== 0 && this.#proxies.check(plain, family === 4 ? "ipv4" : "ipv6");
  }
}

/** Addresses that a header names, the client's first. */
function hopsIn(value: string, header: ForwardedHeader): readonly string[] {
  const elements = value.split(",").map((element) => element.trim());
  if (header === "x-forwarded-for") return elements.map(addressIn);
  return elements.map((element) => {
    // RFC 7239 section 4: parameters in any order, their names in any case, IPv6 addresses in brackets and quotes.
    const own = element.split(";").find((parameter) => /^\s*for\s*=/i.test(parameter)) ?? "";
    return addressIn(own.slice(own.indexOf("=") + 1).trim());
  });
}

/** The address of `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `"[2001:db8::1]:4711"`. */
function addressIn(node: string): string {
  const bare = node.replaceAll('"', "");
  const bracketed = /^\[([^\]]*)\](:\d{1,5})?$/.exec(bare)?.[1];
  if (bracketed !== undefined) return unmapped(bracketed);
  const withPort = /^([\d.]+):\d{1,5}$/.exec(bare)?.[1];
  return unmapped(withPort ?? bare);
}

/** An IPv4 address that is written as an IPv6 one, as an IPv4 one. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}
