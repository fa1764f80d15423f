// Attack: a request target that looks like an address of another host, so that whatever the server builds from its own address
// leads there. Rule: a target is a path and a query, whatever it looks like.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1

import { afterEach, expect, it } from "vitest";
import { type TestListener, startListener } from "../harness/listener.js";
import { RawPeer, headerBlock, headersFrame, requestBlock } from "../harness/raw-http2.js";

let server: TestListener;

afterEach(() => server.stop());

it.each([
  ["//evil.example/a?b=c", "https://localhost//evil.example/a?b=c"],
  ["/\\evil.example", "https://localhost//evil.example"],
  ["/a/../b", "https://localhost/b"],
  ["*", "https://localhost/"],
])("the target %s stays on this host", async (path, expected) => {
  let seen = "";
  server = await startListener({
    web: (request) => {
      seen = request.url;
      return new Response("fine");
    },
  });
  const peer = await RawPeer.greet(server.port, { tls: true });
  peer.send(headersFrame(1, requestBlock({ method: path === "*" ? "OPTIONS" : "GET", path })));
  await peer.until(() => peer.endedOf(1));
  expect(peer.statusOf(1)).toBe(200);
  expect(seen).toBe(expected);
  await peer.destroy();
});

it.each(["localhost:99999", "a/b", "user@evil.example", "[::1", ""])(
  "the authority %j is no reason to fail",
  async (authority) => {
    let seen = "";
    server = await startListener({
      web: (request) => {
        seen = request.url;
        return new Response("fine");
      },
    });
    const peer = await RawPeer.greet(server.port, { tls: true });
    const block = headerBlock([
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", authority],
      [":path", "/a"],
    ]);
    peer.send(headersFrame(1, block));
    await peer.until(() => peer.endedOf(1));
    expect(peer.statusOf(1)).toBe(200);
    expect(seen).toBe("https://localhost/a");
    await peer.destroy();
  },
);
