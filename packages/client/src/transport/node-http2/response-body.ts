// The body of one response on node:http2 as a stream that loses nothing: what arrived before a cut is still handed over.

import type { ClientHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import { TrefoilError } from "@trefoil/protocol/errors";
import { ByteStream } from "../../streams/index.js";

/** Bytes that wait here before the peer is slowed by its flow-control window. */
const highWater = 65_536;

/**
 * Takes the bytes of a response as they come. Node drops what a destroyed stream still holds, so they are taken out of
 * it at once.
 */
export function receiveBody(stream: ClientHttp2Stream): ByteStream {
  let ended = false;
  const body = new ByteStream({
    taken(queued) {
      if (queued <= highWater && stream.isPaused()) stream.resume();
    },
    cancelled() {
      if (!stream.destroyed && !stream.closed) stream.close(constants.NGHTTP2_CANCEL);
      // A paused stream would hold its close event back for ever.
      stream.resume();
    },
  });
  stream.on("data", (chunk: Buffer) => {
    body.push(chunk);
    if (body.open && body.queued > highWater) stream.pause();
  });
  stream.on("end", () => {
    ended = !stream.aborted && (stream.rstCode ?? 0) === constants.NGHTTP2_NO_ERROR;
    if (ended) body.end();
  });
  stream.on("close", () => {
    if (ended) return;
    body.fail(
      new TrefoilError("unavailable", "The response was cut off before its end.", {
        cause: stream.errored ?? undefined,
      }),
    );
  });
  return body;
}
