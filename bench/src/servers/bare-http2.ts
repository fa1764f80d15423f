// The floor of what can be had from node:http2: the stream API with no checks, no parsing, no queue. It answers /ping,
// discards what is posted to /v1/events, and holds /v1/directives open.

import {
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  createSecureServer,
  constants,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { ready, startArgument } from "./commands.js";
import { profilerCommands } from "./profiler.js";
import { type PushOrder, directiveHeader, directiveText, push } from "./push-driver.js";

const { certificate, key } = startArgument<{ certificate: string; key: string }>();

const boundary = "bare";
const head =
  'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';

function part(directive: string): Buffer {
  return Buffer.from(`${head}${directive}\r\n--${boundary}\r\n`);
}

const hello = part(
  JSON.stringify({ directive: { header: { ...directiveHeader, name: "Hello" } } }),
);

/** What was written and not acknowledged: the least that a queue in memory is. */
const kept = new Set<Buffer>();

function keepUntilAcknowledged(stream: ServerHttp2Stream, directive: Buffer): void {
  kept.add(directive);
  stream.session?.ping((error) => {
    if (error === null) kept.delete(directive);
  });
}

const downchannels = new Map<string, ServerHttp2Stream>();
let anonymous = 0;

const server = createSecureServer({ cert: certificate, key, noDelay: true });
server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  stream.on("error", () => undefined);
  switch (headers[constants.HTTP2_HEADER_PATH] ?? "") {
    case "/ping":
      stream.respond({ ":status": 204 }, { endStream: true });
      return;
    case "/v1/events":
      stream.resume();
      stream.on("end", () => stream.respond({ ":status": 204 }, { endStream: true }));
      return;
    case "/v1/directives": {
      const device = String(headers["x-device"] ?? ++anonymous);
      downchannels.set(device, stream);
      stream.once("close", () => {
        if (downchannels.get(device) === stream) downchannels.delete(device);
      });
      stream.respond({
        ":status": 200,
        "content-type": `multipart/related; boundary=${boundary}`,
        "cache-control": "no-store",
      });
      stream.write(`--${boundary}\r\n`);
      stream.write(hello);
      return;
    }
    default:
      stream.respond({ ":status": 404 }, { endStream: true });
  }
});
server.listen(0, "127.0.0.1", () => {
  ready((server.address() as AddressInfo).port, {
    ...profilerCommands,
    push: (order: PushOrder) =>
      push(order, (device) => {
        const stream = downchannels.get(device);
        if (stream === undefined) return;
        const directive = part(directiveText());
        stream.write(directive);
        if (order.acknowledged === true) keepUntilAcknowledged(stream, directive);
      }),
  });
});
