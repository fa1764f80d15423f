// The whole flow by real curl, which nobody here wrote: sign in as the public guides' examples do, hold a downchannel, send
// events on its connection, be pushed to, refresh, sign out; and what curl sees when something is wrong.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readAsFirmware } from "../harness/firmware-reader.js";
import { installationPatience } from "../harness/foreign-commands.js";
import {
  type ServerProcess,
  askAdmin,
  signIn,
  startServerProcess,
} from "../harness/server-process.js";
import { type CurlAnswer, type RunningCurl, curl, startCurl } from "./curl.js";
import { BodyFiles, audioPartHead, eventBody, eventJson, metadataPart } from "./request-bodies.js";

let server: ServerProcess;
let files: BodyFiles;
const running: RunningCurl[] = [];

beforeAll(async () => {
  files = new BodyFiles();
  server = await startServerProcess();
  await curl(server.dev.caFile, `${server.origin}/.well-known/nothing`);
}, installationPatience);

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.remove()));
});

afterAll(async () => {
  await server?.stop();
  files?.remove();
});

/** One transfer. */
const ask = (...args: readonly string[]) => curl(server.dev.caFile, ...args);

/** Several on one connection. */
async function start(...transfers: readonly (readonly string[])[]): Promise<RunningCurl> {
  const process = await startCurl(server.dev.caFile, ...transfers);
  running.push(process);
  return process;
}

const json = ({ body }: CurlAnswer) => JSON.parse(body.toString()) as Record<string, unknown>;

const bearer = (token: string) => ["--header", `Authorization: Bearer ${token}`];

/** Signs in with curl alone. */
async function tokensOf(deviceId: string): Promise<{ access: string; refresh: string }> {
  const { dev, origin } = server;
  const granted = await ask(
    ...bearer(dev.accountAccessToken),
    `${origin}/authorize`,
    "--data-urlencode",
    `client_id=${dev.clientId}`,
    "--data-urlencode",
    `device_id=${deviceId}`,
    "--data-urlencode",
    `model_id=${dev.modelId}`,
    "--data-urlencode",
    "response_type=code",
    "--data-urlencode",
    "state=FKjaJfMlakjdfTVbES5ccZ",
  );
  expect(granted.status).toBe(200);
  expect(json(granted)).toEqual({
    code: expect.any(String) as string,
    state: "FKjaJfMlakjdfTVbES5ccZ",
  });
  const answer = await ask(
    `${origin}/token?grant_type=authorization_code`,
    ...(await credentials(deviceId)),
    "--data-urlencode",
    `code=${String(json(granted)["code"])}`,
  );
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(json(answer)).toEqual({
    access_token: expect.any(String) as string,
    expires_in: 332_000,
    refresh_token: expect.any(String) as string,
    token_type: "Bearer",
  });
  return {
    access: String(json(answer)["access_token"]),
    refresh: String(json(answer)["refresh_token"]),
  };
}

async function credentials(deviceId: string): Promise<readonly string[]> {
  const { clientId, clientSecret, modelId } = server.dev;
  return [
    `client_id=${clientId}`,
    `client_secret=${clientSecret}`,
    `device_id=${deviceId}`,
    `model_id=${modelId}`,
  ].flatMap((pair) => ["--data-urlencode", pair]);
}

const downchannel = (token: string) => [
  "--http2",
  ...bearer(token),
  `${server.origin}/v1/directives`,
];

/** Signs a device in whose token the gateway knows then: from there on requests are taken in the order in which they come. */
async function knownToken(deviceId: string): Promise<string> {
  const { accessToken } = await signIn(server, deviceId);
  await ask("--http2", ...bearer(accessToken), `${server.origin}/ping`);
  return accessToken;
}

const post = (token: string, ...args: readonly string[]) => [
  "--http2",
  ...bearer(token),
  ...args,
  `${server.origin}/v1/events`,
];

const text = (name: string, payload: object = {}, header: Record<string, string> = {}) =>
  `metadata=${eventJson(name, payload, header)};type=application/json`;

/** What is on a running downchannel by now. */
const pushed = (process: RunningCurl) => {
  const type = process.headers(0)["content-type"];
  return type === undefined ? [] : readAsFirmware(type, process.body(0)).directives;
};

