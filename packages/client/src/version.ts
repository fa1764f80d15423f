// Which client this is, as it tells the gateway.

/** The version of this package. */
export const clientVersion = "0.1.0";

/**
 * A User-Agent in the protocol's grammar.
 * @param os as in `Linux`
 * @param hardware as in `x64`
 */
export function defaultUserAgent(os = "unknown", hardware = "unknown"): string {
  return `Trefoil/Client/${clientVersion} (${os};${hardware};clovasdk=${clientVersion})`;
}
