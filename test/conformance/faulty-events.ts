// How the small server of these tests reads events: collected, then held against what the documents say of a body.

import type { ServerHttp2Stream } from "node:http2";
import { parseEvent } from "@trefoil/protocol/messages";
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
    readonly answer: (status: number) => void;
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
    options.answer(isEvent(contentType, body) ? 204 : 400);
  });
}

function isEvent(contentType: string, body: Buffer): boolean {
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
    parseEvent(Buffer.concat(metadata));
    return isMetadata;
  } catch {
    return false;
  }
}
