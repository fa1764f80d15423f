// The bytes of requests and responses as devices that shipped write and read them.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { FirmwareReader, readAsFirmware } from "../harness/firmware-reader.js";
import type { Peer, PeerResponse } from "../harness/peer.js";
import { FrameType, RawPeer, dataFrame, headersFrame, requestBlock } from "../harness/raw-http2.js";
import { connectOverTls, firmwareUserAgent } from "./tls-peer.js";
import { type Trefoil, signIn, startTrefoil } from "./trefoil.js";

let trefoil: Trefoil;
let peer: Peer;
let raw: RawPeer;

/** The audio of the last speech, in the pieces in which it came. */
let heard: Buffer[] = [];
/** What the last speech's part was called and typed. */
let part: { readonly name: string; readonly contentType: string } | undefined;

/** Stops the device at its first sound, and answers with speech when it has heard all. */
const recognise: EventHandler = async function* (request) {
  heard = [];
  for await (const attachment of request.attachments) {
    part = attachment;
    for await (const piece of attachment.body) {
      if (heard.length === 0) {
        yield { kind: "directive", directive: request.answer("SpeechRecognizer.StopCapture", {}) };
      }
      heard.push(Buffer.from(piece));
    }
  }
  const contentId = "5c9d1b3e-5f0a-4f0e-9f3f-7d3f5c1b2a10";
  yield {
    kind: "directive",
    directive: request.answer("SpeechSynthesizer.Speak", {
      format: "AUDIO_MPEG",
      token: "t",
      url: `cid:${contentId}`,
    }),
  };
  yield { kind: "attachment", attachment: { contentId, body: speakInPieces() } };
};

const spoken = Buffer.from(Array.from({ length: 5_000 }, (_, at) => "\r\n--\0".charCodeAt(at % 5)));

/** What the speech waits for after its first piece. */
let goOn = Promise.resolve();

async function* speakInPieces(): AsyncIterable<Uint8Array> {
  for (let at = 0; at < spoken.length; at += 997) {
    yield spoken.subarray(at, at + 997);
    await goOn;
  }
}

beforeAll(async () => {
  trefoil = await startTrefoil({ handlers: { "SpeechRecognizer.Recognize": recognise } });
  const { access_token } = await signIn(trefoil, "speaker");
  peer = await connectOverTls(trefoil, access_token);
  await peer.downchannel();
});

afterEach(async () => {
  await raw?.destroy();
});

afterAll(async () => {
  await peer?.close();
  await trefoil?.stop();
});

const boundary = "--abcdefg123456";
const metadata = `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{"context":[],"event":{"header":{"namespace":"SpeechRecognizer","name":"Recognize","messageId":"m","dialogRequestId":"d"},"payload":{"lang":"ko","profile":"CLOSE_TALK","format":"AUDIO_L16_RATE_16000_CHANNELS_1"}}}`;
const audioHead = `\r\n--${boundary}\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n`;
/** Half a second of 16-bit little-endian 16 kHz mono. */
const pcm = Buffer.alloc(16_000);
for (let sample = 0; sample < 8_000; sample++) {
  pcm.writeInt16LE(Math.round(Math.sin(sample / 7) * 20_000), sample * 2);
}

const read = (response: PeerResponse) =>
  readAsFirmware(response.headers["content-type"], Buffer.from(response.body, "latin1"));

/** Speaks on a connection of its own, frame by frame. */
async function speakRaw(
  deviceId: string,
  extra: readonly (readonly [string, string])[] = [],
): Promise<(...frames: readonly Uint8Array[]) => void> {
  const { access_token: token } = await signIn(trefoil, deviceId);
  raw = await RawPeer.greet(trefoil.port, { tls: true });
  raw.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
  await raw.until(() => raw.statusOf(1) === 200, "the downchannel");
  const block = requestBlock({
    method: "POST",
    path: "/v1/events",
    token,
    extra: [
      ["user-agent", firmwareUserAgent],
      ["content-type", `multipart/form-data; boundary=${boundary}`],
      ...extra,
    ],
  });
  raw.send(headersFrame(3, block, { endStream: false }));
  return (...frames) => raw.send(...frames);
}

/** The response's parts so far. */
const rawReader = () => {
  const body = Buffer.concat(raw.framesOf(FrameType.data, 3).map(({ payload }) => payload));
  const boundaryOf = body.subarray(2, body.indexOf("\r\n")).toString("latin1");
  return new FirmwareReader(`multipart/related; boundary=${boundaryOf}`).push(body);
};

