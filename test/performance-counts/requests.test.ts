// What one request costs, in counts that do not depend on the machine: a change that makes one of them grow is seen here,
// whatever the speed of the machine that tests it.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeClock } from "@trefoil/protocol/clock";
import { FakeSession, FakeStream } from "../../packages/server/src/gateway/fake-stream.js";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { eventBody } from "../harness/peer.js";
import { countAsync, nextTurn } from "./counting.js";

let clock: FakeClock;
let gateway: TestGateway;
let token: string;
let handled: number;

const handler: EventHandler = () => {
  handled++;
  return [];
};

beforeEach(async () => {
  clock = new FakeClock();
  handled = 0;
  gateway = await startGateway({ clock, handlers: { "AudioPlayer.PlayStarted": handler } });
  token = gateway.tokens.issue("kitchen");
});

afterEach(() => gateway.stop());

/** A connection with an open downchannel, at rest, and how to send it requests. */
async function connected() {
  const session = new FakeSession();
  const connection = gateway.gateway.connect(session);
  const headers = { authorization: `Bearer ${token}` };
  const request = (method: string, path: string, more: Record<string, string> = {}) => {
    const stream = new FakeStream({
      method,
      path,
      session,
      headers: { ...headers, ...more },
      bodyless: method === "GET",
    });
    connection.stream(stream);
    return stream;
  };
  request("GET", "/v1/directives");
  await nextTurn();
  return { request };
}

const multipart = { "content-type": "multipart/form-data; boundary=b" };
const event = Buffer.from(
  eventBody("AudioPlayer.PlayStarted", { token: "t", offsetInMilliseconds: 10 }),
);

describe("a ping", () => {
  it("looks its token up once and is answered in the same turn: no promise, no timer, no immediate", async () => {
    const { request } = await connected();
    request("GET", "/ping");
    const before = gateway.tokens.verifications;
    let status: number | undefined;
    const timers = clock.pendingTimers;
    const counts = await countAsync(() => {
      ({ status } = request("GET", "/ping"));
    });
    expect(status).toBe(204);
    expect(counts).toEqual({ promises: 0, timers: 0, immediates: 0 });
    expect(gateway.tokens.verifications - before).toBe(1);
    expect(clock.pendingTimers).toBe(timers);
  });
});

describe("a small event", () => {
  /** Sends one as it comes from the network: the whole body in one chunk. */
  function send(request: Awaited<ReturnType<typeof connected>>["request"]): FakeStream {
    const stream = request("POST", "/v1/events", multipart);
    stream.sink?.data(event);
    stream.sink?.end();
    return stream;
  }

  it("calls its handler once, parses its JSON once and looks its token up once", async () => {
    const { request } = await connected();
    // Schemas are compiled at their first use.
    send(request);
    await nextTurn();
    handled = 0;
    const parse = vi.spyOn(JSON, "parse");
    const stringify = vi.spyOn(JSON, "stringify");
    const before = gateway.tokens.verifications;
    const stream = send(request);
    await nextTurn();
    const counted = { parsed: parse.mock.calls.length, written: stringify.mock.calls.length };
    expect(stream.status).toBe(204);
    expect(handled).toBe(1);
    expect(counted).toEqual({ parsed: 1, written: 0 });
    expect(gateway.tokens.verifications - before).toBe(1);
    vi.restoreAllMocks();
  });

  it("makes four promises, no timer of its own, no immediate and no AbortController", async () => {
    const { request } = await connected();
    send(request);
    await nextTurn();
    const controllers = vi.spyOn(globalThis, "AbortController");
    const timers = clock.pendingTimers;
    let stream: FakeStream | undefined;
    const counts = await countAsync(() => {
      stream = send(request);
    });
    expect(stream?.status).toBe(204);
    expect(counts).toEqual({ promises: 4, timers: 0, immediates: 0 });
    expect(controllers).not.toHaveBeenCalled();
    expect(clock.pendingTimers).toBe(timers);
    vi.restoreAllMocks();
  });

  it("makes no random boundary where the answer is 204", async () => {
    const { request } = await connected();
    const random = vi.spyOn(globalThis.crypto, "getRandomValues");
    const stream = send(request);
    await nextTurn();
    expect(stream.status).toBe(204);
    expect(random).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe("connections", () => {
  it("share one timer of the clock, however many they are", async () => {
    await connected();
    const one = clock.pendingTimers;
    for (let index = 0; index < 500; index++) {
      token = gateway.tokens.issue(`device-${index}`);
      await connected();
    }
    expect(gateway.gateway.openDownchannels).toBe(501);
    expect(clock.pendingTimers).toBe(one);
  });
});
