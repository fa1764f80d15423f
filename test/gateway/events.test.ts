// Events, sentence by sentence of docs/protocol.md: statuses, streaming, bounds.

import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { afterEach, describe, expect, it } from "vitest";
import type { EventHandler } from "../../packages/server/src/gateway/index.js";
import { answerWithText } from "../../packages/server/src/gateway/index.js";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, type PeerResponse, connectPeer, eventBody } from "../harness/peer.js";

let server: TestGateway;
let peer: Peer;

/** A gateway and a device with an open downchannel. */
async function start(options: Parameters<typeof startGateway>[0] = {}): Promise<void> {
  server = await startGateway(options);
  peer = await connectPeer(server.origin, server.tokens.issue("kitchen"));
  await peer.downchannel();
}

afterEach(async () => {
  await peer.close();
  await server.stop();
});

function deferred<T = void>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve(value) };
}

const audio = (rest: string) =>
  `\r\n--b\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n${rest}`;

describe("an event", () => {
  it("TextRecognizer.Recognize is answered with Clova.RenderText in the same dialogue", async () => {
    await start({ handlers: { "TextRecognizer.Recognize": answerWithText } });
    const response = await peer.event(
      "TextRecognizer.Recognize",
      { text: "안녕" },
      { dialogRequestId: "dialogue-1" },
    );
    expect(response.status).toBe(200);
    expect(response.directives).toMatchObject([
      {
        name: "Clova.RenderText",
        payload: { text: "안녕" },
        header: { dialogRequestId: "dialogue-1" },
      },
    ]);
    expect(response.body).toMatch(/\r\n--[0-9a-f]{60}--\r\n$/);
  });

  for (const name of [
    "Alerts.RequestSynchronizeAlert",
    "Settings.RequestSynchronization",
    "Settings.RequestVersionSpec",
    "Made.Up",
    "__proto__.toString",
  ]) {
    it(`that nobody handles (${name}) is answered 204`, async () => {
      await start();
      const response = await peer.event(name);
      expect(response).toMatchObject({ status: 204, body: "" });
    });
  }

  it("may come before Clova.Hello was read, as soon as the downchannel's status is there", async () => {
    server = await startGateway();
    peer = await connectPeer(server.origin, server.tokens.issue("kitchen"));
    const channel = peer.request("GET", "/v1/directives");
    await channel.until(({ status }) => status === 200);
    expect((await peer.event("Alerts.RequestSynchronizeAlert")).status).toBe(204);
  });

  it("without a downchannel is 412, and so is one on another connection than the downchannel's", async () => {
    await start();
    const token = server.tokens.issue("kitchen");
    const other = await connectPeer(server.origin, token);
    const response = await other.event("Alerts.RequestSynchronizeAlert");
    expect(response.status).toBe(412);
    expect(response.directives).toMatchObject([
      { name: "System.Exception", payload: { code: 412 } },
    ]);
    await other.close();
    const stranger = await connectPeer(server.origin, server.tokens.issue("bath"));
    expect((await stranger.event("Alerts.RequestSynchronizeAlert")).status).toBe(412);
    await stranger.close();
  });

  it("on another connection is taken where the affinity is same-device", async () => {
    await start({ config: { connectionAffinity: "same-device" } });
    const other = await connectPeer(server.origin, server.tokens.issue("kitchen"));
    expect((await other.event("Alerts.RequestSynchronizeAlert")).status).toBe(204);
    await other.close();
  });

  it("with a boundary that begins with dashes, audio in 320-byte frames and no last delimiter is complete at END_STREAM", async () => {
    const frames: Uint8Array[] = [];
    let bytes = 0;
    await start({
      handlers: {
        async *"SpeechRecognizer.Recognize"({ attachments, answer }) {
          for await (const attachment of attachments) {
            expect(attachment).toMatchObject({
              name: "audio",
              contentType: "application/octet-stream",
            });
            for await (const frame of attachment.body) {
              frames.push(frame);
              bytes += frame.byteLength;
            }
          }
          yield { kind: "directive", directive: answer("Clova.RenderText", { text: `${bytes}` }) };
        },
      },
    });
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=--abcdefg123456" },
      { body: true },
    );
    response.stream.write(
      eventBody("SpeechRecognizer.Recognize", { lang: "ko" }, {}, audio("")).replaceAll(
        "--b\r\n",
        "----abcdefg123456\r\n",
      ),
    );
    for (let frame = 0; frame < 50; frame++) response.stream.write(Buffer.alloc(320, frame));
    response.stream.end();
    await response.whenEnded();
    expect(response.directives).toMatchObject([{ payload: { text: "16000" } }]);
    expect(Buffer.concat(frames)[319]).toBe(0);
    expect(Buffer.concat(frames)[15_999]).toBe(49);
  });

  it("may be answered while its audio is still being uploaded, and the device can act on that at once", async () => {
    await start({
      handlers: {
        async *"SpeechRecognizer.Recognize"({ attachments, answer }) {
          for await (const { body } of attachments) {
            for await (const _frame of body) break;
            break;
          }
          yield { kind: "directive", directive: answer("SpeechRecognizer.StopCapture", {}) };
          await new Promise((resolve) => setImmediate(resolve));
          await new Promise((resolve) => setImmediate(resolve));
          yield { kind: "directive", directive: answer("Clova.RenderText", { text: "x" }) };
        },
      },
    });
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b" },
      { body: true },
    );
    response.stream.write(
      eventBody("SpeechRecognizer.Recognize", {}, {}, audio("")) + "x".repeat(320),
    );
    await response.until(({ directives }) => directives.length >= 1);
    expect(response.directives[0]?.name).toBe("SpeechRecognizer.StopCapture");
    await response.until(({ ended }) => ended);
    expect(response.directives.map(({ name }) => name)).toEqual([
      "SpeechRecognizer.StopCapture",
      "Clova.RenderText",
    ]);
    expect(response.body).toMatch(/\r\n--[0-9a-f]{60}--\r\n$/);
  });

  it("whose answer has an attachment gets it right after the directive that names it", async () => {
    await start({
      handlers: {
        *"TextRecognizer.Recognize"({ answer }) {
          yield {
            kind: "directive",
            directive: answer("SpeechSynthesizer.Speak", { url: "cid:sound-1" }),
          };
          yield {
            kind: "attachment",
            attachment: { contentId: "sound-1", body: Buffer.from("mp3") },
          };
        },
      },
    });
    const response = await peer.event("TextRecognizer.Recognize", { text: "x" });
    expect(response.body).toMatch(
      /\r\nContent-Disposition: form-data; name="attachment"\r\nContent-Id: sound-1\r\nContent-Type: application\/octet-stream\r\n\r\nmp3\r\n--[0-9a-f]{60}--\r\n$/,
    );
  });

  it("whose handler throws is 500 with System.Exception, and the cause goes to the log with the messageId only", async () => {
    const lines: unknown[] = [];
    const log = {
      error: (message: string, fields: unknown) => void lines.push({ message, fields }),
    };
    await start({
      handlers: {
        // oxlint-disable-next-line require-yield -- it fails before it answers
        *"TextRecognizer.Recognize"() {
          throw new Error("database password is hunter2");
        },
      },
      log: { ...(await import("../../packages/server/src/logging/index.js")).silentLogger, ...log },
    });
    const response = await peer.event("TextRecognizer.Recognize", { text: "x" });
    expect(response.status).toBe(500);
    expect(response.directives).toMatchObject([
      { name: "System.Exception", payload: { code: 500 } },
    ]);
    expect(response.body).not.toContain("hunter2");
    expect(lines).toMatchObject([
      { fields: { messageId: "message-1", event: "TextRecognizer.Recognize" } },
    ]);
  });

  it("whose handler throws an error of ours gets that error's status", async () => {
    await start({
      handlers: {
        // oxlint-disable-next-line require-yield -- it fails before it answers
        *"TextRecognizer.Recognize"() {
          throw new TrefoilError("unavailable", "The recogniser is restarting.");
        },
      },
    });
    const response = await peer.event("TextRecognizer.Recognize", { text: "x" });
    expect(response.status).toBe(503);
    expect(response.directives[0]?.payload["description"]).toBe("The recogniser is restarting.");
  });

  for (const [how, giveUp] of [
    ["resets", (response: PeerResponse) => response.stream.close(8)],
    ["loses with its connection", (response: PeerResponse) => response.stream.session?.destroy()],
  ] as const) {
    it(`that a device ${how} is aborted at its handler`, async () => {
      const aborted = deferred();
      const running = deferred();
      await start({
        handlers: {
          // oxlint-disable-next-line require-yield -- it waits for the end
          async *"SpeechRecognizer.Recognize"({ signal }) {
            signal.addEventListener("abort", () => aborted.resolve());
            running.resolve();
            await aborted.promise;
          },
        },
      });
      const response = peer.request(
        "POST",
        "/v1/events",
        { "content-type": "multipart/form-data; boundary=b" },
        { body: true },
      );
      response.stream.write(eventBody("SpeechRecognizer.Recognize", {}, {}, audio("x")));
      await running.promise;
      giveUp(response);
      await aborted.promise;
    });
  }

  it("whose audio breaks off with the connection ends its attachment with an error, not as if it were whole", async () => {
    const failed = deferred<unknown>();
    const running = deferred();
    await start({
      handlers: {
        // oxlint-disable-next-line require-yield -- there is nobody to answer
        async *"SpeechRecognizer.Recognize"({ attachments }) {
          try {
            for await (const { body } of attachments) {
              for await (const _frame of body) running.resolve();
            }
            failed.resolve("whole");
          } catch (error) {
            failed.resolve(error);
          }
        },
      },
    });
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b" },
      { body: true },
    );
    response.stream.write(eventBody("SpeechRecognizer.Recognize", {}, {}, audio("x".repeat(320))));
    await running.promise;
    peer.session.destroy();
    expect(await failed.promise).toBeInstanceOf(TrefoilError);
  });

  it("slows the device down while its handler does not take the audio", async () => {
    let take: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      take = resolve;
    });
    let taken = 0;
    const handler: EventHandler = async function* ({ attachments, answer }) {
      await gate;
      for await (const { body } of attachments) {
        for await (const frame of body) taken += frame.byteLength;
      }
      yield { kind: "directive", directive: answer("Clova.RenderText", { text: "done" }) };
    };
    await start({ handlers: { "SpeechRecognizer.Recognize": handler } });
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b" },
      { body: true },
    );
    response.stream.write(eventBody("SpeechRecognizer.Recognize", {}, {}, audio("")));
    response.stream.end(Buffer.alloc(4_000_000));
    // Another stream of the same connection is served all the while.
    for (let round = 0; round < 5; round++) {
      expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(204);
    }
    expect(response.stream.writableLength).toBeGreaterThan(1_000_000);
    take();
    await response.whenEnded();
    expect(taken).toBe(4_000_000);
  });
});

