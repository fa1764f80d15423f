// The gateway as nghttp sees it, frame by frame. Its options hold for all its addresses, so it cannot GET and POST on one
// connection: the server here takes events on any connection of the device, as behind a proxy.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { foreignCommand, installationPatience } from "../harness/foreign-commands.js";
import {
  type ServerProcess,
  askAdmin,
  requestJson,
  signIn,
  startServerProcess,
} from "../harness/server-process.js";
import { type RunningNghttp, directivesOf, framesOf, startNghttp, statusesOf } from "./nghttp.js";
import { BodyFiles, audioPartHead, eventBody, eventJson, metadataPart } from "./request-bodies.js";

const endStream = 0x1;

let server: ServerProcess;
let files: BodyFiles;
const running: RunningNghttp[] = [];

beforeAll(async () => {
  await foreignCommand("nghttp");
  files = new BodyFiles();
  server = await startServerProcess({
    env: { TREFOIL_GATEWAY_CONNECTION_AFFINITY: "same-device" },
  });
}, installationPatience);

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.kill()));
});

afterAll(async () => {
  await server?.stop();
  files?.remove();
});

/** Starts nghttp as a device; each argument that begins with a slash is an address. */
async function start(token: string, ...args: readonly string[]): Promise<RunningNghttp> {
  const process = await startNghttp(
    "-H",
    `authorization: Bearer ${token}`,
    ...args.map((arg) =>
      arg.startsWith("/v1") || arg.startsWith("/ping") ? server.origin + arg : arg,
    ),
  );
  running.push(process);
  return process;
}

/** Holds a downchannel. */
async function downchannel(token: string): Promise<RunningNghttp> {
  const process = await start(token, "/v1/directives");
  await process.until(/"name":"Hello".*\r\n--[0-9a-f]{60}\r\n/);
  return process;
}

/** Sends an event and waits for its answer. */
async function send(token: string, body: string | Uint8Array, ...options: readonly string[]) {
  const process = await start(
    token,
    ...options,
    "-H",
    "content-type: multipart/form-data; boundary=--abcdefg123456",
    "-d",
    files.write(body),
    "/v1/events",
  );
  expect(await process.ended).toBe(0);
  return process.said();
}

