// What can be seen of an event and of a directive from outside: counts, times, spans, channels and log lines, as
// docs/operations.md says.

import { type Span, type Tracer, propagation, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { type Logger, silentLogger } from "../../packages/server/src/logging/index.js";
import {
  type ChannelName,
  channelNames,
  listenTo,
} from "../../packages/server/src/observability/index.js";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, connectPeer, eventBody } from "../harness/peer.js";
import { layWire } from "../harness/wire.js";

let server: TestGateway;
const peers: Peer[] = [];
const cleanUps: (() => void)[] = [];

async function peerOf(token: string): Promise<Peer> {
  const peer = await connectPeer(server.origin, token);
  peers.push(peer);
  return peer;
}

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await server.stop();
});

const directive = { name: "Clova.RenderText", payload: { text: "x" } } as const;

describe("the counts of a gateway", () => {
  it("tell requests by route and status, and events by the catalogue's names alone", async () => {
    server = await startGateway({ config: { validation: "strict" } });
    const { measures } = server.gateway;
    const peer = await peerOf(server.tokens.issue("kitchen"));
    expect((await peer.event("A.B")).status).toBe(412);
    await peer.downchannel();
    await peer.request("GET", "/ping").whenEnded();
    await peer.request("GET", "/v1/nothing").whenEnded();
    for (let name = 0; name < 50; name++) await peer.event(`Made.Up${name}`);
    await peer.event("TextRecognizer.Recognize", { text: "x" });
    await peer.event("TextRecognizer.Recognize", { text: 7 });
    await peer.post("no multipart").whenEnded();
    expect(measures.requests.rows()).toEqual([
      { labels: ["events", "412"], value: 1 },
      { labels: ["events", "204"], value: 51 },
      { labels: ["events", "400"], value: 2 },
      { labels: ["downchannel", "200"], value: 1 },
      { labels: ["ping", "204"], value: 1 },
      { labels: ["none", "404"], value: 1 },
    ]);
    expect(measures.events.rows()).toEqual([
      { labels: ["other", "204"], value: 50 },
      { labels: ["TextRecognizer.Recognize", "204"], value: 1 },
      { labels: ["TextRecognizer.Recognize", "400"], value: 1 },
      { labels: ["none", "400"], value: 1 },
    ]);
    expect(measures.validations.rows()).toEqual([
      { label: "valid", value: 1 },
      { label: "unknown", value: 50 },
      { label: "tolerated", value: 0 },
      { label: "refused", value: 1 },
      { label: "unread", value: 1 },
    ]);
    expect(measures.eventSeconds.read().count).toBe(53);
  });

  it("tell an event whose device went away", async () => {
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    await peer.downchannel();
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b" },
      { body: true },
    );
    response.stream.write("--b\r\n");
    await new Promise((resolve) => peer.session.ping(resolve));
    await peer.close();
    await expect.poll(() => server.gateway.measures.events.get("none", "aborted")).toBe(1);
  });

  it("tell connections, downchannels and why they ended", async () => {
    server = await startGateway();
    const { measures } = server.gateway;
    const token = server.tokens.issue("kitchen");
    const peer = await peerOf(token);
    await peer.downchannel();
    await peer.downchannel();
    await expect.poll(() => measures.downchannelEnds.get("replaced")).toBe(1);
    server.tokens.revoke(token);
    await expect.poll(() => measures.downchannelEnds.get("token-revoked")).toBe(1);
    expect(measures.downchannels).toBe(2);
    expect(measures.connections).toBe(1);
  });

  it("tell where directives went, and how long that took", async () => {
    server = await startGateway();
    const { measures } = server.delivery;
    await server.delivery.send("kitchen", directive);
    await server.delivery.send("nobody", directive, { ttl: 0 });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 2);
    await server.delivery.send("kitchen", directive);
    await expect.poll(() => measures.acknowledged).toBe(2);
    expect(measures.sends.get("queued")).toBe(2);
    expect(measures.sends.get("dropped")).toBe(1);
    expect(measures.drops.get("offline")).toBe(1);
    expect(measures.writes.get("mailbox")).toBe(1);
    expect(measures.writes.get("sender")).toBe(1);
    // The first one waited for the device, not for us.
    expect(measures.pushSeconds.read().count).toBe(1);
    expect(measures.acknowledgeSeconds.read().count).toBe(2);
    const pings = server.gateway.measures.pingSeconds.read();
    expect(pings.count).toBeGreaterThanOrEqual(1);
    expect(pings.sum).toBeGreaterThan(0);
  });
});