describe("an event that is wrong", () => {
  const refused =
    (status: number, about: RegExp) => async (body: string | Buffer, type?: string) => {
      await start({ config: { validation: "strict" } });
      const response = await peer
        .post(body, type === undefined ? {} : { "content-type": type })
        .whenEnded();
      expect(response.status).toBe(status);
      expect(response.directives).toHaveLength(1);
      expect(response.directives[0]).toMatchObject({
        name: "System.Exception",
        payload: { code: status },
      });
      expect(response.directives[0]?.payload["description"]).toMatch(about);
      // An error of one stream never touches the others of the connection.
      expect((await peer.event("Made.Up")).status).toBe(204);
    };

  it("is 415 when it is not multipart", () => refused(415, /multipart/i)("{}", "application/json"));
  it("is 400 when the content type has no boundary", () =>
    refused(400, /boundary/)(eventBody("A.B"), "multipart/form-data"));
  it("is 400 when the boundary is longer than 70 bytes", () =>
    refused(400, /boundary/i)(eventBody("A.B"), `multipart/form-data; boundary=${"b".repeat(71)}`));
  it("is 400 when the body has no part", () => refused(400, /part/)("nothing here"));
  it("is 400 when the body is empty", () => refused(400, /body|part/)(""));
  it("is 400 when the first part is not metadata", () =>
    refused(400, /metadata/)(eventBody("A.B").replace('name="metadata"', 'name="audio"')));
  it("is 400 when the metadata is not JSON", () =>
    refused(400, /JSON/)(eventBody("A.B").replace('{"context"', '{"context')));
  it("is 400 when the metadata is not UTF-8", () =>
    refused(
      400,
      /UTF-8/,
    )(Buffer.from(eventBody("A.B").replace("message-1", "message-\xff"), "latin1")));
  for (const member of ["namespace", "name", "messageId"]) {
    it(`is 400 naming the field when the header has no ${member}`, () =>
      refused(
        400,
        new RegExp(`event\\.header\\.${member}`),
      )(eventBody("A.B").replace(`"${member}"`, '"other"')));
  }
  it("is 400 naming the field when validation is strict and the payload is wrong", () =>
    refused(400, /text/)(eventBody("TextRecognizer.Recognize", { text: 7 })));

  it("with a wrong payload is taken and counted when validation is lenient", async () => {
    const outcomes: unknown[] = [];
    await start({
      config: { validation: "lenient" },
      onEvent: (outcome) => void outcomes.push(outcome),
    });
    expect((await peer.event("TextRecognizer.Recognize", { text: 7 })).status).toBe(204);
    expect(outcomes).toEqual([
      {
        name: "TextRecognizer.Recognize",
        status: 204,
        check: "tolerated",
        seconds: expect.any(Number),
      },
    ]);
  });

  it("is 400 when the metadata part is larger than its bound", async () => {
    await start({ config: { maxMetadataBytes: 1_000 } });
    const response = await peer.event("A.B", { text: "x".repeat(1_000) });
    expect(response.status).toBe(400);
  });

  it("is 400 when an attachment is larger than its bound", async () => {
    await start({ config: { maxAttachmentBytes: 1_000 } });
    const body = eventBody("A.B", {}, {}, audio(`${"x".repeat(1_001)}\r\n--b--\r\n`));
    expect((await peer.post(body).whenEnded()).status).toBe(400);
  });

  it("is 400 when it has more parts than the bound", async () => {
    await start({ config: { maxParts: 2 } });
    const body = eventBody("A.B", {}, {}, `${audio("1")}${audio("2")}\r\n--b--\r\n`);
    expect((await peer.post(body).whenEnded()).status).toBe(400);
  });

  it("is 413 when the body as a whole is too large, also when only its content-length says so", async () => {
    await start({ config: { maxBodyBytes: 2_000 } });
    const body = eventBody("A.B", {}, {}, audio("x".repeat(2_000)));
    expect((await peer.post(body).whenEnded()).status).toBe(413);
    const announced = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b", "content-length": "2001" },
      { body: true },
    );
    await announced.whenEnded();
    expect(announced.status).toBe(413);
  });

  it("is 400 when its body stays open too long", async () => {
    const clock = new FakeClock();
    await start({ clock });
    const response = peer.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b" },
      { body: true },
    );
    response.stream.write(eventBody("A.B", {}, {}, "").slice(0, 50));
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(204);
    clock.advance(61_000);
    await response.whenEnded();
    expect(response.status).toBe(400);
    expect(response.directives[0]?.payload["description"]).toMatch(/60 seconds/);
    clock.advance(2_000);
    await response.until(({ closed }) => closed);
    expect(response.resetCode).toBe(0);
  });
});

