// Judging a server's certificate: who signed it, for which names, and for how long.

import { type PeerCertificate, checkServerIdentity } from "node:tls";
import { printable } from "../printable.js";
import { type Finding, bad, doubtful, good } from "./finding.js";

const day = 86_400_000;
/** Days before its end from which a certificate is worth a word. */
const soon = 14;

/** What a handshake showed. */
export interface ShownCertificate {
  /** The server's own; undefined where it showed none. */
  readonly leaf:
    | Pick<PeerCertificate, "subject" | "issuer" | "valid_from" | "valid_to" | "subjectaltname">
    | undefined;
  /** Why it is not trusted, as OpenSSL calls it; undefined where it is. */
  readonly distrust: string | undefined;
  /** How many certificates the server sent. */
  readonly length: number;
  readonly isPinned: boolean;
}

/**
 * The finding on a certificate.
 * @param host the name by which the server was asked
 * @param now milliseconds since the epoch
 */
export function judgeCertificate(shown: ShownCertificate, host: string, now: number): Finding {
  const { leaf, distrust, length, isPinned } = shown;
  if (leaf === undefined)
    return bad(
      "the server shows no certificate",
      "give it one: tls.certificateFile and tls.keyFile",
    );
  const from = Date.parse(leaf.valid_from);
  const to = Date.parse(leaf.valid_to);
  if (now > to) {
    return bad(
      `the certificate expired ${days(now - to)} ago, on ${date(to)}`,
      "renew it, and let the renewal run by itself (certbot, or a restart of the developer server)",
    );
  }
  if (now < from) {
    return bad(
      `the certificate is valid from ${date(from)} on`,
      "look at the clock of this machine, and of the one that issued it",
    );
  }
  const names = printable((leaf.subjectaltname ?? "").replaceAll(/(?:DNS|IP Address):/g, ""));
  // Node.js types the whole certificate, and reads these members alone.
  if (checkServerIdentity(host, leaf as PeerCertificate) !== undefined) {
    return bad(
      `the certificate is not for ${host}, but for ${names === "" ? "no name at all" : names}`,
      "ask the server by one of these names, or have a certificate made that holds this one (developer server: tls.names)",
    );
  }
  const issuer = printable(
    String(leaf.issuer.CN ?? leaf.issuer.O ?? "an authority without a name"),
  );
  if (distrust !== undefined)
    return bad(
      `signed by ${issuer}, which is not trusted here (${distrust})`,
      adviceOnTrust(distrust, length, isPinned),
    );
  const says = `signed by ${issuer}, for ${names}, until ${date(to)}`;
  const left = to - now;
  return left < soon * day
    ? doubtful(`${says}: ${days(left)} left`, "renew it before devices are locked out")
    : good(`${says} (${days(left)})`);
}

function adviceOnTrust(distrust: string, length: number, isPinned: boolean): string {
  if (isPinned)
    return "the file given with --ca is not this server's authority: take the one that signed its certificate";
  if (distrust === "UNABLE_TO_VERIFY_LEAF_SIGNATURE" && length === 1) {
    return "either the server leaves its intermediate certificate out (configure the full chain), or the authority is your own: name it with --ca FILE";
  }
  return "name the authority with --ca FILE; devices need it built in, or a certificate of a public authority";
}

function date(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function days(milliseconds: number): string {
  const count = Math.floor(milliseconds / day);
  if (count < 1) return "less than a day";
  return count === 1 ? "1 day" : `${count} days`;
}