describe("curl", () => {
  it("goes through a device's life: signs in, holds a downchannel, asks, is pushed to, refreshes, signs out", async () => {
    const deviceId = "aa123123d6-d900-48a1-b73b-aa6c15635320";
    const tokens = await tokensOf(deviceId);
    // As in knownToken.
    expect((await ask("--http2", ...bearer(tokens.access), `${server.origin}/ping`)).status).toBe(
      204,
    );

    const process = await start(
      downchannel(tokens.access),
      post(
        tokens.access,
        "--form",
        text(
          "TextRecognizer.Recognize",
          { text: "내일 날씨 알려줘" },
          { dialogRequestId: "dialogue-1" },
        ),
      ),
    );
    await process.until(({ answers }) => answers()[1] !== undefined, "the answer to the event");
    const [, answer] = process.answers();
    // Not another connection: the gateway would have answered 412.
    expect(answer).toMatchObject({ status: 200, httpVersion: "2", connections: 0 });
    const reader = readAsFirmware(answer?.headers["content-type"], answer?.body ?? Buffer.alloc(0));
    expect(reader.closed).toBe(true);
    expect(reader.directives).toMatchObject([
      {
        name: "Clova.RenderText",
        header: { dialogRequestId: "dialogue-1" },
        payload: { text: "내일 날씨 알려줘" },
      },
    ]);

    await process.until((now) => pushed(now).length === 1, "Clova.Hello");
    expect(process.headers(0)["content-type"]).toMatch(
      /^multipart\/related; boundary=[0-9a-f]{60}$/,
    );
    const sent = await askAdmin(server, `/devices/${deviceId}/directives`, {
      name: "Clova.RenderText",
      payload: { type: "RenderText", text: "hi" },
    });
    expect(sent.status).toBe(202);
    await process.until((now) => pushed(now).length === 2, "the pushed directive");
    const [hello, directive] = pushed(process);
    expect(hello).toMatchObject({ name: "Clova.Hello" });
    expect(hello?.header).not.toHaveProperty("dialogRequestId");
    expect(directive).toMatchObject({
      name: "Clova.RenderText",
      header: { messageId: sent.body["messageId"] },
      payload: { text: "hi" },
    });

    const refreshed = await ask(
      `${server.origin}/token?grant_type=refresh_token`,
      ...(await credentials(deviceId)),
      "--data-urlencode",
      `refresh_token=${tokens.refresh}`,
    );
    expect(refreshed.status).toBe(200);
    const access = String(json(refreshed)["access_token"]);
    expect([access, json(refreshed)["refresh_token"]]).not.toContain(tokens.access);

    const deleted = await ask(
      `${server.origin}/token?grant_type=delete`,
      ...(await credentials(deviceId)),
      "--data-urlencode",
      `access_token=${access}`,
    );
    expect(deleted.status).toBe(200);
    expect(json(deleted)).toEqual({
      access_token: access,
      client_id: server.dev.clientId,
      expires_in: expect.any(Number) as number,
    });
    // The downchannel ends by itself and in good order: curl has nothing to complain about.
    expect(await process.ended).toBe(0);
    expect((await ask("--http2", ...bearer(access), `${server.origin}/ping`)).status).toBe(401);
  });

  describe("signs in", () => {
    it("by the address of the guide's example, and reads the state decoded", async () => {
      const { dev, origin } = server;
      const created = await askAdmin(server, "/clients", {
        name: "As in the guide",
        clientId: "7Jlexample1rOuTpA==",
      });
      const granted = await ask(
        ...bearer(dev.accountAccessToken),
        "--header",
        "Accept: application/json",
        `${origin}/authorize?client_id=7Jlexample1rOuTpA%3D%3D&device_id=test_device&model_id=test_model&response_type=code&state=95%2FKjaJfMlakjdfTVbES5ccZQ%3D%3D`,
      );
      expect(granted.status).toBe(200);
      expect(json(granted)["state"]).toBe("95/KjaJfMlakjdfTVbES5ccZQ==");
      const secret = encodeURIComponent(String(created.body["clientSecret"]));
      const code = encodeURIComponent(String(json(granted)["code"]));
      const tokens = await ask(
        `${origin}/token?client_id=7Jlexample1rOuTpA%3D%3D&client_secret=${secret}&code=${code}&device_id=test_device&grant_type=authorization_code&model_id=test_model`,
      );
      expect(tokens.status).toBe(200);
      expect(json(tokens)).toMatchObject({ token_type: "Bearer", expires_in: 332_000 });
    });

    it("as a guest, with no account at all", async () => {
      const { dev, origin } = server;
      const granted = await ask(
        `${origin}/authorize?request_vu=Y&client_id=${dev.clientId}&device_id=guest&model_id=${dev.modelId}&response_type=code&state=s`,
      );
      expect(granted.status).toBe(200);
      const tokens = await ask(
        `${origin}/token?grant_type=authorization_code`,
        ...(await credentials("guest")),
        "--data-urlencode",
        `code=${String(json(granted)["code"])}`,
      );
      expect(tokens.status).toBe(200);
    });

    it.each(["--http1.1", "--http2", "--no-alpn"])("over %s", async (version) => {
      const { dev, origin } = server;
      const granted = await ask(
        version,
        ...bearer(dev.accountAccessToken),
        "--get",
        `${origin}/authorize`,
        ...[
          `client_id=${dev.clientId}`,
          "device_id=versions",
          `model_id=${dev.modelId}`,
          "response_type=code",
          "state=s",
        ].flatMap((pair) => ["--data-urlencode", pair]),
      );
      expect(granted).toMatchObject({
        status: 200,
        httpVersion: version === "--http2" ? "2" : "1.1",
      });
      const tokens = await ask(
        version,
        "--user",
        `${dev.clientId}:${dev.clientSecret}`,
        `${origin}/token?grant_type=authorization_code`,
        "--data",
        `device_id=versions&model_id=${dev.modelId}&code=${String(json(granted)["code"])}`,
      );
      expect(tokens.status).toBe(200);
    });
  });

  describe("sends an event", () => {
    /** An event on a fresh downchannel's connection. */
    async function send(...args: readonly string[]): Promise<CurlAnswer> {
      const accessToken = await knownToken(`curl-${++devices}`);
      const process = await start(downchannel(accessToken), post(accessToken, ...args));
      await process.until(({ answers }) => answers()[1] !== undefined, "the answer to the event");
      const answer = process.answers()[1]!;
      expect(answer.connections).toBe(0);
      return answer;
    }
    let devices = 0;

    const boundary = "--abcdefg123456";
    const contentType = [
      "--header",
      `Content-Type: multipart/form-data; boundary=${boundary}`,
    ] as const;
    const audio = Buffer.alloc(16_000, "pcm");
    const recognize = eventJson("SpeechRecognizer.Recognize", {
      lang: "ko",
      profile: "CLOSE_TALK",
      format: "AUDIO_L16_RATE_16000_CHANNELS_1",
    });

    it("with a body made by hand whose boundary begins with dashes", async () => {
      const body = eventBody(boundary, eventJson("TextRecognizer.Recognize", { text: "hello" }));
      const answer = await send(...contentType, "--data-binary", `@${files.write(body)}`);
      expect(answer.status).toBe(200);
      expect(readAsFirmware(answer.headers["content-type"], answer.body).directives).toMatchObject([
        { name: "Clova.RenderText", payload: { text: "hello" } },
      ]);
    });

    it("with an attachment made by --form", async () => {
      const answer = await send(
        "--form",
        text("SpeechRecognizer.Recognize", { lang: "ko" }),
        "--form",
        `audio=@${files.write(audio)};type=application/octet-stream`,
      );
      expect(answer).toMatchObject({ status: 204, body: Buffer.alloc(0) });
    });

    it("with an attachment and no closing delimiter, made by hand", async () => {
      const body = Buffer.concat([
        Buffer.from(metadataPart(boundary, recognize) + audioPartHead(boundary)),
        audio,
      ]);
      const answer = await send(...contentType, "--data-binary", `@${files.write(body)}`);
      expect(answer.status).toBe(204);
    });

    it("with speech that is uploaded as it is recorded, in pieces of 320 bytes", async () => {
      const accessToken = await knownToken("curl-recording");
      const process = await start(
        downchannel(accessToken),
        post(accessToken, ...contentType, "--request", "POST", "--upload-file", "."),
      );
      process.stdin.write(metadataPart(boundary, recognize) + audioPartHead(boundary));
      for (let piece = 0; piece < 20; piece++) process.stdin.write(Buffer.alloc(320, piece));
      process.stdin.end();
      await process.until(({ answers }) => answers()[1] !== undefined, "the answer to the event");
      expect(process.answers()[1]).toMatchObject({ status: 204, connections: 0 });
      await process.until((now) => pushed(now).length === 1, "Clova.Hello");
    });

    it("that nobody knows, and gets 204", async () => {
      const answer = await send("--form", text("Settings.RequestSomethingUnheardOf", { a: 1 }));
      expect(answer.status).toBe(204);
    });

    /** What an error looks like, whatever the status. */
    const expectException = (answer: CurlAnswer, status: number, words: RegExp): void => {
      expect(answer.status).toBe(status);
      const reader = readAsFirmware(answer.headers["content-type"], answer.body);
      expect(reader.closed).toBe(true);
      expect(reader.directives).toMatchObject([
        { name: "System.Exception", payload: { code: status } },
      ]);
      expect(reader.directives[0]?.payload["description"]).toMatch(words);
    };

    it("without a header, and gets 400 that names what is missing", async () => {
      expectException(
        await send("--form", 'metadata={"event":{"payload":{}}};type=application/json'),
        400,
        /event\.header/,
      );
    });

    it("with a payload that the catalogue refuses, and gets 400 that names the member", async () => {
      expectException(
        await send("--form", text("TextRecognizer.Recognize", { text: 7 })),
        400,
        /TextRecognizer\.Recognize: payload\.text/,
      );
    });

    it("with a first part that is not metadata, and gets 400", async () => {
      expectException(await send("--form", "audio=x"), 400, /metadata/);
    });

    it("that is not multipart, and gets 415", async () => {
      expectException(await send("--data-urlencode", "text=hello"), 415, /multipart/);
    });

    it("without a token or with one that nobody knows, and gets 401 with a challenge", async () => {
      const url = `${server.origin}/v1/events`;
      const form = ["--http2", "--form", text("TextRecognizer.Recognize", { text: "x" })];
      for (const answer of [
        await ask(...form, url),
        await ask(...form, ...bearer("nobody-knows-this"), url),
      ]) {
        expectException(answer, 401, /[Aa]ccess token/);
        expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
      }
    });

    it("without a downchannel, or on another connection than the downchannel's, and gets 412", async () => {
      const { accessToken } = await signIn(server, "curl-elsewhere");
      const event = post(accessToken, "--form", text("TextRecognizer.Recognize", { text: "x" }));
      expectException(await ask(...event), 412, /downchannel/);
      const process = await start(downchannel(accessToken));
      await process.until((now) => pushed(now).length === 1, "Clova.Hello");
      expectException(await ask(...event), 412, /another connection/);
    });
  });

  it("gets 404 for an unknown path and 405 with Allow for a wrong method", async () => {
    const unknown = await ask("--http2", `${server.origin}/v1/nothing`);
    expect(unknown.status).toBe(404);
    const wrong = await ask("--http2", "--request", "DELETE", `${server.origin}/v1/events`);
    expect(wrong).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  it.each(["--http1.1", "--no-alpn"])("gets 426 from the gateway over %s", async (version) => {
    const { accessToken } = await signIn(server, "curl-http1");
    for (const path of ["/v1/directives", "/ping"]) {
      const answer = await ask(version, ...bearer(accessToken), `${server.origin}${path}`);
      expect(answer).toMatchObject({ status: 426, httpVersion: "1.1", headers: { upgrade: "h2" } });
      expect(readAsFirmware(answer.headers["content-type"], answer.body).directives).toMatchObject([
        { name: "System.Exception", payload: { code: 426 } },
      ]);
    }
  });

  describe("at the authorization server", () => {
    it("gets 400 that names the parameter that is missing", async () => {
      const answer = await ask(
        ...bearer(server.dev.accountAccessToken),
        `${server.origin}/authorize`,
        "--data-urlencode",
        `client_id=${server.dev.clientId}`,
      );
      expect(answer.status).toBe(400);
      expect(json(answer)).toMatchObject({
        error: "invalid_request",
        error_description: expect.stringContaining("device_id") as string,
      });
    });

    it("gets 403 for an account access token that nobody knows", async () => {
      const answer = await ask(
        ...bearer("Zc3d3QAR6zIxqceOpXoq"),
        `${server.origin}/authorize?client_id=${server.dev.clientId}&device_id=d&model_id=m&response_type=code&state=s`,
      );
      expect(answer.status).toBe(403);
      expect(json(answer)["error"]).toBe("access_denied");
    });

    it("gets 401 for deleting another device's token", async () => {
      const { accessToken } = await signIn(server, "curl-delete");
      const answer = await ask(
        `${server.origin}/token?grant_type=delete`,
        ...(await credentials("another")),
        "--data-urlencode",
        `access_token=${accessToken}`,
      );
      expect(answer.status).toBe(401);
    });

    it("gets 404 for an unknown path, 405 with Allow for a wrong method and 400 for a body of another type", async () => {
      const { origin } = server;
      expect((await ask(`${origin}/nothing`)).status).toBe(404);
      expect(await ask("--request", "PUT", `${origin}/token`)).toMatchObject({
        status: 405,
        headers: { allow: "GET, POST" },
      });
      const wrong = await ask(`${origin}/token`, "--json", "{}");
      expect(wrong.status).toBe(400);
      expect(json(wrong)["error_description"]).toContain("application/x-www-form-urlencoded");
    });
  });
});
