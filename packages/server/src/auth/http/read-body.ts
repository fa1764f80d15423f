// Reading a request's body no further than its bound.

import { TrefoilError } from "@trefoil/protocol/errors";

/**
 * The body as a text, decoded as UTF-8.
 * @param limit bytes
 * @throws TrefoilError `payload_too_large` as soon as the bound is passed; `invalid_request` where the body breaks off
 * or is no UTF-8
 */
export async function readBody(request: Request, limit: number): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw tooLarge(limit);
  if (request.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > limit) {
        await reader.cancel();
        throw tooLarge(limit);
      }
      chunks.push(value);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof TrefoilError) throw error;
    throw new TrefoilError("invalid_request", "The body broke off or is not UTF-8.", {
      cause: error,
    });
  }
}

function tooLarge(limit: number): TrefoilError {
  return new TrefoilError("payload_too_large", `The body is larger than ${limit} bytes.`);
}
