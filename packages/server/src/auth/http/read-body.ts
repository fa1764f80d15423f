// Reading a request's body no further than its bound.

import { TrefoilError } from "@trefoil/protocol/errors";

/**
 * The body as a text, decoded as UTF-8.
 * @param limit bytes
 * @throws TrefoilError `payload_too_large` as soon as the bound is passed; `invalid_request` where the body breaks off
 * or is no UTF-8
 */
export async function readBody(request: Request, limit: number): Promise<string> {
  const bytes = await readBytes(request, limit);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new TrefoilError("invalid_request", "The body is not UTF-8.", { cause });
  }
}

/**
 * The body as it is.
 * @param limit bytes
 * @throws TrefoilError `payload_too_large` as soon as the bound is passed; `invalid_request` where the body breaks off
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limit) throw tooLarge(limit);
  try {
    // A body of a declared length ends there, whatever is sent: both protocols see to that. Asking for it as a whole is much
    // less work than making a stream of it.
    const bytes =
      declared <= limit
        ? new Uint8Array(await request.arrayBuffer())
        : await readStream(request, limit);
    if (bytes.byteLength > limit) throw tooLarge(limit);
    return bytes;
  } catch (error) {
    if (error instanceof TrefoilError) throw error;
    throw new TrefoilError("invalid_request", "The body broke off.", { cause: error });
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
}

function tooLarge(limit: number): TrefoilError {
  return new TrefoilError("payload_too_large", `The body is larger than ${limit} bytes.`);
}