/** Listens to all channels. */
function listenToAll(): (readonly [ChannelName, unknown])[] {
  const seen: (readonly [ChannelName, unknown])[] = [];
  for (const name of channelNames) {
    cleanUps.push(listenTo(name, (message) => seen.push([name, message])));
  }
  return seen;
}

describe("the channels", () => {
  it("tell of a device's coming, its event, a directive's way and the device's going, in order", async () => {
    server = await startGateway({ config: { validation: "lenient" } });
    const seen = listenToAll();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    await peer.event("TextRecognizer.Recognize", { text: 7 }, { messageId: "event-1" });
    await server.delivery.send("kitchen", { ...directive, messageId: "directive-1" });
    await expect.poll(() => seen.length).toBe(6);
    await server.delivery.send("nobody", directive, { ttl: 0 });
    await peer.close();
    await expect.poll(() => seen.length).toBe(8);
    const device = expect.objectContaining({ deviceKey: "kitchen", accountId: "account" });
    const sent = { deviceKey: "kitchen", messageId: "directive-1" };
    const event = { device, name: "TextRecognizer.Recognize", messageId: "event-1" };
    expect(seen).toEqual([
      [
        "trefoil:downchannel:opened",
        { device, remoteAddress: expect.stringContaining("127.0.0.1"), userAgent: "" },
      ],
      [
        "trefoil:event:received",
        { ...event, validation: "tolerated", problem: expect.stringContaining("text") },
      ],
      ["trefoil:event:answered", { ...event, status: 204, duration: expect.any(Number) }],
      ["trefoil:directive:queued", { ...sent, name: "Clova.RenderText" }],
      ["trefoil:directive:written", sent],
      ["trefoil:directive:acknowledged", sent],
      ["trefoil:directive:dropped", { deviceKey: "nobody", reason: "offline", count: 1 }],
      ["trefoil:downchannel:ended", { deviceKey: "kitchen", why: "gone", offline: true }],
    ]);
  });
});

interface RecordedSpan {
  name: string;
  readonly attributes: Record<string, unknown>;
  readonly links: unknown;
  readonly context: unknown;
  status: unknown;
  readonly events: string[];
  ended: boolean;
}

/** Registers a tracer provider that keeps what it is told. */
function traceAll(): RecordedSpan[] {
  const spans: RecordedSpan[] = [];
  const tracer = {
    startSpan(name: string, options: Parameters<Tracer["startSpan"]>[1], _context: unknown) {
      const recorded: RecordedSpan = {
        name,
        attributes: { ...options?.attributes },
        links: options?.links,
        context: { traceId: "0".repeat(31) + spans.length, spanId: "0".repeat(16), traceFlags: 1 },
        status: undefined,
        events: [],
        ended: false,
      };
      spans.push(recorded);
      return {
        spanContext: () => recorded.context,
        setAttribute: (key: string, value: unknown) => (recorded.attributes[key] = value),
        updateName: (renamed: string) => (recorded.name = renamed),
        addEvent: (event: string) => recorded.events.push(event),
        setStatus: (status: unknown) => (recorded.status = status),
        end: () => (recorded.ended = true),
      } as unknown as Span;
    },
  } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  cleanUps.push(() => trace.disable());
  return spans;
}

