// How connections and streams end where something calls back in the middle, where a peer takes nothing, and where somebody
// comes late.

import type { Socket } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, describe, expect, it } from "vitest";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type CloseReason,
  type ServerSession,
  type ServerStream,
  type SessionLimit,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import {
  FrameType,
  Setting,
  dataFrame,
  headersFrame,
  pingFrame,
  preface,
  requestBlock,
  rstStreamFrame,
  settingsFrame,
} from "../harness/raw-http2.js";
import { type EngineServer, startEngine } from "./engine-server.js";
import { SlowSocket, settled } from "./slow-socket.js";

let server: EngineServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const post = requestBlock({ method: "POST", path: "/body" });

describe("after a sleep of the machine", () => {
  const get = requestBlock({ path: "/" });
  const answer = (stream: ServerStream) => stream.respond(204, {}, { end: true });

  it("a peer that asks in the moment of waking is not idle, and one that does not is", async () => {
    server = await startEngine(answer, { idleTimeout: 60_000 });
    const awake = await server.connect();
    const silent = await server.connect();
    for (const peer of [awake, silent]) {
      peer.send(headersFrame(1, get));
      await peer.until(() => peer.statusOf(1) === 204);
    }
    awake.send(headersFrame(3, get));
    server.clock.oversleep(3_600_000);
    await silent.whenClosed();
    await awake.until(() => awake.statusOf(3) === 204);
    expect(server.limitsMet).toEqual(["idle"]);
    expect(awake.closed).toBe(false);
  });

  it("no look at the deadlines follows where the last connection ended meanwhile", async () => {
    server = await startEngine(answer);
    const peer = await server.connect();
    peer.send(headersFrame(1, get));
    await peer.until(() => peer.statusOf(1) === 204);
    server.clock.oversleep(10_000);
    server.sessions[0]?.destroy(0);
    await peer.whenClosed();
    await settled();
    expect(server.clock.pendingTimers).toBe(0);
  });
});

/** Where a body went. */
class Recorder {
  readonly said: string[] = [];
  data(bytes: Uint8Array): void {
    this.said.push(Buffer.from(bytes).toString());
  }
  end(): void {
    this.said.push("<end>");
  }
  aborted(): void {
    this.said.push("<aborted>");
  }
}

/** The engine on such a socket, and a peer that has sent a request there. */
async function slowly(): Promise<{
  socket: SlowSocket;
  clock: FakeClock;
  session: ServerSession;
  stream: ServerStream;
  limits: SessionLimit[];
  openSessions: () => number;
}> {
  const clock = new FakeClock();
  const limits: SessionLimit[] = [];
  const engine = createHttp2Engine({
    limits: engineLimits(configSchema.parse({})),
    clock,
    onLimit: (limit) => limits.push(limit),
  });
  const socket = new SlowSocket();
  let stream: ServerStream | undefined;
  const session = engine.serve(socket as unknown as Socket, () => ({
    stream: (opened) => void (stream = opened),
  }));
  const { initialWindowSize } = Setting;
  socket.push(Buffer.concat([preface, settingsFrame({ [initialWindowSize]: 2 ** 30 })]));
  socket.push(headersFrame(1, post));
  await socket.takeOne();
  await socket.takeOne();
  return {
    socket,
    clock,
    session,
    stream: stream!,
    limits,
    openSessions: () => engine.openSessions,
  };
}

