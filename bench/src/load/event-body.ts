// The event that loads send: one of those that devices send most, without attachments.

import { encodeEvent } from "@trefoil/protocol/messages";

const boundary = "bench-event";

/** Its content type. */
export const eventType = `multipart/form-data; boundary=${boundary}`;

/** An event of 600 bytes with its multipart frame, as a device sends it while it plays music. */
export function eventBody(): Buffer {
  const event = (padding: string) =>
    encodeEvent({
      context: [],
      event: {
        header: {
          namespace: "AudioPlayer",
          name: "PlayStarted",
          messageId: "2fcb6a62-393a-46ad-a5c4-b3db9b640045",
        },
        payload: { token: `TR-NM-${padding}`, offsetInMilliseconds: 10_000 },
      },
    });
  const framed = (padding: string) =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n`,
      ),
      event(padding),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
  return framed("4".repeat(600 - framed("").length));
}
