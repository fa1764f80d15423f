// The header blocks of a connection's responses. We keep no table of fields, but the peer has one until it is told otherwise.
// @see https://www.rfc-editor.org/rfc/rfc7541#section-4.2

import { frameHeadBytes, headersFrame } from "./frames/index.js";
import { type ResponseHeaders, encodeResponse, forgetTable } from "./hpack/index.js";

/** The size of HPACK's table that a peer has before it says anything. */
const defaultTableBytes = 4_096;

export class ResponseHeaderWriter {
  #tableBytes = defaultTableBytes;
  #mustForgetTable = false;

  /** The peer's table has so many bytes now: where that is less, the next block has to say that we know. */
  tableIs(bytes: number): void {
    if (bytes >= this.#tableBytes) return;
    this.#tableBytes = 0;
    this.#mustForgetTable = true;
  }

  /**
   * @param date the `date` field's value, where the headers have none of their own and there is to be one
   * @throws {TypeError} where a name or value holds what no header field may
   */
  frame(
    streamId: number,
    status: number,
    headers: ResponseHeaders,
    isLast: boolean,
    date?: string,
  ): Buffer {
    const prefix = this.#mustForgetTable ? forgetTable : undefined;
    const block = encodeResponse(frameHeadBytes, prefix, status, headers, date);
    this.#mustForgetTable = false;
    return headersFrame(streamId, block, isLast);
  }
}
