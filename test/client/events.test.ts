// How events are sent, answered, retried and kept for an outage: against a gateway that is told to misbehave.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildDirective, parseEvent } from "@trefoil/protocol/messages";
import { type Device, breathe, eventually, signedInDevice } from "./device.js";
import {
  FakeGateway,
  type Request,
  answerWith,
  noContent,
  refuseStream,
  refuseWith,
  stall,
} from "./fake-gateway.js";
import { type ArrivingBody, beginAnswer, readBody } from "./multipart-body.js";

let gateway: FakeGateway;
let device: Device;

beforeEach(async () => {
  gateway = await FakeGateway.start();
  device = await signedInDevice(gateway.origin);
  await device.client.connect();
});

afterEach(async () => {
  await device.client.close();
  await gateway.stop();
});

const events = () => gateway.requests.filter(({ path }) => path === "/v1/events");
const open = () => device.client.state.phase === "open";

describe("an event", () => {
  it("goes out as multipart/form-data whose first part is its metadata", async () => {
    device.client.context.provide("Speaker.VolumeState", () => ({ volume: 5, muted: false }));
    const bodies: ArrivingBody[] = [];
    gateway.next("/v1/events", (request) => {
      bodies.push(readBody(request));
      noContent(request.stream);
    });
    const answer = await device.client.send("Alerts.RequestSynchronizeAlert", {});
    const parts = await bodies[0]!.whole;
    expect(parts).toHaveLength(1);
    expect(parts[0]!.headers["content-disposition"]).toBe('form-data; name="metadata"');
    expect(parts[0]!.headers["content-type"]).toBe("application/json; charset=UTF-8");
    expect(parts[0]!.ended).toBe(true);
    const { context, event } = parseEvent(parts[0]!.body);
    expect(context).toEqual([
      {
        header: { namespace: "Speaker", name: "VolumeState" },
        payload: { volume: 5, muted: false },
      },
    ]);
    expect(event.header).toEqual({
      namespace: "Alerts",
      name: "RequestSynchronizeAlert",
      messageId: answer.messageId,
    });
    expect(answer.status).toBe(204);
    expect(await answer.directives()).toEqual([]);
  });

  it("goes on the connection that holds the downchannel, with the token", async () => {
    await device.client.send("Test.Event", {});
    expect(events()[0]?.connection).toBe(0);
    expect(events()[0]?.headers.authorization).toBe("Bearer access-1");
  });

  it("that the user caused gets a dialogRequestId of its own each time", async () => {
    const first = await device.client.send("TextRecognizer.Recognize", { text: "hello" });
    const second = await device.client.send("TextRecognizer.Recognize", { text: "hello" });
    expect(first.dialogRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.dialogRequestId).not.toBe(first.dialogRequestId);
    expect(device.client.dialogRequestId).toBe(second.dialogRequestId);
    expect((await device.client.send("Test.Event", {})).dialogRequestId).toBeUndefined();
  });

  it("is answered with directives as they arrive", async () => {
    let rest = () => {};
    gateway.next("/v1/events", ({ stream }) => {
      stream.resume();
      stream.respond({ ":status": 200, "content-type": "multipart/related; boundary=b" });
      const part = (name: string) =>
        `Content-Type: application/json; charset=utf-8\r\n\r\n${JSON.stringify({ directive: buildDirective(`Test.${name}`, {}) })}\r\n--b`;
      stream.write(`--b\r\n${part("First")}\r\n`);
      rest = () => stream.end(`${part("Second")}--\r\n`);
    });
    const names: string[] = [];
    for await (const directive of await device.client.send("Test.Event", {})) {
      names.push(directive.name);
      rest();
    }
    expect(names).toEqual(["Test.First", "Test.Second"]);
  });

  it("throws what it got so far and then the cut, where its answer is cut", async () => {
    gateway.next("/v1/events", ({ stream }) => {
      stream.resume();
      beginAnswer({ stream }).write(
        buildDirective("Test.First", {}),
        () => void setTimeout(() => gateway.cut(), 20),
      );
    });
    const answer = await device.client.send("Test.Event", {});
    const names: string[] = [];
    const read = (async () => {
      for await (const { name } of answer) names.push(name);
    })();
    await expect(read).rejects.toMatchObject({ code: "unavailable" });
    expect(names).toEqual(["Test.First"]);
    await expect(answer.directives()).rejects.toMatchObject({ code: "unavailable" });
  });

  it.each([
    ["a content type that is none", "text/plain", "hello", "unsupported_media_type"],
    ["garbage", "multipart/related; boundary=b", "x".repeat(9_000), "malformed_multipart"],
    ["half a header", "multipart/related; boundary=b", "--b\r\nContent-Ty", "malformed_multipart"],
  ])("reports an answer with %s", async (_, contentType, body, code) => {
    gateway.next("/v1/events", ({ stream }) => {
      stream.resume();
      stream.respond({ ":status": 200, "content-type": contentType });
      stream.end(body);
    });
    const answer = await device.client.send("Test.Event", {});
    await expect(answer.directives()).rejects.toMatchObject({ code });
    expect(open()).toBe(true);
  });

  it("leaves a malformed directive out of an answer, and reports it", async () => {
    const good = buildDirective("Test.Good", {});
    const bad = { header: { namespace: "Test" } } as never;
    gateway.next("/v1/events", answerWith(bad, good));
    const answer = await device.client.send("Test.Event", {});
    expect((await answer.directives()).map(({ name }) => name)).toEqual(["Test.Good"]);
    expect(device.notices.find(({ kind }) => kind === "part-rejected")).toMatchObject({
      part: { kind: "malformed-directive", error: { code: "malformed_event" } },
    });
  });

  it("is refused with the gateway's own words", async () => {
    gateway.next("/v1/events", refuseWith(400));
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "invalid_request",
      message: "Test.Event was answered 400: scripted 400",
    });
  });

  it.each([413, 415, 404, 500, 502])("is not sent again after %i", async (status) => {
    gateway.next("/v1/events", refuseWith(status));
    await expect(device.client.send("Test.Event", {})).rejects.toThrow(`was answered ${status}`);
    device.clock.advance(100_000);
    await breathe();
    expect(events()).toHaveLength(1);
  });

  it("does not compile with a payload that the catalogue refuses", () => {
    const compiles = () => [
      // @ts-expect-error -- the member is called `text`
      device.client.send("TextRecognizer.Recognize", { txt: "hello" }),
      // @ts-expect-error -- a directive's member of another type
      device.client.on("Clova.RenderText", ({ payload }) => payload.text satisfies number),
      device.client.send("Some.UnknownEvent", { anything: 1 }),
      device.client.on("Some.UnknownDirective", ({ payload }) => payload["anything"]),
    ];
    expect(compiles).toBeTypeOf("function");
  });
});

