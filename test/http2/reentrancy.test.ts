// Who is called by the engine may call the engine: to write, to end, to reset, to close, wherever it is in its work.

import { afterEach, describe, expect, it } from "vitest";
import type { ServerStream } from "../../packages/server/src/http2/index.js";
import {
  dataFrame,
  headersFrame,
  pingFrame,
  requestBlock,
  rstStreamFrame,
  windowUpdateFrame,
} from "../harness/raw-http2.js";
import { type EngineServer, startEngine } from "./engine-server.js";

let server: EngineServer;

afterEach(() => server.stop());

const post = requestBlock({ method: "POST", path: "/" });

/** Everything that can be done to a stream. */
function doAll(stream: ServerStream): void {
  stream.respond(200, {});
  stream.write(Buffer.from("late"), () => expect.unreachable());
  stream.end(Buffer.from("late"));
  stream.pause();
  stream.resume();
  stream.reset(2);
  stream.onceDrained(() => undefined);
}

describe("a handler", () => {
  it("may end the connection: requests that came along are not handed over", async () => {
    server = await startEngine((stream) => stream.session.destroy(0));
    const peer = await server.connect();
    peer.send(...[1, 3, 5].map((id) => headersFrame(id, post)));
    await peer.whenClosed();
    expect(server.streams).toHaveLength(1);
    expect(server.sessions[0]!.openStreams).toBe(0);
    expect(server.engine.openSessions).toBe(0);
  });

  it("may close the connection: requests that came along are answered", async () => {
    server = await startEngine((stream) => {
      stream.session.close();
      stream.respond(204, {}, { end: true });
    });
    const peer = await server.connect();
    peer.send(...[1, 3, 5].map((id) => headersFrame(id, post)));
    await peer.whenClosed();
    expect([1, 3, 5].map((id) => peer.statusOf(id))).toEqual([204, 204, 204]);
    expect(peer.goawayCode).toBe(0);
  });

  it("may reset the stream at once", async () => {
    server = await startEngine((stream) => stream.reset(8));
    const peer = await server.connect();
    peer.send(headersFrame(1, post, { endStream: false }), dataFrame(1, Buffer.from("x")));
    await peer.until(() => peer.resetCodeOf(1) === 8);
    await peer.roundTrip();
    expect(server.sessions[0]!.openStreams).toBe(0);
  });
});

describe("who hears of a stream's end", () => {
  it.each([
    ["by the peer's reset", (stream: ServerStream) => void stream],
    ["by ours", (stream: ServerStream) => stream.reset(8)],
    ["with the connection", (stream: ServerStream) => stream.session.destroy(0)],
  ])("%s may still do anything to it, and to others", async (_name, end) => {
    let ends = 0;
    server = await startEngine((stream) => {
      stream.respond(200, {});
      stream.write(Buffer.alloc(100_000));
      stream.onClose(() => {
        ends++;
        doAll(stream);
        for (const other of server.streams) if (other !== stream) other.reset(8);
      });
    });
    const peer = await server.connect();
    peer.send(...[1, 3].map((id) => headersFrame(id, post, { endStream: false })));
    await peer.until(() => peer.dataOf(1).length > 0);
    end(server.streams[0]!);
    peer.send(rstStreamFrame(1));
    await expect.poll(() => ends, { interval: 1 }).toBe(2);
    const [session] = server.sessions;
    expect(session!.openStreams).toBe(0);
    expect(session!.bytesQueued).toBe(0);
    expect(peer.resetCodeOf(1)).not.toBe(2);
  });
});

describe("who takes a body", () => {
  it("may answer, and reset, when it is complete", async () => {
    server = await startEngine((stream) =>
      stream.receive({
        data: () => stream.pause(),
        end() {
          stream.respond(200, {});
          stream.end(Buffer.from("x"));
          stream.reset(8);
        },
        aborted: () => undefined,
      }),
    );
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post, { endStream: false }),
      dataFrame(1, Buffer.from("a"), { endStream: true }),
    );
    await peer.roundTrip();
    server.streams[0]!.resume();
    await peer.until(() => peer.resetCodeOf(1) === 8);
    expect(server.sessions[0]!.openStreams).toBe(0);
    expect(server.sessions[0]!.bytesQueued).toBe(0);
  });
});

describe("who hears that bytes are on their way", () => {
  it("may write the next ones, again and again", async () => {
    server = await startEngine((stream) => {
      stream.respond(200, {});
      let number = 0;
      const next = (): void => {
        if (++number === 1_000) stream.end(Buffer.from("!"));
        else stream.write(Buffer.from("x"), next);
      };
      next();
    });
    const peer = await server.connect();
    peer.send(headersFrame(1, post));
    await peer.until(() => peer.endedOf(1));
    expect(peer.dataOf(1)).toBe(`${"x".repeat(999)}!`);
  });

  it("that there is room again may fill it, and is called once for each time", async () => {
    let drains = 0;
    server = await startEngine((stream) => {
      stream.respond(200, {});
      const fill = (): void => {
        stream.write(Buffer.alloc(50_000));
        if (++drains < 5) stream.onceDrained(fill);
        else stream.end();
      };
      fill();
    });
    const peer = await server.connect();
    peer.send(
      headersFrame(1, post),
      windowUpdateFrame(0, 1_000_000),
      windowUpdateFrame(1, 1_000_000),
    );
    await peer.until(() => peer.endedOf(1));
    expect(peer.dataOf(1)).toHaveLength(250_000);
    expect(drains).toBe(5);
  });
});

describe("resets that the peer brings the server to (CVE-2025-8671)", () => {
  it.each<readonly [string, (id: number) => readonly Buffer[]]>([
    ["a WINDOW_UPDATE of 0", (id) => [headersFrame(id, post), windowUpdateFrame(id, 0)]],
    ["a window past 2^31-1", (id) => [headersFrame(id, post), windowUpdateFrame(id, 2 ** 31 - 1)]],
    [
      "a body that is longer than announced",
      (id) => [
        headersFrame(
          id,
          requestBlock({ method: "POST", path: "/", extra: [["content-length", "1"]] }),
          { endStream: false },
        ),
        dataFrame(id, Buffer.from("xx")),
      ],
    ],
    [
      "trailers that are malformed",
      (id) => [headersFrame(id, post, { endStream: false }), headersFrame(id, requestBlock({}))],
    ],
  ])("count as its own: %s", async (_name, frames) => {
    server = await startEngine(() => undefined, { resets: { burst: 20, perSecond: 1 } });
    const peer = await server.connect();
    for (let id = 1; id < 100 && !peer.closed; id += 2) {
      peer.send(...frames(id), pingFrame());
      await peer.roundTrip().catch(() => undefined);
    }
    await peer.whenClosed();
    expect(server.limitsMet).toEqual(["stream-resets"]);
    expect(server.streams.length).toBeLessThanOrEqual(21);
  });
});
