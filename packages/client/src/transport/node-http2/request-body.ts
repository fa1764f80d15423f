// Writing a request's body onto node:http2 at the pace of the peer.

import type { ClientHttp2Stream } from "node:http2";
import { leave } from "../../streams/index.js";

/**
 * Writes each chunk by itself and waits while the peer's window is full; ends the stream after the last one. Stops
 * quietly when the stream ends first, in whatever way: the peer may have answered without needing the rest.
 * @returns whether the whole body was handed over
 * @throws whatever the source throws
 */
export async function sendBody(
  stream: ClientHttp2Stream,
  source: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const chunks = source[Symbol.asyncIterator]();
  let finished = false;
  const ended = new Promise<"ended">((resolve) => {
    if (stream.closed || stream.destroyed) resolve("ended");
    stream.once("close", () => resolve("ended"));
  });
  try {
    for (;;) {
      // The source may wait for a microphone: do not wait for it longer than the stream lives.
      const next = await Promise.race([chunks.next(), ended]);
      if (next === "ended") return false;
      if (next.done === true) {
        finished = true;
        break;
      }
      if (!writable(stream)) return false;
      if (!stream.write(next.value)) {
        if ((await Promise.race([drained(stream), ended])) === "ended") return false;
      }
    }
    if (!writable(stream)) return false;
    stream.end();
    return true;
  } finally {
    if (!finished) leave(chunks);
  }
}

function writable(stream: ClientHttp2Stream): boolean {
  return !stream.destroyed && !stream.closed && !stream.writableEnded;
}

function drained(stream: ClientHttp2Stream): Promise<"drained"> {
  return new Promise((resolve) => stream.once("drain", () => resolve("drained")));
}
