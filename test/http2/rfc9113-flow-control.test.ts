// Conformance to RFC 9113 sections 5.2 and 6.9: flow control and WINDOW_UPDATE, in both directions.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  FrameType,
  type RawPeer,
  Setting,
  dataFrame,
  frame,
  headersFrame,
  settingsFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import {
  Code,
  expectAlive,
  expectAnswer,
  expectConnectionError,
  expectStreamError,
  get,
  padded,
  post,
  serveAll,
} from "./conformance.js";
import { type EngineServer, startEngine } from "./engine-server.js";

let server: EngineServer;

beforeEach(async () => {
  server = await startEngine(serveAll);
});

afterEach(() => server.stop());

const withWindow = (bytes: number): Promise<RawPeer> =>
  server.connect({ settings: { [Setting.initialWindowSize]: bytes } });

describe("6.9: WINDOW_UPDATE", () => {
  it("of 0 on a stream must be a stream error PROTOCOL_ERROR", async () => {
    const peer = await withWindow(0);
    peer.send(headersFrame(1, get), windowUpdateFrame(1, 0));
    await expectStreamError(peer, 1, Code.protocolError);
  });

  it("of 0 on the connection must be a connection error PROTOCOL_ERROR", async () => {
    const peer = await server.connect();
    peer.send(windowUpdateFrame(0, 0));
    await expectConnectionError(peer, Code.protocolError);
  });

  it("of a length other than 4 must be a connection error FRAME_SIZE_ERROR", async () => {
    for (const length of [3, 5]) {
      const peer = await server.connect();
      peer.send(frame(FrameType.windowUpdate, 0, 0, Buffer.alloc(length, 1)));
      await expectConnectionError(peer, Code.frameSizeError);
    }
  });

  it("the reserved bit must be ignored", async () => {
    const peer = await withWindow(0);
    peer.send(headersFrame(1, get), windowUpdateFrame(1, 0x80_00_00_05));
    await expectAnswer(peer, 1);
  });
});

describe("6.9.1: the flow-control window", () => {
  it("an endpoint must not send more than the stream's window lets through", async () => {
    const peer = await withWindow(1);
    peer.send(headersFrame(1, get));
    await peer.until(() => peer.dataOf(1).length > 0);
    await peer.roundTrip();
    expect(peer.dataOf(1)).toBe("h");
    peer.send(windowUpdateFrame(1, 2));
    await peer.until(() => peer.dataOf(1) === "hel");
    peer.send(windowUpdateFrame(1, 2));
    await expectAnswer(peer, 1);
  });

  it("nor more than the connection's", async () => {
    await server.stop();
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.end(Buffer.alloc(50_000));
    });
    const peer = await withWindow(1_000_000);
    peer.send(headersFrame(1, get), headersFrame(3, get));
    const received = () => peer.dataOf(1).length + peer.dataOf(3).length;
    await peer.until(() => received() === 65_535);
    await peer.roundTrip();
    expect(received()).toBe(65_535);
    peer.send(windowUpdateFrame(0, 100_000));
    await peer.until(() => peer.endedOf(1) && peer.endedOf(3));
    expect(received()).toBe(100_000);
  });

  it("END_STREAM without payload needs no window", async () => {
    await server.stop();
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.end();
    });
    const peer = await withWindow(0);
    peer.send(headersFrame(1, get));
    await peer.until(() => peer.endedOf(1));
    expect(peer.resetCodeOf(1)).toBeUndefined();
  });

  it("past 2^31-1 must be a stream error FLOW_CONTROL_ERROR on a stream", async () => {
    const peer = await withWindow(5);
    peer.send(headersFrame(1, post, { endStream: false }), windowUpdateFrame(1, 2 ** 31 - 1));
    await expectStreamError(peer, 1, Code.flowControlError);
    await expectAlive(peer, 3);
  });

  it("past 2^31-1 must be a connection error FLOW_CONTROL_ERROR on the connection", async () => {
    const peer = await server.connect();
    peer.send(windowUpdateFrame(0, 2 ** 31 - 1));
    await expectConnectionError(peer, Code.flowControlError);
  });

  it("that a client does not respect is FLOW_CONTROL_ERROR, on a stream whose body nobody takes", async () => {
    await server.stop();
    server = await startEngine();
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    for (const size of [16_384, 16_384, 16_384, 16_383])
      peer.send(dataFrame(1, Buffer.alloc(size)));
    await peer.roundTrip();
    peer.send(dataFrame(1, Buffer.alloc(1)));
    await expectStreamError(peer, 1, Code.flowControlError);
  });

  it("of the connection is renewed as it is used, whether or not the bodies are taken: no stream holds up the others", async () => {
    await server.stop();
    server = await startEngine((stream) => {
      if (stream.id === 7) serveAll(stream);
    });
    const peer = await server.connect();
    const ids = [1, 3, 5];
    for (const id of ids) peer.send(headersFrame(id, post, { endStream: false }));
    for (const id of ids) {
      for (let index = 0; index < 3; index++) peer.send(dataFrame(id, Buffer.alloc(16_384)));
      await peer.roundTrip();
    }
    const renewed = peer.framesOf(FrameType.windowUpdate, 0);
    const credit = renewed.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(9 * 16_384 - credit).toBeLessThan(32_768);
    expect(ids.flatMap((id) => peer.framesOf(FrameType.windowUpdate, id))).toEqual([]);
    await expectAlive(peer, 7);
  });

  it("includes the padding of DATA, and its length", async () => {
    await server.stop();
    server = await startEngine();
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }));
    for (let index = 0; index < 128; index++) {
      peer.send(padded(FrameType.data, 0, 1, Buffer.from("x"), 254));
    }
    await peer.until(() => peer.framesOf(FrameType.windowUpdate, 0).length > 0);
    const credit = (id: number) =>
      peer
        .framesOf(FrameType.windowUpdate, id)
        .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(credit(0)).toBe(128 * 256);
    // The padding is taken at once, the payload never.
    expect(credit(1)).toBe(0);
    peer.send(padded(FrameType.data, 0, 1, Buffer.alloc(0), 254));
    await peer.until(() => credit(1) > 0);
    expect(credit(1)).toBeLessThanOrEqual(128 * 255 + 255);
  });
});