describe("a request", () => {
  it("of speech in DATA frames of 320 bytes, under a boundary of dashes, without a last delimiter, is heard whole", async () => {
    const send = await speakRaw("frames");
    send(dataFrame(3, Buffer.from(metadata)), dataFrame(3, Buffer.from(audioHead)));
    for (let at = 0; at < pcm.length; at += 320) {
      send(dataFrame(3, pcm.subarray(at, at + 320), { endStream: at + 320 === pcm.length }));
    }
    await raw.until(() => raw.endedOf(3), "the answer");
    expect(raw.statusOf(3)).toBe(200);
    expect(Buffer.concat(heard)).toEqual(pcm);
    expect(part).toMatchObject({ name: "audio", contentType: "application/octet-stream" });
    expect(rawReader().directives.map(({ name }) => name)).toEqual([
      "SpeechRecognizer.StopCapture",
      "SpeechSynthesizer.Speak",
    ]);
  });

  it("of speech is answered while it is still being recorded, so that the device can stop", async () => {
    const send = await speakRaw("stopped");
    send(
      dataFrame(3, Buffer.from(metadata + audioHead)),
      dataFrame(3, pcm.subarray(0, 320)),
      dataFrame(3, pcm.subarray(320, 640)),
    );
    await raw.until(
      () => raw.statusOf(3) === 200 && rawReader().directives.length === 1,
      "StopCapture while the request is open",
    );
    expect(rawReader().directives[0]).toMatchObject({
      name: "SpeechRecognizer.StopCapture",
      header: { dialogRequestId: "d" },
    });
    expect(raw.endedOf(3)).toBe(false);
    send(dataFrame(3, pcm.subarray(640, 960), { endStream: true }));
    await raw.until(() => raw.endedOf(3), "the rest of the answer");
    expect(Buffer.concat(heard)).toEqual(pcm.subarray(0, 960));
  });

  it("of speech may end with an empty frame", async () => {
    const send = await speakRaw("empty-frame");
    send(
      dataFrame(3, Buffer.from(metadata + audioHead)),
      dataFrame(3, pcm.subarray(0, 320)),
      dataFrame(3, Buffer.alloc(0), { endStream: true }),
    );
    await raw.until(() => raw.endedOf(3), "the answer");
    expect(Buffer.concat(heard)).toEqual(pcm.subarray(0, 320));
  });

  it("may say its content-length, and mostly does not", async () => {
    const body = Buffer.concat([Buffer.from(metadata + audioHead), pcm]);
    const send = await speakRaw("with-length", [["content-length", String(body.length)]]);
    send(
      dataFrame(3, body.subarray(0, 10_000)),
      dataFrame(3, body.subarray(10_000), { endStream: true }),
    );
    await raw.until(() => raw.endedOf(3), "the answer");
    expect(raw.statusOf(3)).toBe(200);
    expect(Buffer.concat(heard)).toEqual(pcm);
  });
});

describe("a response", () => {
  /** All of them, whatever their status. */
  const responses = async (): Promise<PeerResponse[]> => {
    const post = (body: string, type = `multipart/form-data; boundary=${boundary}`) =>
      peer.post(body, { "content-type": type }).whenEnded();
    return [
      await peer.event("TextRecognizer.Recognize", { text: "안녕" }, { dialogRequestId: "d" }),
      await post(metadata + audioHead),
      await post("nothing"),
      await post("{}", "application/json"),
      await peer.request("GET", "/v1/nothing").whenEnded(),
    ];
  };

  it("has a content type with nothing but an unquoted boundary of 60 lower-case hexadecimal digits", async () => {
    const all = await responses();
    expect(all.map(({ status }) => status)).toEqual([200, 200, 400, 415, 404]);
    for (const { headers } of all) {
      expect(headers["content-type"]).toMatch(/^multipart\/related; boundary=[0-9a-f]{60}$/);
    }
  });

  it("begins with the dash of its first delimiter, ends with the closing one, and the firmware reads all of it", async () => {
    for (const response of await responses()) {
      expect(response.body.startsWith("--")).toBe(true);
      const digits = /[0-9a-f]{60}$/.exec(String(response.headers["content-type"]))![0];
      expect(response.body.endsWith(`\r\n--${digits}--\r\n`)).toBe(true);
      expect(read(response).closed).toBe(true);
    }
  });

  it("has directives under exactly the headers that devices match, Content-Type last", async () => {
    for (const response of await responses()) {
      for (const { headers } of read(response).parts) {
        if (headers.some(([name]) => name === "Content-Id")) continue;
        expect(headers).toEqual([
          ["Content-Disposition", 'form-data; name="metadata"'],
          ["Content-Type", "application/json; charset=utf-8"],
        ]);
      }
      expect(read(response).directives.length).toBeGreaterThan(0);
    }
  });

  it("has audio under exactly the headers that devices match, found by what follows cid: and whole", async () => {
    const response = await peer
      .post(metadata + audioHead, {
        "content-type": `multipart/form-data; boundary=${boundary}`,
      })
      .whenEnded();
    const reader = read(response);
    const speak = reader.directives.find(({ name }) => name === "SpeechSynthesizer.Speak");
    const contentId = String(speak?.payload["url"]).replace(/^cid:/, "");
    expect(reader.attachment(contentId)).toEqual(spoken);
    const audio = reader.parts.find(({ headers }) =>
      headers.some(([, value]) => value === contentId),
    );
    expect(audio?.headers).toEqual([
      ["Content-Disposition", expect.stringMatching(/^form-data; name="[^"]+"$/)],
      ["Content-Id", contentId],
      ["Content-Type", "application/octet-stream"],
    ]);
  });

  it("has audio that the device can play while it is still being made", async () => {
    let makeTheRest: (() => void) | undefined;
    goOn = new Promise((resolve) => {
      makeTheRest = resolve;
    });
    const response = peer.post(metadata + audioHead, {
      "content-type": `multipart/form-data; boundary=${boundary}`,
    });
    await response.until(
      ({ body }) => body.endsWith(spoken.toString("latin1").slice(0, 997)),
      "the first piece",
    );
    makeTheRest?.();
    await response.whenEnded();
    expect(read(response).closed).toBe(true);
  });

  it("that is an error is one directive System.Exception with the status and what was wrong", async () => {
    for (const response of (await responses()).slice(2)) {
      expect(read(response).directives).toMatchObject([
        {
          name: "System.Exception",
          payload: { code: response.status, description: expect.stringMatching(/\w+ \w+/) },
        },
      ]);
    }
  });
});
