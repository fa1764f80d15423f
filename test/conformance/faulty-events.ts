// How the small server of these tests reads events: collected, then held against what the documents say of a body.

import type { ServerHttp2Stream } from "node:http2";
import { nameOf, parseEvent } from "@trefoil/protocol/messages";
import { MultipartReader, boundaryOf, dispositionName } from "@trefoil/protocol/multipart";

const limits = {
  maxParts: 8,
  maxPartHeaderBytes: 8_192,
  maxBodyBytes: 16_777_216,
  maxPartBytes: (index: number) => (index === 0 ? 262_144 : 10_485_760),
};

/** Reads the request's body and answers 204, or with what is wrong with it. */
export function checkEvent(
  stream: ServerHttp2Stream,
  contentType: string,
  options: {
    readonly anything: boolean;
    readonly needsLastDelimiter: boolean;
    readonly refusesDashes: boolean;
    readonly failsOnDepth: boolean;
    /** @param name of the event, where it was read */
    readonly answer: (status: number, name?: string) => void;
  },
): void {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    const body = Buffer.concat(chunks);
    if (options.anything) return options.answer(204);
    if (!/^multipart\//i.test(contentType)) return options.answer(415);
    if (options.refusesDashes && /boundary="?-/.test(contentType)) return options.answer(400);
    if (options.needsLastDelimiter && !body.subarray(-32).includes("--\r\n")) return;
    if (options.failsOnDepth && body.includes('{"a":'.repeat(100))) return options.answer(500);
    const name = nameOfEvent(contentType, body);
    options.answer(name === undefined ? 400 : 204, name);
  });
}

/** The name of the event, or undefined where the body is none. */
function nameOfEvent(contentType: string, body: Buffer): string | undefined {
  let index = -1;
  let isMetadata = false;
  const metadata: Buffer[] = [];
  try {
    const reader = new MultipartReader(
      boundaryOf(contentType),
      {
        partBegin(headers) {
          index++;
          if (index === 0) isMetadata = dispositionName(headers) === "metadata";
        },
        partData(bytes) {
          if (index === 0) metadata.push(Buffer.from(bytes));
        },
        partEnd() {},
      },
      limits,
    );
    reader.push(body);
    reader.end();
    const { event } = parseEvent(Buffer.concat(metadata));
    return isMetadata ? nameOf(event.header) : undefined;
  } catch {
    return undefined;
  }
}