describe("speech", () => {
  const pcm = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => index % 251);

  it("is uploaded while it is recorded, in small frames, and answered before its end", async () => {
    const frames: number[] = [];
    let received = 0;
    gateway.next("/v1/events", ({ stream }) => {
      stream.on("data", (chunk: Buffer) => {
        received += chunk.length;
        frames.push(chunk.length);
        if (received > 5_000 && !stream.headersSent) {
          answerWith(buildDirective("Clova.RenderText", { text: "heard enough" }))({
            stream,
          } as Request);
        }
      });
    });
    let recorded = 0;
    async function* microphone() {
      for (;;) {
        recorded += 320;
        yield pcm(320);
        await breathe();
      }
    }
    const answer = await device.client.send(
      "SpeechRecognizer.Recognize",
      { lang: "en", profile: "CLOSE_TALK", format: "AUDIO_L16_RATE_16000_CHANNELS_1" } as never,
      { attachments: [{ body: microphone() }] },
    );
    expect((await answer.directives())[0]?.payload).toEqual({ text: "heard enough" });
    expect(Math.max(...frames.slice(1))).toBeLessThanOrEqual(320);
    // The answer is complete: the recording is told to stop.
    await breathe();
    const atTheEnd = recorded;
    for (let turn = 0; turn < 10; turn++) await breathe();
    expect(recorded - atTheEnd).toBeLessThanOrEqual(640);
  });

  it("arrives byte by byte as it was recorded", async () => {
    const bodies: ArrivingBody[] = [];
    gateway.next("/v1/events", (request) => {
      bodies.push(readBody(request));
      void bodies[0]!.whole.then(() => noContent(request.stream));
    });
    async function* recording() {
      yield pcm(1_000);
      yield pcm(1);
      yield pcm(100_000);
    }
    await device.client.send("Test.Event", {}, { attachments: [{ body: recording() }] });
    const [, audio] = await bodies[0]!.whole;
    expect(audio!.headers["content-disposition"]).toBe('form-data; name="audio"');
    expect(audio!.body).toEqual(Buffer.concat([pcm(1_000), pcm(1), pcm(100_000)]));
  });

  it("survives a token that expired: what was said meanwhile is sent again", async () => {
    const bodies: ArrivingBody[] = [];
    gateway.next("/v1/events", refuseWith(401), (request) => {
      bodies.push(readBody(request));
      void bodies[0]!.whole.then(() => noContent(request.stream));
    });
    const said = pcm(3_200);
    async function* microphone() {
      for (let offset = 0; offset < said.length; offset += 320) {
        yield said.subarray(offset, offset + 320);
        await breathe();
      }
    }
    const answer = await device.client.send(
      "Test.Event",
      {},
      { attachments: [{ body: microphone() }] },
    );
    expect(answer.status).toBe(204);
    const [metadata, audio] = await bodies[0]!.whole;
    expect(parseEvent(metadata!.body).event.header.messageId).toBe(answer.messageId);
    expect(audio!.body).toEqual(Buffer.from(said));
  });

  it("that cannot be recorded any more fails alone", async () => {
    async function* broken() {
      yield pcm(320);
      throw new Error("the microphone was unplugged");
    }
    gateway.next("/v1/events", stall);
    await expect(
      device.client.send("Test.Event", {}, { attachments: [{ body: broken() }] }),
    ).rejects.toMatchObject({
      code: "invalid_request",
      cause: expect.objectContaining({ message: "the microphone was unplugged" }),
    });
    expect((await device.client.send("Test.Event", {})).status).toBe(204);
  });
});

