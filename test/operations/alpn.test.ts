// Which protocol a connection speaks: what the peer offers by ALPN decides, and HTTP/1.1 is for who offers nothing.
// @see https://www.rfc-editor.org/rfc/rfc7301

import { once } from "node:events";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";

let server: TestListener;

beforeEach(async () => {
  server = await startListener();
});

afterEach(() => server.stop());

/** What was chosen of what is offered; rejects where nothing was. */
async function chosen(offered: readonly string[] | undefined): Promise<string | false | null> {
  const socket = connect({
    port: server.port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ...(offered === undefined ? {} : { ALPNProtocols: [...offered] }),
  });
  try {
    await once(socket, "secureConnect");
    return socket.alpnProtocol;
  } finally {
    socket.destroy();
  }
}

describe("the protocol of a connection", () => {
  it.each([
    ["h2 alone", ["h2"], "h2"],
    ["HTTP/1.1 alone", ["http/1.1"], "http/1.1"],
    ["both, the older first", ["http/1.1", "h2"], "h2"],
    ["others too", ["spdy/3", "http/1.1"], "http/1.1"],
    ["nothing", undefined, false],
  ] as const)("of a peer that offers %s is the best of these", async (_what, offered, expected) => {
    expect(await chosen(offered)).toBe(expected);
  });

  it("of a peer that offers none of ours is none: the handshake fails", async () => {
    await expect(chosen(["spdy/3"])).rejects.toThrow(/no.application.protocol/i);
    expect(await chosen(["h2"])).toBe("h2");
  });
});
