// A connection as devices that shipped hold it: what they send when, and what must not disturb it.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { FirmwareReader } from "../harness/firmware-reader.js";
import type { Peer } from "../harness/peer.js";
import {
  Flag,
  FrameType,
  RawPeer,
  headersFrame,
  pingFrame,
  requestBlock,
} from "../harness/raw-http2.js";
import { connectOverTls, firmwareUserAgent } from "./tls-peer.js";
import { type Trefoil, push, signIn, startTrefoil } from "./trefoil.js";

let trefoil: Trefoil;
const peers: (Peer | RawPeer)[] = [];
let devices = 0;

/** Answers when its audio is complete: with how many bytes it was. */
const countAudio: EventHandler = async function* (request) {
  let bytes = 0;
  for await (const { body } of request.attachments) {
    for await (const piece of body) bytes += piece.length;
  }
  yield { kind: "directive", directive: request.answer("Clova.RenderText", { text: `${bytes}` }) };
};

beforeAll(async () => {
  trefoil = await startTrefoil({ handlers: { "SpeechRecognizer.Recognize": countAudio } });
});

afterEach(async () => {
  for (const peer of peers.splice(0)) {
    await (peer instanceof RawPeer ? peer.destroy() : peer.close());
  }
});

afterAll(() => trefoil.stop());

/** A device that has signed in and connected. */
async function device(): Promise<{ readonly deviceId: string; readonly peer: Peer }> {
  const deviceId = `device-${++devices}`;
  const { access_token } = await signIn(trefoil, deviceId);
  const peer = await connectOverTls(trefoil, access_token);
  peers.push(peer);
  return { deviceId, peer };
}

/** The same, frame by frame. */
async function rawDevice(): Promise<{
  readonly deviceId: string;
  readonly token: string;
  readonly peer: RawPeer;
}> {
  const deviceId = `device-${++devices}`;
  const { access_token: token } = await signIn(trefoil, deviceId);
  const peer = await RawPeer.greet(trefoil.port, { tls: true });
  peers.push(peer);
  return { deviceId, token, peer };
}

const speech = (rest = "") =>
  `----abcdefg123456\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{"context":[],"event":{"header":{"namespace":"SpeechRecognizer","name":"Recognize","messageId":"m","dialogRequestId":"d"},"payload":{"lang":"ko"}}}\r\n----abcdefg123456\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n${rest}`;

const speechHeaders = { "content-type": "multipart/form-data; boundary=--abcdefg123456" };