describe("401 to an event", () => {
  it("is met with one refresh, a new downchannel and one more try", async () => {
    gateway.next("/v1/events", refuseWith(401));
    expect((await device.client.send("Test.Event", {})).status).toBe(204);
    expect(device.auth.count("refresh_token")).toBe(1);
    expect(gateway.channels).toHaveLength(2);
    expect(events().map(({ headers }) => headers.authorization)).toEqual([
      "Bearer access-1",
      "Bearer access-2",
    ]);
  });

  it("is handed to the application when it comes twice", async () => {
    gateway.next("/v1/events", refuseWith(401), refuseWith(401));
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "invalid_token",
    });
    expect(events()).toHaveLength(2);
  });

  it("of several events at once costs one refresh", async () => {
    gateway.scripts["/v1/events"] = (request) =>
      request.headers.authorization === "Bearer access-1"
        ? refuseWith(401)(request)
        : noContent(request.stream);
    const answers = await Promise.all([1, 2, 3].map(() => device.client.send("Test.Event", {})));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(device.auth.count("refresh_token")).toBe(1);
  });

  it("with a refresh that is refused stops the client, and says so", async () => {
    gateway.next("/v1/events", refuseWith(401));
    device.auth.next.push(() => ({
      status: 400,
      headers: {},
      body: '{"error":"unauthorized_client"}',
    }));
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "unauthorized_client",
    });
    expect(device.client.state).toMatchObject({ phase: "stopped", reason: "sign-in" });
  });
});

describe("412 to an event", () => {
  it("is met with a new downchannel on the same connection and one more try", async () => {
    gateway.next("/v1/events", refuseWith(412));
    expect((await device.client.send("Test.Event", {})).status).toBe(204);
    expect(gateway.channels).toHaveLength(2);
    expect(gateway.sessions).toHaveLength(1);
    expect(events()).toHaveLength(2);
  });

  it("of several events at once costs one new downchannel", async () => {
    gateway.next("/v1/events", refuseWith(412), refuseWith(412), refuseWith(412));
    await Promise.all([1, 2, 3].map(() => device.client.send("Test.Event", {})));
    expect(gateway.channels).toHaveLength(2);
  });

  it("is handed to the application when it comes twice", async () => {
    gateway.next("/v1/events", refuseWith(412), refuseWith(412));
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "no_downchannel",
    });
  });
});

