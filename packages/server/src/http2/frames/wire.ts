// The numbers of HTTP/2 on the wire.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-6

export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const Flag = {
  ack: 0x1,
  endStream: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** What precedes each frame. Bytes. */
export const frameHeadBytes = 9;

/** Largest payload that we announce to take, and that we send: what every peer must take. Bytes. */
export const maxFrameBytes = 16_384;

/** Flow-control window that each side starts with. Bytes. */
export const defaultWindow = 65_535;

/** Largest flow-control window. Bytes. */
export const largestWindow = 2 ** 31 - 1;

/** What a client says first. @see https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
export const clientPreface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
