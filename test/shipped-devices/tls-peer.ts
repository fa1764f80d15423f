// A device's HTTP/2 connection over TLS, with nothing of ours in it but node's own client.

import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { Peer } from "../harness/peer.js";
import type { Trefoil } from "./trefoil.js";

/** Connects, trusting the developer's certificate authority. */
export async function connectOverTls(trefoil: Trefoil, token: string): Promise<Peer> {
  const session: ClientHttp2Session = connect(trefoil.dev.gatewayBaseUrl, { ca: trefoil.ca });
  session.on("error", () => undefined);
  await once(session, "connect");
  return new Peer(session, token);
}

/** The User-Agent of the firmware. */
export const firmwareUserAgent = "CLOVA/DONUT/1.2.3 (Android 7.1.1;qcom;clovasdk=1.6.0)";