describe("any request", () => {
  for (const [what, headers] of [
    ["without a token", { authorization: "" }],
    ["with another scheme", { authorization: "Basic eDp5" }],
    ["with an unknown token", { authorization: "Bearer nobody" }],
    ["with a token that is too long", { authorization: `Bearer ${"x".repeat(5_000)}` }],
  ] as const) {
    it(`${what} is 401 with a challenge and System.Exception`, async () => {
      await start();
      for (const [method, path] of [
        ["GET", "/ping"],
        ["GET", "/v1/directives"],
      ] as const) {
        const response = await peer.request(method, path, headers).whenEnded();
        expect(response.status).toBe(401);
        expect(response.headers["www-authenticate"]).toContain(
          'Bearer realm="cic", error="invalid_token"',
        );
        expect(response.directives).toMatchObject([
          { name: "System.Exception", payload: { code: 401 } },
        ]);
      }
    });
  }

  it("GET /ping is 204", async () => {
    await start();
    expect(await peer.request("GET", "/ping").whenEnded()).toMatchObject({ status: 204, body: "" });
  });

  it("to an unknown path is 404 and with a wrong method 405 with Allow", async () => {
    await start();
    expect((await peer.request("GET", "/v1/other").whenEnded()).status).toBe(404);
    const response = await peer.request("GET", "/v1/events").whenEnded();
    expect(response.status).toBe(405);
    expect(response.headers["allow"]).toBe("POST");
    expect((await peer.request("DELETE", "/ping").whenEnded()).headers["allow"]).toBe("GET");
  });

  it("is 403 where the User-Agent policy is reject and the header does not follow the grammar", async () => {
    await start({ config: { userAgentPolicy: "ignore" } });
    expect(
      (
        await peer
          .request("GET", "/v1/directives", { "user-agent": "curl/8" })
          .until((r) => r.status !== undefined)
      ).status,
    ).toBe(200);
    await peer.close();
    await server.stop();
    server = await startGateway({ config: { userAgentPolicy: "reject" } });
    peer = await connectPeer(server.origin, server.tokens.issue("kitchen"));
    expect(
      (await peer.request("GET", "/v1/directives", { "user-agent": "curl/8" }).whenEnded()).status,
    ).toBe(403);
    const shipped = peer.request("GET", "/v1/directives", {
      "user-agent": "CLOVA/DONUT/1.2.3 (Android 7.1.1;qcom;clovasdk=1.6.0)",
    });
    await shipped.until(({ status }) => status === 200);
  });
});