describe("429 and 503 to an event", () => {
  it.each([429, 503])("%i is met with one more try after Retry-After", async (status) => {
    gateway.next("/v1/events", refuseWith(status, { "retry-after": "3" }));
    const sent = device.client.send("Test.Event", {});
    await eventually(() => events().length === 1);
    await breathe();
    device.clock.advance(2_999);
    await breathe();
    expect(events()).toHaveLength(1);
    await device.wait(1_000, () => events().length === 2);
    expect((await sent).status).toBe(204);
  });

  it("with a Retry-After that is too long goes to the application", async () => {
    gateway.next("/v1/events", refuseWith(429, { "retry-after": "600" }));
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "too_many_requests",
      retryAfter: 600,
    });
  });

  it("that never end go to the application after three more tries", async () => {
    gateway.scripts["/v1/events"] = refuseWith(503);
    const sent = device.client.send("Test.Event", {});
    sent.catch(() => undefined);
    await device.wait(5_000, () => events().length === 4);
    await expect(sent).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("many events at once", () => {
  it("are on their way at most 20 at a time, and none is lost", async () => {
    let open = 0;
    let most = 0;
    gateway.scripts["/v1/events"] = ({ stream }) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        noContent(stream);
      }, 5);
    };
    const sent = Array.from({ length: 90 }, () => device.client.send("Test.Event", {}));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 204));
    expect(most).toBe(20);
  });

  it("go on while the answers to others are still arriving", async () => {
    gateway.scripts["/v1/events"] = ({ stream }) => {
      stream.resume();
      stream.respond({ ":status": 200, "content-type": "multipart/related; boundary=b" });
      stream.write("--b\r\n");
    };
    const answers = Array.from({ length: 30 }, () => device.client.send("Test.Event", {}));
    expect(await Promise.all(answers)).toHaveLength(30);
  });
});

describe("a connection that goes under an event", () => {
  it("leaves open whether the gateway acted on it: it is not sent again", async () => {
    gateway.next("/v1/events", ({ session }) => session.destroy());
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      code: "unavailable",
    });
    await eventually(open);
    expect(events()).toHaveLength(1);
  });

  it("does not stop an event that may be repeated", async () => {
    gateway.next("/v1/events", ({ session }) => session.destroy());
    const answer = await device.client.send("Test.Event", {}, { repeatable: true });
    expect(answer.status).toBe(204);
    expect(events()).toHaveLength(2);
  });

  it("waits before it is sent again to a gateway that refuses every stream", async () => {
    gateway.next("/v1/events", refuseStream, refuseStream, refuseStream);
    const answer = device.client.send("Test.Event", {});
    await eventually(() => events().length === 2, "the second attempt");
    for (let turn = 0; turn < 10; turn++) await breathe();
    expect(events()).toHaveLength(2);
    await device.wait(1_000, () => events().length === 4);
    expect((await answer).status).toBe(204);
  });

  it("does not stop an event that the gateway refused unprocessed", async () => {
    gateway.next("/v1/events", refuseStream);
    expect((await device.client.send("Test.Event", {})).status).toBe(204);
    expect(events()).toHaveLength(2);
  });
});

