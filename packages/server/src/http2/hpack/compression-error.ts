// A header block that cannot be read: the peer's table and ours no longer agree, so the connection is lost with it.

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-4.3 COMPRESSION_ERROR */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
}
