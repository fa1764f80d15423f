// The way to the server, from its name to an encrypted connection.

import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP } from "node:net";
import {
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
  connect as connectTls,
} from "node:tls";
import type { Clock } from "@trefoil/protocol/clock";
import type { TlsOptions } from "@trefoil/client/node";
import { type ShownCertificate, judgeCertificate } from "../certificate.js";
import { type Finding, bad, doubtful, good, skipped } from "../finding.js";

/** Where a server is, without the brackets of IPv6. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds that each of these steps may take. */
const patience = 8_000;
/** Longest chain that is followed. */
const maxChain = 10;

/** Where an address leads. */
export function placeOf({ hostname, port, protocol }: URL): Place {
  const standard = protocol === "https:" ? 443 : 80;
  return { host: hostname.replaceAll(/^\[|\]$/g, ""), port: port === "" ? standard : Number(port) };
}

/** Does the name have an address? */
export async function nameStep({ host }: Place): Promise<Finding> {
  if (isIP(host) !== 0) return good(`${host} is an address already`);
  try {
    const found = await lookup(host, { all: true });
    return good(`${host} is ${found.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOTFOUND"
      ? bad(
          `there is no host ${host}`,
          "check the spelling, and the entry in the DNS (or in the router that devices ask)",
        )
      : bad(
          `${host} could not be looked up (${code})`,
          "check the network of this machine: its DNS server does not answer",
        );
  }
}

/** Does anybody listen? */
export async function connectionStep({ host, port }: Place, clock: Clock): Promise<Finding> {
  const socket = connectTcp({ host, port });
  try {
    await settled(socket, "connect", clock);
    return good(`port ${port} is open`);
  } catch (error) {
    switch (codeOf(error)) {
      case "ECONNREFUSED":
        return bad(
          `nothing listens on port ${port}`,
          "start the server (npm start, or trefoil serve); check the port, and that it listens on more than localhost",
        );
      case "ETIMEDOUT":
        return bad(
          `port ${port} does not answer`,
          "a firewall or a router drops the packets: let TCP to this port through",
        );
      default:
        return bad(
          `port ${port} cannot be reached (${codeOf(error)})`,
          "check the network between this machine and the server",
        );
    }
  } finally {
    socket.destroy();
  }
}

/** Whose certificate is it? Needs no trust to look at it. */
export async function certificateStep(
  place: Place,
  tls: TlsOptions,
  clock: Clock,
): Promise<Finding> {
  try {
    const socket = await handshake(place, tls, clock, {});
    const shown = shownBy(socket, tls);
    const version = socket.getProtocol() ?? "TLS";
    socket.destroy();
    const finding = judgeCertificate(shown, place.host, clock.now());
    if (finding.kind === "good") return good(`${version}, ${finding.says}`);
    if (tls.insecure !== true || finding.kind !== "bad") return finding;
    return doubtful(`${finding.says}; accepted, because of --insecure`, finding.advice);
  } catch (error) {
    return bad(
      `no TLS handshake comes about (${codeOf(error)})`,
      "does the port speak TLS at all? An http:// service, or a terminator for something else, would answer like that",
    );
  }
}

/** Is HTTP/2 offered? */
export async function alpnStep(place: Place, tls: TlsOptions, clock: Clock): Promise<Finding> {
  const advice =
    "the gateway needs HTTP/2 end to end: a proxy in front must offer h2 by ALPN, and pass HTTP/2 on";
  try {
    const socket = await handshake(place, tls, clock, { ALPNProtocols: ["h2"] });
    const { alpnProtocol } = socket;
    socket.destroy();
    if (alpnProtocol === "h2") return good("HTTP/2 is offered (ALPN h2)");
    return bad("HTTP/2 is not offered (no ALPN h2)", advice);
  } catch (error) {
    return bad(`HTTP/2 is not offered (${codeOf(error)})`, advice);
  }
}

/** A step that was not made, since one before it failed. */
export function notReached(before: string): Finding {
  return skipped(`not looked at: ${before} has to be mended first`);
}

async function handshake(
  { host, port }: Place,
  tls: TlsOptions,
  clock: Clock,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // It is looked at here; nothing is sent over it.
    rejectUnauthorized: false,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...options,
  });
  try {
    await settled(socket, "secureConnect", clock);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function shownBy(socket: TLSSocket, tls: TlsOptions): ShownCertificate {
  const leaf = socket.getPeerCertificate(true);
  // Node.js has a string here, whatever its types say.
  const distrust = socket.authorized ? undefined : String(socket.authorizationError);
  return {
    leaf: Object.keys(leaf).length === 0 ? undefined : leaf,
    distrust,
    length: chainLength(leaf),
    isPinned: tls.ca !== undefined,
  };
}

/** The last certificate names itself as its issuer, or none. */
function chainLength(leaf: DetailedPeerCertificate): number {
  let length = 1;
  let certificate = leaf;
  while (length < maxChain) {
    const next = certificate.issuerCertificate as DetailedPeerCertificate | undefined;
    if (next === undefined || next.fingerprint256 === certificate.fingerprint256) break;
    certificate = next;
    length++;
  }
  return length;
}

/** Waits for an event of a socket, an error, its end, or too long. */
function settled(
  socket: ReturnType<typeof connectTcp>,
  event: "connect" | "secureConnect",
  clock: Clock,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(patience, () =>
      reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    const cancel = () => timer.cancel();
    socket.once("error", (error) => {
      cancel();
      reject(error);
    });
    socket.once("close", () => {
      cancel();
      reject(Object.assign(new Error("it was cut"), { code: "ECONNRESET" }));
    });
    socket.once(event, () => {
      cancel();
      resolve();
    });
  });
}

/** The system's word for a failure; of several addresses the last one's. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return codeOf(error.errors.at(-1));
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.message : String(error);
}