describe("a gateway that is silent", () => {
  it("after the request is given up after a minute", async () => {
    gateway.next("/v1/events", stall);
    const sent = device.client.send("Test.Event", {});
    sent.catch(() => undefined);
    await eventually(() => events().length === 1);
    await breathe();
    device.clock.advance(60_000);
    await expect(sent).rejects.toMatchObject({ message: "The gateway said nothing for 60 s." });
    await eventually(() => events()[0]!.stream.closed);
    expect(open()).toBe(true);
  });

  it("in the middle of an answer is given up too", async () => {
    gateway.next("/v1/events", ({ stream }) => {
      stream.resume();
      stream.respond({ ":status": 200, "content-type": "multipart/related; boundary=b" });
      stream.write("--b\r\n");
    });
    const answer = await device.client.send("Test.Event", {});
    const complete = answer.directives();
    complete.catch(() => undefined);
    await breathe();
    device.clock.advance(60_000);
    await expect(complete).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("an outage", () => {
  const goOffline = async () => {
    gateway.scripts["/v1/directives"] = stall;
    gateway.cut();
    await eventually(() => !open());
  };
  const comeBack = async () => {
    gateway.scripts["/v1/directives"] = (request) => gateway.openChannel(request);
    gateway.cut();
    await device.wait(15_000, open);
  };

  it("keeps events, says so, and sends them in order afterwards", async () => {
    const order: string[] = [];
    gateway.scripts["/v1/events"] = (request) =>
      void readBody(request).whole.then(([metadata]) => {
        order.push(parseEvent(metadata!.body).event.header.name);
        noContent(request.stream);
      });
    await goOffline();
    const sent = ["One", "Two", "Three"].map((name) => device.client.send(`Test.${name}`, {}));
    await breathe();
    expect(events()).toHaveLength(0);
    expect(device.notices.filter(({ kind }) => kind === "event-queued")).toHaveLength(3);
    await comeBack();
    await Promise.all(sent);
    expect(order).toEqual(["One", "Two", "Three"]);
  });

  it("gives the oldest event up when too many wait, and says so", async () => {
    await goOffline();
    const sent = Array.from({ length: 101 }, (_, index) =>
      device.client.send("Test.Event", { index }),
    );
    for (const each of sent) each.catch(() => undefined);
    await expect(sent[0]).rejects.toMatchObject({ code: "unavailable" });
    expect(device.notices.filter(({ kind }) => kind === "event-given-up")).toMatchObject([
      { name: "Test.Event", reason: "queue-full" },
    ]);
    await comeBack();
    await Promise.all(sent.slice(1));
    expect(events()).toHaveLength(100);
  });

  it("gives what the user asked up after 10 s: an answer that late startles", async () => {
    await goOffline();
    const asked = device.client.send("TextRecognizer.Recognize", { text: "hello" });
    const told = device.client.send("Test.Event", {});
    asked.catch(() => undefined);
    await device.wait(10_000, () => device.notices.some(({ kind }) => kind === "event-given-up"));
    await expect(asked).rejects.toMatchObject({ code: "unavailable" });
    await comeBack();
    expect((await told).status).toBe(204);
  });

  it("ends with the client: what waits is given up", async () => {
    await goOffline();
    const sent = device.client.send("Test.Event", {});
    const checked = expect(sent).rejects.toMatchObject({ message: "The client is closed." });
    await device.client.close();
    await checked;
    await expect(device.client.send("Test.Event", {})).rejects.toMatchObject({
      message: "The client is closed.",
    });
  });
});

describe("an application that gives an event up", () => {
  it("ends its request, and that alone", async () => {
    gateway.next("/v1/events", stall);
    const giveUp = new AbortController();
    const sent = device.client.send("Test.Event", {}, { signal: giveUp.signal });
    const checked = expect(sent).rejects.toThrow("changed my mind");
    await eventually(() => events().length === 1);
    giveUp.abort(new Error("changed my mind"));
    await checked;
    await eventually(() => events()[0]!.stream.closed);
    expect((await device.client.send("Test.Event", {})).status).toBe(204);
  });

  it("leaves the earlier dialogue valid", async () => {
    const first = await device.client.send("TextRecognizer.Recognize", { text: "play music" });
    async function* hesitating() {
      yield new Uint8Array(320);
      await new Promise(() => undefined);
    }
    gateway.next("/v1/events", stall);
    const giveUp = new AbortController();
    const second = device.client.send("SpeechRecognizer.Recognize", {} as never, {
      attachments: [{ body: hesitating() }],
      signal: giveUp.signal,
    });
    second.catch(() => undefined);
    await eventually(() => events().length === 2);
    giveUp.abort(new Error("never mind"));
    await expect(second).rejects.toThrow("never mind");
    expect(device.client.dialogRequestId).toBe(first.dialogRequestId);
  });
});

describe("closing", () => {
  it("can let events that are on their way be answered first", async () => {
    gateway.next("/v1/events", ({ stream }) => void setTimeout(() => noContent(stream), 50));
    const sent = device.client.send("Test.Event", {});
    await device.client.close({ drain: 5_000 });
    expect((await sent).status).toBe(204);
    expect(device.client.state.phase).toBe("closed");
  });

  it("waits no longer than it was told", async () => {
    gateway.next("/v1/events", stall);
    const sent = device.client.send("Test.Event", {});
    const checked = expect(sent).rejects.toMatchObject({ message: "The client is closed." });
    const closed = device.client.close({ drain: 5_000 });
    await eventually(() => events().length === 1);
    device.clock.advance(5_000);
    await closed;
    await checked;
  });
});