describe("nghttp", () => {
  it("has several requests on one connection beside its downchannel, and an error of one leaves the others alone", async () => {
    const { accessToken } = await signIn(server, "nghttp-multiplexed");
    const process = await start(
      accessToken,
      "/v1/directives",
      "/ping",
      "/v1/nothing",
      "/v1/events",
      "/ping?again",
    );
    await process.until(/"name":"Hello"/);
    await process.until(/(?:code":40[45][^]*){2}/);
    await process.until(/(?::status: 204[^]*){2}/);
    const streams = new Map(statusesOf(process.said()));
    expect([...streams].sort(([a], [b]) => a - b).map(([, status]) => status)).toEqual([
      200, 204, 404, 405, 204,
    ]);
    expect(framesOf(process.said(), "recv", "RST_STREAM")).toEqual([]);
    expect(framesOf(process.said(), "recv", "GOAWAY")).toEqual([]);

    await askAdmin(server, "/devices/nghttp-multiplexed/directives", {
      name: "Clova.RenderText",
      payload: { type: "RenderText", text: "still here" },
    });
    await process.until(/still here/);
  });

  it("acknowledges what was pushed by answering the server's PING, and does not get it again", async () => {
    const deviceId = "nghttp-acknowledges";
    const { accessToken } = await signIn(server, deviceId);
    const first = await downchannel(accessToken);
    await askAdmin(server, `/devices/${deviceId}/directives`, {
      name: "Clova.RenderText",
      payload: { type: "RenderText", text: "once" },
    });
    await first.until(/recv PING frame[^]*send PING frame <length=8, flags=0x01/);
    // The server may still be forgetting it; and it takes two downchannels within a second, not three.
    await expect
      .poll(
        async () => {
          const again = await downchannel(accessToken);
          const texts = directivesOf(again.said()).map(({ payload }) => payload);
          await again.kill();
          return texts;
        },
        { interval: 1_100, timeout: 10_000 },
      )
      .toEqual([{}]);
  });

  it("sees its downchannel end by END_STREAM when the token is deleted, and nothing after the last delimiter line", async () => {
    const deviceId = "nghttp-signs-out";
    const { accessToken } = await signIn(server, deviceId);
    const process = await downchannel(accessToken);
    const { clientId, clientSecret, modelId } = server.dev;
    const deleted = await requestJson(server, "/token?grant_type=delete", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        device_id: deviceId,
        model_id: modelId,
        access_token: accessToken,
      }).toString(),
    });
    expect(deleted.status).toBe(200);
    expect(await process.ended).toBe(0);
    expect(framesOf(process.said(), "recv", "RST_STREAM")).toEqual([]);
    const data = framesOf(process.said(), "recv", "DATA");
    expect(data.at(-1)!.flags & endStream).toBe(endStream);
    expect(process.said()).not.toMatch(/--[0-9a-f]{60}--/);
  });

  it("closes an earlier downchannel in good order by opening another", async () => {
    const { accessToken } = await signIn(server, "nghttp-twice");
    const first = await downchannel(accessToken);
    const second = await downchannel(accessToken);
    expect(await first.ended).toBe(0);
    expect(framesOf(first.said(), "recv", "RST_STREAM")).toEqual([]);
    await askAdmin(server, "/devices/nghttp-twice/directives", {
      name: "Clova.RenderText",
      payload: { type: "RenderText", text: "to the newer" },
    });
    await second.until(/to the newer/);
  });

  describe("sends an event", () => {
    const boundary = "--abcdefg123456";
    const event = eventBody(
      boundary,
      eventJson("TextRecognizer.Recognize", { text: "hello" }, { dialogRequestId: "dialogue-1" }),
    );
    let token: string;
    let held: RunningNghttp | undefined;

    beforeAll(async () => {
      ({ accessToken: token } = await signIn(server, "nghttp-events"));
      held = await downchannel(token);
      running.splice(0);
    });

    afterAll(() => held?.kill());

    it.each([
      ["with a content-length", []],
      ["without a content-length", ["--no-content-length"]],
      ["in padded frames", ["--padding", "200"]],
      ["with a trailer", ["--trailer", "x-checksum: 1"]],
      ["and takes the answer in pieces of 255 bytes", ["--window-bits", "8"]],
      ["and waits whether it should go on", ["--expect-continue"]],
    ])("%s", async (_how, options) => {
      const said = await send(token, event, ...options);
      expect(statusesOf(said).map(([, status]) => status)).toContain(200);
      expect(said.replaceAll(/^\[.*\n/gm, "")).toContain('"payload":{"text":"hello"}');
      expect(said).toMatch(/\r\n--[0-9a-f]{60}--\r\n/);
      expect(framesOf(said, "recv", "RST_STREAM")).toEqual([]);
    });

    it("with audio and no closing delimiter", async () => {
      const json = eventJson("SpeechRecognizer.Recognize", { lang: "ko" });
      const said = await send(
        token,
        Buffer.concat([
          Buffer.from(metadataPart(boundary, json) + audioPartHead(boundary)),
          Buffer.alloc(64_000, "pcm"),
        ]),
      );
      expect(statusesOf(said)).toMatchObject([[expect.any(Number), 204]]);
    });
  });

  it("is told to go elsewhere when the server stops: GOAWAY, then the downchannel's end", async () => {
    const stopping = await startServerProcess();
    const { accessToken } = await signIn(stopping, "nghttp-drained");
    const process = await startNghttp(
      "-H",
      `authorization: Bearer ${accessToken}`,
      `${stopping.origin}/v1/directives`,
    );
    running.push(process);
    await process.until(/"name":"Hello"/);
    expect(await stopping.stop()).toBe(0);
    await process.ended;
    expect(process.said()).toMatch(/recv GOAWAY frame[^]*error_code=NO_ERROR/);
    expect(framesOf(process.said(), "recv", "DATA").at(-1)!.flags & endStream).toBe(endStream);
    expect(framesOf(process.said(), "recv", "RST_STREAM")).toEqual([]);
  });
});

describe("h2load", () => {
  it("asks 400 times over 4 connections with 10 requests at once, and is answered each time", async () => {
    const { accessToken } = await signIn(server, "h2load");
    const { stdout } = await promisify(execFile)(await foreignCommand("h2load"), [
      "--requests=400",
      "--clients=4",
      "--max-concurrent-streams=10",
      `--header=authorization: Bearer ${accessToken}`,
      `${server.origin}/ping`,
    ]);
    expect(stdout).toContain("400 succeeded, 0 failed, 0 errored, 0 timeout");
    expect(stdout).toContain("status codes: 400 2xx, 0 3xx, 0 4xx, 0 5xx");
  });
});
