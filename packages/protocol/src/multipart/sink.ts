// What a reader of a multipart body is given: who takes the parts, and how much there may be of them.

import type { PartHeaders } from "./part-headers.js";

/** What a `MultipartReader` calls, always within `push` or `end`: `partBegin (partData* partEnd partBegin)* ...`. */
export interface MultipartSink {
  /** A part's headers are there. */
  partBegin(headers: PartHeaders): void;
  /**
   * The next bytes of the part's body, never zero of them. They are a view into what was pushed wherever that is
   * possible: read them at once, copy what is kept, never write to them.
   */
  partData(bytes: Uint8Array): void;
  /**
   * The part is complete.
   * @param terminated whether a delimiter ended it; false where the body ended instead, as with devices that stream
   *   speech and close the stream
   */
  partEnd(terminated: boolean): void;
}

/** How much one body may hold. All sizes are in bytes. */
export interface MultipartLimits {
  /** Most parts. */
  readonly maxParts: number;
  /** Longest header block of one part, from the delimiter line to the empty line. */
  readonly maxPartHeaderBytes: number;
  /** Longest body of the part with this index (from 0) and these headers; asked once a part. */
  readonly maxPartBytes: (index: number, headers: PartHeaders) => number;
  /** Longest body as a whole, delimiters and headers included; unlimited unless given. */
  readonly maxBodyBytes?: number;
}
