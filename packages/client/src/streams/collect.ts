// A stream of bytes as one array, with a bound.

import { TrefoilError } from "@trefoil/protocol/errors";

/**
 * Reads a stream to its end.
 * @param source the chunks
 * @param limit most bytes that are taken
 * @throws {TrefoilError} `payload_too_large` past the limit; and whatever the source throws
 */
export async function byteArrayOf(
  source: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) {
      throw new TrefoilError("payload_too_large", `More than ${limit} bytes arrived.`);
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
