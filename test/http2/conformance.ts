// What the conformance tests have in common: a server that answers every request when its body is complete, and what a breach
// may come to. Where RFC 9113 leaves a choice, each of its answers is taken.

import { expect } from "vitest";
import { type ServerStream } from "../../packages/server/src/http2/index.js";
import { type RawPeer, frame, headersFrame, requestBlock } from "../harness/raw-http2.js";

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-7 */
export const Code = {
  noError: 0x0,
  protocolError: 0x1,
  flowControlError: 0x3,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

export const get = requestBlock({ path: "/" });
export const post = requestBlock({ method: "POST", path: "/" });

/** The body of each answer. */
export const answer = "hello";

/** Answers each request when its body is complete. */
export function serveAll(stream: ServerStream): void {
  stream.receive({
    data: () => undefined,
    end() {
      stream.respond(200, {});
      stream.end(Buffer.from(answer));
    },
    aborted: () => undefined,
  });
}

/** The peer gets an answer on a stream. */
export async function expectAnswer(peer: RawPeer, streamId: number): Promise<void> {
  await peer.until(() => peer.endedOf(streamId));
  expect(peer.resetCodeOf(streamId)).toBeUndefined();
  expect(peer.statusOf(streamId)).toBe(200);
  expect(peer.dataOf(streamId)).toBe(answer);
}

/** The connection still answers requests. */
export async function expectAlive(peer: RawPeer, streamId: number): Promise<void> {
  peer.send(headersFrame(streamId, get));
  await expectAnswer(peer, streamId);
}

/** RFC 9113 section 5.4.1: GOAWAY with one of these codes, then the end of the connection. */
export async function expectConnectionError(
  peer: RawPeer,
  ...codes: readonly number[]
): Promise<void> {
  await peer.whenClosed();
  expect(codes).toContain(peer.goawayCode);
}

/** RFC 9113 section 5.4.2: RST_STREAM with one of these codes; or, as section 5.4 allows, the same as a connection error. */
export async function expectStreamError(
  peer: RawPeer,
  streamId: number,
  ...codes: readonly number[]
): Promise<void> {
  await peer.until(() => peer.closed || peer.resetCodeOf(streamId) !== undefined);
  expect(codes).toContain(peer.resetCodeOf(streamId) ?? peer.goawayCode);
}

/** A PADDED frame: the length of the padding first, the padding last. */
export function padded(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array,
  padding: number,
): Buffer {
  return frame(
    type,
    flags | 0x8,
    streamId,
    Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)]),
  );
}
