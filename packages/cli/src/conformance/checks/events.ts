// Events: what is taken, what is refused, and that devices that shipped are understood.
// @see docs/protocol.md#events

import type { Bench } from "../bench.js";
import { holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";
import { type EventMetadata, metadata, metadataPart, multipart, part } from "../wire/event-body.js";
import { type Check, section } from "./check.js";
import { isException, refusedWith } from "./exception.js";

const check = section("docs/protocol.md", "Events");
const fromDevice = section("docs/protocol.md", "Multipart, from the device");

const plain = "multipart/form-data; boundary=b";

async function post(bench: Bench, body: string | Uint8Array, contentType = plain): Promise<Answer> {
  const { line, token } = await bench.connected();
  const headers = { "content-type": contentType };
  return line.request({ method: "POST", path: "/v1/events", token, headers, body });
}

/** The body is taken as an event, here one that nobody knows: 204. */
async function taken(bench: Bench, what: string, body: string | Uint8Array, contentType = plain) {
  const answer = await (await post(bench, body, contentType)).withStatus();
  holds(answer.status === 204, `status 204 for ${what}`, answer.describe());
}

/** The body is refused with 400 and a reason. */
async function malformed(
  bench: Bench,
  what: string,
  body: string | Uint8Array,
  contentType = plain,
) {
  const answer = await refusedWith(400, await post(bench, body, contentType), what);
  await isException(answer);
}

const one = (content: EventMetadata | string) => multipart("b", [metadataPart(content)]);

/** The checks of these sections. */
export const events: readonly Check[] = [
  check(
    "unknown-event",
    "An event whose name is not known is answered 204: newer devices must not fail on an older server.",
    async (bench) => {
      await taken(bench, "an unknown namespace", one({}));
      await taken(bench, "an unknown name", one({ name: "Settings.RequestConformance" }));
    },
  ),
  check("context-missing", "The gateway takes an event without context.", (bench) =>
    taken(bench, "an event without context", one({ envelope: { context: undefined } })),
  ),
  check("unknown-members", "Members that are not known are let through, at every level.", (bench) =>
    taken(
      bench,
      "unknown members",
      one({ header: { more: 1 }, payload: { more: { deep: [null] } }, envelope: { more: true } }),
    ),
  ),
  check(
    "no-boundary",
    "400: the boundary is missing or malformed or the body does not follow it.",
    async (bench) => {
      await malformed(bench, "no boundary", one({}), "multipart/form-data");
      await malformed(
        bench,
        "a boundary of 71 bytes",
        multipart("b".repeat(71), [metadataPart({})]),
        `multipart/form-data; boundary=${"b".repeat(71)}`,
      );
      await malformed(bench, "a body that does not follow the boundary", "nothing of the kind");
      await malformed(bench, "an empty body", "");
    },
  ),
  check(
    "not-metadata",
    "400: the first part is not metadata or is not JSON in UTF-8.",
    async (bench) => {
      await malformed(
        bench,
        "a first part that is not metadata",
        multipart("b", [part("audio", "application/octet-stream", "0")]),
      );
      await malformed(bench, "metadata that is not JSON", one("{not json"));
      const latin1 = Buffer.from(one(metadata({ payload: { text: "é" } })), "latin1");
      await malformed(bench, "metadata that is not UTF-8", latin1);
    },
  ),
  check(
    "envelope",
    "400: a mandatory member of the envelope is missing (namespace, name and messageId, not empty).",
    async (bench) => {
      for (const member of ["namespace", "name", "messageId"]) {
        await malformed(bench, `no ${member}`, one({ header: { [member]: undefined } }));
        await malformed(bench, `an empty ${member}`, one({ header: { [member]: "" } }));
      }
      await malformed(bench, "no event", one("{}"));
    },
  ),
  check("bounds", "400: a bound is exceeded. metadata 256 KiB, 8 parts.", async (bench) => {
    await malformed(
      bench,
      "metadata of more than 256 KiB",
      one({ payload: { text: "x".repeat(262_145) } }),
    );
    const attachment = part("attachment", "application/octet-stream", "0");
    await malformed(
      bench,
      "nine parts",
      multipart("b", [metadataPart({}), ...Array.from({ length: 8 }, () => attachment)]),
    );
  }),
  check("status-415", "The answer is 415 if the Content-Type is not multipart.", async (bench) => {
    for (const contentType of ["application/json", "text/plain"]) {
      await refusedWith(415, await post(bench, "{}", contentType), contentType);
    }
  }),
  check(
    "early-answer",
    "An answer may begin while the request is still being sent.",
    async (bench) => {
      const { line, token, channel } = await bench.connected();
      const headers = { "content-type": plain };
      const answer = line.request({
        method: "POST",
        path: "/v1/events",
        token,
        headers,
        open: true,
      });
      answer.stream.write(
        `--b\r\n${metadataPart({})}\r\n--b\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      );
      const isEarly = await answer.within(({ status }) => status !== undefined, 1_500);
      // Whoever answers early must bear what was on its way.
      if (answer.stream.writable) answer.stream.end("0123456789");
      await answer.withStatus();
      holds(answer.status === 204, "status 204", answer.describe());
      await line.ping();
      holds(!channel.over, "a downchannel that stays open", channel.describe());
      return isEarly ? "answered early" : "answered at the end of the request";
    },
  ),
  check(
    "speech",
    "Shipped speakers send 10 ms (320 bytes) in each DATA frame and end the upload with END_STREAM and no closing delimiter.",
    async (bench) => {
      const { line, token } = await bench.connected();
      const payload = { lang: "ko", format: "AUDIO_L16_RATE_16000_CHANNELS_1" };
      const speech = metadataPart({
        name: "SpeechRecognizer.Recognize",
        payload,
        header: { dialogRequestId: crypto.randomUUID() },
      });
      const headers = { "content-type": "multipart/form-data; boundary=--abcdefg123456" };
      const answer = line.request({
        method: "POST",
        path: "/v1/events",
        token,
        headers,
        open: true,
      });
      answer.stream.write(
        `----abcdefg123456\r\n${speech}\r\n----abcdefg123456\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      );
      const silence = Buffer.alloc(320);
      for (let frame = 0; frame < 30 && answer.stream.writable; frame++) {
        answer.stream.write(silence);
        await bench.pause(10);
      }
      // An event beside it, as devices send while they upload.
      await taken(bench, "an event while audio is uploaded", one({}));
      if (answer.stream.writable) answer.stream.end();
      await answer.whole(bench.patience * 2);
      holds(
        answer.status === 200 || answer.status === 204,
        "status 200 or 204 for SpeechRecognizer.Recognize",
        answer.describe(),
      );
    },
  ),
  fromDevice(
    "boundary-dashes",
    "Boundaries may begin with dashes, may be quoted, and are at most 70 bytes long.",
    async (bench) => {
      for (const [boundary, written] of [
        ["--abcdefg123456", "--abcdefg123456"],
        ["a b'c", '"a b\'c"'],
        ["x".repeat(70), "x".repeat(70)],
      ] as const) {
        const body = multipart(boundary, [metadataPart({})]);
        await taken(bench, `boundary=${written}`, body, `multipart/form-data; boundary=${written}`);
      }
    },
  ),
  fromDevice(
    "header-case",
    "The part headers are matched without regard to case. multipart/related and multipart/mixed are read alike.",
    async (bench) => {
      const shouted = metadataPart({})
        .replace("Content-Disposition", "CONTENT-DISPOSITION")
        .replace("Content-Type", "content-type");
      await taken(bench, "part headers in another case", multipart("b", [shouted]));
      for (const type of ["multipart/related", "multipart/mixed"]) {
        await taken(bench, type, one({}), `${type}; boundary=b`);
      }
    },
  ),
  fromDevice(
    "last-delimiter",
    "The closing delimiter, or the CRLF after it, may be missing. A preamble and an epilogue are skipped.",
    async (bench) => {
      const body = one({});
      await taken(bench, "no CRLF after the closing delimiter", body.slice(0, -2));
      await taken(bench, "no closing delimiter", body.slice(0, -"\r\n--b--\r\n".length));
      await taken(bench, "a preamble and an epilogue", `preamble\r\n${body}epilogue`);
    },
  ),
  fromDevice(
    "attachments",
    "An attachment is handed on as it arrives; one that nobody wants is let go.",
    (bench) =>
      taken(
        bench,
        "an attachment",
        multipart("b", [
          metadataPart({}),
          part("attachment", "application/octet-stream", "\0".repeat(100_000)),
        ]),
      ),
  ),
];