describe("the downchannel", () => {
  it.each([
    ["the firmware's", { "user-agent": firmwareUserAgent }],
    ["a browser's", { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3 like Mac OS X)" }],
    ["none", {}],
    ["an empty one", { "user-agent": "" }],
  ])("is opened whatever the User-Agent: %s", async (_which, headers) => {
    const { peer } = await device();
    const channel = peer.request("GET", "/v1/directives", headers);
    await channel.until(({ status }) => status !== undefined, "a status");
    expect(channel.status).toBe(200);
  });

  it("has its status sent before any part, and every part in one frame with the delimiter line that ends it", async () => {
    const { deviceId, token, peer } = await rawDevice();
    peer.send(
      headersFrame(
        1,
        requestBlock({
          path: "/v1/directives",
          token,
          extra: [["user-agent", firmwareUserAgent]],
        }),
      ),
    );
    await peer.until(() => peer.framesOf(FrameType.data, 1).length === 1, "Clova.Hello");
    const [first, second] = peer.frames.filter(({ streamId }) => streamId === 1);
    expect(first).toMatchObject({ type: FrameType.headers, flags: Flag.endHeaders });
    expect(second?.type).toBe(FrameType.data);
    for (const text of ["one", "two", "three"]) {
      await push(trefoil, deviceId, text);
      await peer.until(() => peer.dataOf(1).includes(`"${text}"`), text);
    }
    const frames = peer.framesOf(FrameType.data, 1).map(({ payload }) => payload.toString());
    expect(frames).toHaveLength(4);
    const [hello = "", ...others] = frames;
    const boundary = hello.slice(2, hello.indexOf("\r\n"));
    expect(boundary).toMatch(/^[0-9a-f]{60}$/);
    for (const frame of frames) expect(frame.endsWith(`}\r\n--${boundary}\r\n`)).toBe(true);
    for (const frame of others) expect(frame.startsWith("Content-Disposition: ")).toBe(true);
  });

  it("lets the device send its first events on the status alone, known and unknown ones", async () => {
    const { peer } = await device();
    const channel = peer.request("GET", "/v1/directives", { "user-agent": firmwareUserAgent });
    const statuses = new Promise<(number | undefined)[]>((resolve, reject) => {
      channel.stream.once("response", () => {
        Promise.all(
          [
            "Alerts.RequestSynchronizeAlert",
            "Settings.RequestSynchronization",
            "Settings.RequestVersionSpec",
            "Settings.RequestStoreSettings",
            "Settings.Synchronize",
          ].map(async (name) => (await peer.event(name)).status),
        ).then(resolve, reject);
      });
    });
    expect(await statuses).toEqual([204, 204, 204, 204, 204]);
  });

  it("ends by END_STREAM alone, without a closing delimiter, for the firmware would choke on it", async () => {
    const { deviceId, token, peer } = await rawDevice();
    const request = headersFrame(1, requestBlock({ path: "/v1/directives", token }));
    peer.send(request);
    await peer.until(() => peer.framesOf(FrameType.data, 1).length === 1, "Clova.Hello");
    await push(trefoil, deviceId, "before the end");
    await peer.until(() => peer.framesOf(FrameType.data, 1).length === 2, "the directive");
    peer.send(headersFrame(3, requestBlock({ path: "/v1/directives", token })));
    await peer.until(() => peer.endedOf(1), "the end of the first downchannel");
    expect(peer.resetCodeOf(1)).toBeUndefined();
    const body = peer.dataOf(1);
    const reader = new FirmwareReader(`boundary=${body.slice(2, body.indexOf("\r\n"))}`).push(
      Buffer.from(body),
    );
    expect(reader.error).toBeUndefined();
    expect(reader.directives.map(({ name }) => name)).toEqual(["Clova.Hello", "Clova.RenderText"]);
    expect(reader.betweenParts).toBe(true);
    expect(reader.closed).toBe(false);
  });
});

describe("a connection", () => {
  it("goes on when the device resets one of its streams in the middle of an upload", async () => {
    const { deviceId, peer } = await device();
    const channel = await peer.downchannel();
    const upload = peer.request("POST", "/v1/events", speechHeaders, { body: true });
    upload.stream.write(speech("x".repeat(320)));
    const other = peer.request("POST", "/v1/events", speechHeaders, { body: true });
    other.stream.write(speech());
    expect((await peer.event("Alerts.RequestSynchronizeAlert")).status).toBe(204);
    upload.stream.close(8);
    await upload.until(({ closed }) => closed, "the end of the upload");

    other.stream.end("y".repeat(640));
    await other.whenEnded();
    expect(other.directives).toMatchObject([{ payload: { text: "640" } }]);
    await push(trefoil, deviceId, "still here");
    await channel.until(({ directives }) => directives.length === 2, "the directive");
    expect(channel.directives[1]?.payload).toMatchObject({ text: "still here" });
  });

  it("goes on when one of its requests is refused", async () => {
    const { deviceId, peer } = await device();
    const channel = await peer.downchannel();
    expect((await peer.post("nothing", { "content-type": "text/plain" }).whenEnded()).status).toBe(
      415,
    );
    expect((await peer.request("GET", "/v1/nothing").whenEnded()).status).toBe(404);
    expect((await peer.post("broken").whenEnded()).status).toBe(400);
    await push(trefoil, deviceId, "still here");
    await channel.until(({ directives }) => directives.length === 2, "the directive");
  });

  it("takes events while audio is being uploaded, and answers each on its own", async () => {
    const { peer } = await device();
    await peer.downchannel();
    const upload = peer.request("POST", "/v1/events", speechHeaders, { body: true });
    upload.stream.write(speech("x".repeat(320)));
    const text = await peer.event("TextRecognizer.Recognize", { text: "meanwhile" });
    expect(text.directives).toMatchObject([{ payload: { text: "meanwhile" } }]);
    expect(upload.status).toBeUndefined();
    upload.stream.end("x".repeat(320));
    await upload.whenEnded();
    expect(upload.directives).toMatchObject([{ payload: { text: "640" } }]);
  });

  it("answers GET /ping with the headers of the downchannel by 204 at once", async () => {
    const { peer } = await device();
    await peer.downchannel();
    const before = performance.now();
    const ping = await peer
      .request("GET", "/ping", { "user-agent": firmwareUserAgent })
      .whenEnded();
    expect(ping).toMatchObject({ status: 204, body: "" });
    // The firmware waits 5 s and then connects anew.
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it("answers a PING frame with the same eight bytes, and PINGs the device after it wrote to it", async () => {
    const { deviceId, token, peer } = await rawDevice();
    const opaque = Buffer.from("8 bytes!");
    peer.send(pingFrame(opaque));
    const pings = (flags: number) =>
      peer.framesOf(FrameType.ping).filter((frame) => frame.flags === flags);
    await peer.until(() => pings(Flag.ack).length === 1, "the ACK");
    expect(pings(Flag.ack)[0]?.payload).toEqual(opaque);
    peer.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
    await peer.until(() => peer.framesOf(FrameType.data, 1).length === 1, "Clova.Hello");
    await push(trefoil, deviceId, "acknowledge me");
    await peer.until(() => pings(0).length >= 1, "the server's PING");
    const written = peer.frames.findLastIndex(({ type }) => type === FrameType.data);
    const pinged = peer.frames.findLastIndex(
      ({ type, flags }) => type === FrameType.ping && flags === 0,
    );
    expect(pinged).toBeGreaterThan(written);
  });

  it("is 412 for an event without a downchannel, which then may be opened and the event sent again", async () => {
    const { peer } = await device();
    expect((await peer.event("TextRecognizer.Recognize", { text: "x" })).status).toBe(412);
    expect((await peer.downchannel()).status).toBe(200);
    expect((await peer.event("TextRecognizer.Recognize", { text: "x" })).status).toBe(200);
  });

  it("never gets 403, which would send the firmware offline, for what is wrong with a token", async () => {
    for (const token of ["nonsense", "", "x".repeat(2_000)]) {
      const peer = await connectOverTls(trefoil, token);
      peers.push(peer);
      expect((await peer.request("GET", "/v1/directives").whenEnded()).status).toBe(401);
    }
  });

  it("is ended by GOAWAY and END_STREAM when the server stops, without an error", async () => {
    const stopping = await startTrefoil();
    const { access_token: token } = await signIn(stopping, "drained");
    const peer = await RawPeer.greet(stopping.port, { tls: true });
    peers.push(peer);
    peer.send(headersFrame(1, requestBlock({ path: "/v1/directives", token })));
    await peer.until(() => peer.framesOf(FrameType.data, 1).length === 1, "Clova.Hello");
    await stopping.stop();
    await peer.whenClosed();
    expect(peer.goawayCode).toBe(0);
    expect(peer.endedOf(1)).toBe(true);
    expect(peer.resetCodeOf(1)).toBeUndefined();
  });
});