describe("a connection", () => {
  it("whose peer takes one batch after the other, slowly, is kept, although a batch is always on its way", async () => {
    const { socket, clock, stream, limits } = await slowly();
    stream.respond(200, {});
    stream.write(Buffer.alloc(65_535));
    stream.write(Buffer.alloc(65_536));
    for (let second = 0; second < 200; second++) {
      clock.advance(1_000);
      if (second % 20 === 0) {
        await socket.takeOne();
        socket.push(Buffer.from([0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0]));
        stream.write(Buffer.alloc(65_536));
      }
    }
    await settled();
    expect(limits).toEqual([]);
    for (let second = 0; second < 65; second++) clock.advance(1_000);
    expect(limits).toEqual(["slow-reader"]);
  });

  it("that ended in good order is cut where the peer does not take the goodbye", async () => {
    const { socket, clock, session, openSessions } = await slowly();
    const reasons: CloseReason[] = [];
    session.onClose((reason) => reasons.push(reason));
    socket.push(rstStreamFrame(1));
    await settled();
    session.close();
    await settled();
    expect(reasons).toEqual([]);
    for (let second = 0; second < 62; second++) clock.advance(1_000);
    await settled();
    expect(reasons).toEqual([{ kind: "closed" }]);
    expect(openSessions()).toBe(0);
  });

  it("that is lost before it is served is forgotten", async () => {
    const clock = new FakeClock();
    const engine = createHttp2Engine({ limits: engineLimits(configSchema.parse({})), clock });
    const socket = new SlowSocket();
    socket.destroy();
    await settled();
    engine.serve(socket as unknown as Socket, () => ({ stream: () => undefined }));
    await settled();
    expect(engine.openSessions).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("that is closed by who is told that bytes are on their way sends these bytes first", async () => {
    const { socket, session, stream } = await slowly();
    stream.respond(200, {});
    await socket.takeOne();
    socket.written.length = 0;
    stream.write(Buffer.from("last words"), () => {
      session.close();
      stream.reset(0);
    });
    await socket.takeOne();
    const { data, goaway, rstStream } = FrameType;
    expect(socket.written).toEqual([`${data}@1`, `${goaway}@0`, `${rstStream}@1`]);
    await socket.takeOne();
    expect(socket.destroyed).toBe(true);
  });

  it("that is destroyed by who is told that bytes are on their way sends nothing behind its GOAWAY", async () => {
    const { socket, session, stream } = await slowly();
    stream.respond(200, {});
    await socket.takeOne();
    socket.written.length = 0;
    stream.write(Buffer.from("last words"), () => session.destroy(2));
    await settled();
    expect(socket.written).toEqual([`${FrameType.data}@1`, `${FrameType.goaway}@0`]);
  });

  it("that was told to leave counts what it opens nonetheless as frames that carry nothing", async () => {
    server = await startEngine(() => undefined, { emptyFrames: { burst: 10, perSecond: 1 } });
    const peer = await server.connect();
    peer.send(headersFrame(1, post));
    await peer.roundTrip();
    server.sessions[0]!.goaway();
    peer.send(...Array.from({ length: 20 }, (_, index) => headersFrame(3 + 2 * index, post)));
    await peer.whenClosed();
    expect(server.limitsMet).toEqual(["frame-flood"]);
    expect(server.streams).toHaveLength(1);
  });
});

describe("a stream", () => {
  it("to which nothing is written does not wait for its reader", async () => {
    const { socket, clock, stream, limits } = await slowly();
    stream.respond(200, {});
    await socket.takeOne();
    let flushed = 0;
    stream.write(Buffer.alloc(0), () => flushed++);
    await settled();
    expect(flushed).toBe(1);
    for (let second = 0; second < 90; second++) clock.advance(1_000);
    expect(limits).toEqual([]);
  });

  it("whose body is asked for after it has ended tells at once that there is none", async () => {
    server = await startEngine();
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), dataFrame(1, Buffer.from("some")));
    await peer.roundTrip();
    peer.send(rstStreamFrame(1));
    await peer.roundTrip();
    const late = new Recorder();
    server.streams[0]!.receive(late);
    await settled();
    expect(late.said).toEqual(["<aborted>"]);
  });

  it("whose body is asked for after it was let go with the answer never passes it off as complete", async () => {
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.end();
    });
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), dataFrame(1, Buffer.from("some")));
    await peer.until(() => peer.endedOf(1));
    const late = new Recorder();
    server.streams[0]!.receive(late);
    peer.send(dataFrame(1, Buffer.from("more"), { endStream: true }));
    await peer.roundTrip();
    expect(late.said).toEqual(["<aborted>"]);
  });

  it("that is reset by who takes its body is told of that once, and takes nothing more", async () => {
    const recorder = new Recorder();
    server = await startEngine((stream) => {
      stream.receive({
        data(bytes) {
          recorder.data(bytes);
          stream.reset(8);
        },
        end: () => recorder.end(),
        aborted: () => recorder.aborted(),
      });
    });
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      dataFrame(1, Buffer.from("first")),
      dataFrame(1, Buffer.from("second"), { endStream: true }),
    );
    await peer.until(() => peer.endedOf(1));
    peer.send(pingFrame());
    await peer.roundTrip();
    expect(recorder.said).toEqual(["first", "<aborted>"]);
    expect(server.sessions[0]!.openStreams).toBe(0);
  });

  it("whose body came whole says so, even where its answer has left before the body was passed on", async () => {
    const { socket, stream } = await slowly();
    const recorder = new Recorder();
    const reasons: CloseReason[] = [];
    stream.onClose((reason) => reasons.push(reason));
    // In one turn, as where a write is taken at once.
    process.nextTick(() => {
      stream.receive(recorder);
      stream.respond(200, {}, { end: true });
      process.nextTick(() => socket.takeNow());
    });
    await settled();
    expect(reasons).toEqual([{ kind: "closed" }]);
    expect(recorder.said).toEqual(["<end>"]);
  });
});

describe("a body that ends before its content-length because its request is answered", () => {
  const announced = requestBlock({
    method: "POST",
    path: "/body",
    extra: [["content-length", "10"]],
  });

  it.each([
    ["200 and nobody takes it", 200, false],
    ["200 and somebody takes it", 200, true],
    ["415 and nobody takes it", 415, false],
    ["415 and somebody takes it", 415, true],
  ])("is no breach: the stream ends in good order (%s)", async (_how, status, isTaken) => {
    const recorder = new Recorder();
    const reasons: CloseReason[] = [];
    server = await startEngine((stream) => {
      stream.onClose((reason) => reasons.push(reason));
      if (isTaken) stream.receive(recorder);
      stream.respond(status, {});
      stream.end(Buffer.from("enough"));
    });
    const peer = await server.connect();
    peer.send(headersFrame(1, announced, { endStream: false }));
    await peer.until(() => peer.dataOf(1) === "enough");
    peer.send(dataFrame(1, Buffer.alloc(0), { endStream: true }));
    await peer.until(() => peer.endedOf(1));
    await peer.roundTrip();
    expect(peer.resetCodeOf(1)).toBeUndefined();
    expect(reasons).toEqual([{ kind: "closed" }]);
    expect(recorder.said).toEqual(isTaken ? ["<aborted>"] : []);
  });
});