describe("the spans", () => {
  it("of an event have its name, device, messageId and status, and the device's trace context", async () => {
    const spans = traceAll();
    const contexts: unknown[] = [];
    propagation.setGlobalPropagator({
      inject: () => undefined,
      fields: () => ["traceparent"],
      extract(base, carrier, getter) {
        contexts.push(getter.get(carrier, "traceparent"));
        return base;
      },
    });
    cleanUps.push(() => propagation.disable());
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    await peer.downchannel();
    const parent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const body = eventBody("TextRecognizer.Recognize", { text: "x" }, { messageId: "event-1" });
    await peer.post(body, { traceparent: parent }).whenEnded();
    expect(contexts).toEqual([parent]);
    expect(spans).toMatchObject([
      {
        name: "event TextRecognizer.Recognize",
        attributes: {
          "trefoil.device_key": "kitchen",
          "messaging.message.id": "event-1",
          "http.response.status_code": 204,
        },
        status: undefined,
        ended: true,
      },
    ]);
  });

  it("of an event whose handler fails say so", async () => {
    const spans = traceAll();
    server = await startGateway({
      handlers: {
        // oxlint-disable-next-line require-yield -- it fails first
        *"TextRecognizer.Recognize"() {
          throw new Error("the handler's own secret");
        },
      },
    });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    await peer.downchannel();
    await peer.event("TextRecognizer.Recognize", { text: "x" });
    expect(spans[0]).toMatchObject({
      attributes: { "http.response.status_code": 500 },
      status: { code: 2, message: "The event could not be handled." },
      ended: true,
    });
  });

  it("of a directive are its sending, and its delivery from the writing to the ACK, linked to each other", async () => {
    const spans = traceAll();
    server = await startGateway();
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    await server.delivery.send("kitchen", { ...directive, messageId: "directive-1" });
    await expect.poll(() => spans.map(({ ended }) => ended)).toEqual([true, true]);
    const [sending, delivery] = spans;
    const attributes = {
      "trefoil.device_key": "kitchen",
      "messaging.message.id": "directive-1",
    };
    expect(sending).toMatchObject({ name: "send Clova.RenderText", attributes });
    expect(delivery).toMatchObject({
      name: "deliver directive",
      attributes,
      links: [{ context: sending!.context }],
      events: ["flushed"],
      status: undefined,
    });
  });

  it("of a directive into a dead connection fail, and the next delivery has one of its own", async () => {
    const spans = traceAll();
    server = await startGateway();
    const token = server.tokens.issue("kitchen");
    const wire = await layWire(server.port);
    const first = await connectPeer(wire.origin, token);
    const channel = await first.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    wire.freeze();
    await server.delivery.send("kitchen", directive);
    await (await peerOf(token)).downchannel();
    await expect.poll(() => spans.filter(({ ended }) => ended).length).toBe(3);
    expect(spans.map(({ name, status }) => [name, status !== undefined])).toEqual([
      ["send Clova.RenderText", false],
      ["deliver directive", true],
      ["deliver directive", false],
    ]);
    await first.close();
    await wire.close();
  });
});

describe("the log", () => {
  it("carries deviceKey and messageId on each line of an event and of a directive", async () => {
    const lines: (readonly [string, object | undefined])[] = [];
    const log: Logger = {
      ...silentLogger,
      debug: (message, fields) => void lines.push([message, fields]),
      isEnabled: () => true,
    };
    server = await startGateway({ log, config: { validation: "lenient" } });
    const peer = await peerOf(server.tokens.issue("kitchen"));
    const channel = await peer.downchannel();
    await channel.until(({ directives }) => directives.length === 1);
    await peer.event("TextRecognizer.Recognize", { text: 7 }, { messageId: "event-1" });
    await server.delivery.send("kitchen", { ...directive, messageId: "directive-1" });
    await expect.poll(() => lines.length).toBe(4);
    const event = { deviceKey: "kitchen", messageId: "event-1", event: "TextRecognizer.Recognize" };
    const sent = { deviceKey: "kitchen", messageId: "directive-1" };
    expect(lines).toMatchObject([
      ["An event's payload is not as the catalogue says.", event],
      ["An event was answered.", { ...event, status: 204 }],
      ["A directive was queued.", { ...sent, directive: "Clova.RenderText" }],
      ["A directive was acknowledged.", sent],
    ]);
  });
});