describe("6.9.2: the initial window size", () => {
  it("that changes changes the windows of all open streams", async () => {
    const peer = await withWindow(0);
    peer.send(headersFrame(1, get), headersFrame(3, get));
    await peer.until(() => peer.statusOf(1) === 200 && peer.statusOf(3) === 200);
    await peer.roundTrip();
    expect(peer.dataOf(1) + peer.dataOf(3)).toBe("");
    peer.send(settingsFrame({ [Setting.initialWindowSize]: 1 }));
    await peer.until(() => peer.dataOf(1) === "h" && peer.dataOf(3) === "h");
    peer.send(settingsFrame({ [Setting.initialWindowSize]: 5 }));
    await expectAnswer(peer, 1);
    await expectAnswer(peer, 3);
  });

  it("may make a window negative, which must be kept track of", async () => {
    const peer = await withWindow(3);
    peer.send(headersFrame(1, get));
    await peer.until(() => peer.dataOf(1) === "hel");
    peer.send(settingsFrame({ [Setting.initialWindowSize]: 2 }), windowUpdateFrame(1, 1));
    await peer.roundTrip();
    expect(peer.dataOf(1)).toBe("hel");
    peer.send(windowUpdateFrame(1, 1));
    await peer.until(() => peer.dataOf(1) === "hell");
    peer.send(windowUpdateFrame(1, 1));
    await expectAnswer(peer, 1);
  });

  it("that makes a window larger than 2^31-1 must be a connection error FLOW_CONTROL_ERROR", async () => {
    const peer = await withWindow(1);
    peer.send(headersFrame(1, post, { endStream: false }), windowUpdateFrame(1, 2 ** 31 - 2));
    await peer.roundTrip();
    peer.send(settingsFrame({ [Setting.initialWindowSize]: 2 }));
    await expectConnectionError(peer, Code.flowControlError);
  });

  it("does not change the connection's window", async () => {
    await server.stop();
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.end(Buffer.alloc(70_000));
    });
    const peer = await server.connect();
    peer.send(headersFrame(1, get), settingsFrame({ [Setting.initialWindowSize]: 1_000_000 }));
    await peer.until(() => peer.dataOf(1).length === 65_535);
    await peer.roundTrip();
    expect(peer.dataOf(1).length).toBe(65_535);
  });
});
