// Connections without TLS, from a terminator on the same host. There is no ALPN: what the peer speaks is seen from its first
// bytes. Only prior knowledge makes it HTTP/2; `Upgrade: h2c` is obsolete (RFC 9113 section 3.1) and is not looked at.

import type { Socket } from "node:net";

/** What a connection speaks, by its ALPN name. */
export type SpokenProtocol = "h2" | "http/1.1";

/** How the client's preface begins: no request line of HTTP/1.1 does. */
const preface = Buffer.from("PRI * HTTP/2.0");

/**
 * What the first bytes of a connection say.
 * @returns undefined while it may still be either
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-3.4
 */
export function protocolOf(first: Uint8Array): SpokenProtocol | undefined {
  const known = Math.min(first.length, preface.length);
  for (let at = 0; at < known; at++) {
    if (first[at] !== preface[at]) return "http/1.1";
  }
  return known === preface.length ? "h2" : undefined;
}

/**
 * Looks at a connection's first bytes and puts them back. A peer that hangs up before is forgotten.
 * @param chosen called once, with everything that came still to be read from the socket
 */
export function chooseProtocol(socket: Socket, chosen: (protocol: SpokenProtocol) => void): void {
  let first = Buffer.alloc(0);
  const leave = (): void => void socket.destroy();
  // Read in paused mode: a listener for `data` would set the bytes flowing, and who comes after would have to stop them.
  const look = (): void => {
    const bytes = socket.read() as Buffer | null;
    if (bytes === null) return;
    first = Buffer.concat([first, bytes]);
    const protocol = protocolOf(first);
    if (protocol === undefined) return;
    socket.off("readable", look);
    socket.off("end", leave);
    socket.unshift(first);
    chosen(protocol);
  };
  socket.on("readable", look);
  socket.once("end", leave);
}
