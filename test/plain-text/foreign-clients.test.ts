// The listener without TLS as curl and nghttp see it, and through a terminator that has the certificate: a real server in a
// process of its own.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, type Socket, connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../packages/server/src/config/index.js";
import { issueAuthority } from "../../packages/server/src/dev/issue-certificate.js";
import { startServer } from "../../packages/server/src/server.js";
import { type RunningCurl, curl, startCurl } from "../foreign-clients/curl.js";
import {
  type RunningNghttp,
  directivesOf,
  startNghttp,
  statusesOf,
} from "../foreign-clients/nghttp.js";
import { BodyFiles, eventBody, eventJson } from "../foreign-clients/request-bodies.js";
import { installationPatience, foreignCommand } from "../harness/foreign-commands.js";
import { Peer } from "../harness/peer.js";
import {
  type ServerProcess,
  askAdmin,
  signIn,
  startServerProcess,
} from "../harness/server-process.js";

let server: ServerProcess;
let plain: string;
let port: number;
let files: BodyFiles;
const curls: RunningCurl[] = [];
const nghttps: RunningNghttp[] = [];

beforeAll(async () => {
  await foreignCommand("nghttp");
  files = new BodyFiles();
  server = await startServerProcess({
    env: {
      TREFOIL_PLAIN_TEXT_PORT: "0",
      TREFOIL_GATEWAY_CONNECTION_AFFINITY: "same-device",
      TREFOIL_LISTEN_TRUSTED_PROXIES: "127.0.0.1",
    },
  });
  const line = server
    .log()
    .split("\n")
    .find((text) => text.includes("The listener without TLS listens."));
  ({ port } = JSON.parse(line ?? "{}") as { port: number });
  plain = `http://127.0.0.1:${port}`;
  await curl(server.dev.caFile, `${plain}/.well-known/nothing`);
}, installationPatience);

afterEach(async () => {
  await Promise.all(curls.splice(0).map((process) => process.remove()));
  await Promise.all(nghttps.splice(0).map((process) => process.kill()));
});

afterAll(async () => {
  await server?.stop();
  files?.remove();
});

const ask = (...args: readonly string[]) => curl(server.dev.caFile, ...args);

async function startDownchannel(token: string): Promise<RunningNghttp> {
  const process = await startNghttp(
    "-H",
    `authorization: Bearer ${token}`,
    `${plain}/v1/directives`,
  );
  nghttps.push(process);
  await process.until(/"name":"Hello"/);
  return process;
}

function pushText(deviceId: string, text: string) {
  return askAdmin(server, `/devices/${deviceId}/directives`, {
    name: "Clova.RenderText",
    payload: { type: "RenderText", text },
  });
}

describe("without TLS, curl", () => {
  it("speaks HTTP/2 by prior knowledge: downchannel, event and push on one connection", async () => {
    const { accessToken } = await signIn(server, "plain-curl");
    const http2 = ["--http2-prior-knowledge", "--header", `authorization: Bearer ${accessToken}`];
    const body = files.write(
      eventBody(
        "b",
        eventJson("TextRecognizer.Recognize", { text: "hello" }, { dialogRequestId: "d" }),
      ),
    );
    const held = await startCurl(server.dev.caFile, [...http2, `${plain}/v1/directives`]);
    curls.push(held);
    await held.until(() => held.body(0).includes('"name":"Hello"'), "Clova.Hello");
    const answer = await ask(
      ...http2,
      "--header",
      "content-type: multipart/form-data; boundary=b",
      "--data-binary",
      `@${body}`,
      `${plain}/v1/events`,
    );
    expect(answer).toMatchObject({ status: 200, httpVersion: "2" });
    expect(answer.body.toString()).toContain('"payload":{"text":"hello"}');
    expect((await pushText("plain-curl", "over plain text")).status).toBe(202);
    await held.until(() => held.body(0).includes("over plain text"), "the push");
  });

  it("speaks HTTP/1.1 to the authorization server and the pages, whose addresses stay https", async () => {
    const metadata = await ask(`${plain}/.well-known/oauth-authorization-server`);
    expect(metadata).toMatchObject({ status: 200, httpVersion: "1.1" });
    const addresses = Object.entries(
      JSON.parse(metadata.body.toString()) as Record<string, unknown>,
    ).filter(([name]) => name === "issuer" || /_(endpoint|uri)$/.test(name));
    expect(addresses.length).toBeGreaterThan(3);
    for (const [, address] of addresses) {
      expect(String(address).startsWith(server.origin)).toBe(true);
      expect(String(address)).toMatch(/^https:/);
    }

    const page = await ask(`${plain}/account`);
    expect(page).toMatchObject({ status: 303, httpVersion: "1.1" });
    expect(page.headers["location"]).toMatch(/^\/sign-in\?/);
    const form = await ask(`${plain}/sign-in`);
    expect(form.status).toBe(200);
    expect(form.headers["set-cookie"]).toMatch(/^__Host-.*; Secure/);
    expect(form.body.toString()).not.toContain("http://");
  });

  it("speaks HTTP/1.1 with a body that comes later than its headers", async () => {
    const { dev } = server;
    const form = [
      "--header",
      "expect: 100-continue",
      "--data-urlencode",
      `client_id=${dev.clientId}`,
      `${plain}/token?grant_type=refresh_token`,
    ];
    const process = await startCurl(dev.caFile, form);
    curls.push(process);
    await process.until(({ answers }) => answers()[0] !== undefined, "an answer");
    expect(process.answers()[0]).toMatchObject({ status: 400, httpVersion: "1.1" });
    expect(await process.ended).toBe(0);
  });

  it("is told over HTTP/1.1 that the gateway wants HTTP/2, and how", async () => {
    const answer = await ask(`${plain}/v1/directives`);
    expect(answer.status).toBe(426);
    expect(answer.headers["upgrade"]).toBe("h2c");
    expect(answer.body.toString()).toContain("prior knowledge");
  });

  it("cannot upgrade: an offer of h2c is not looked at", async () => {
    const answer = await ask("--http2", `${plain}/.well-known/oauth-authorization-server`);
    expect(answer).toMatchObject({ status: 200, httpVersion: "1.1" });
  });

  it("has its address taken from the proxy that the settings name", async () => {
    const { accessToken } = await signIn(server, "plain-forwarded");
    const held = await startCurl(server.dev.caFile, [
      "--http2-prior-knowledge",
      "--header",
      `authorization: Bearer ${accessToken}`,
      "--header",
      "x-forwarded-for: 203.0.113.99, 192.0.2.44",
      "--header",
      "forwarded: for=203.0.113.98",
      `${plain}/v1/directives`,
    ]);
    curls.push(held);
    await held.until(() => held.body(0).includes('"name":"Hello"'), "Clova.Hello");
    const { body } = await askAdmin(server, "/devices/plain-forwarded");
    expect(body["presence"]).toMatchObject({ remoteAddress: "192.0.2.44" });
  });
});

describe("without TLS, nghttp", () => {
  it("holds a downchannel, is pushed to, and what it acknowledged does not come again", async () => {
    const { accessToken } = await signIn(server, "plain-nghttp");
    const first = await startDownchannel(accessToken);
    await pushText("plain-nghttp", "once");
    await first.until(/once[^]*recv PING frame[^]*send PING frame <length=8, flags=0x01/);
    // The server may still be forgetting it; and it takes two downchannels within a second, not three.
    await expect
      .poll(
        async () => {
          const again = await startDownchannel(accessToken);
          const texts = directivesOf(again.said()).map(({ payload }) => payload);
          await again.kill();
          return texts;
        },
        { interval: 1_100, timeout: 10_000 },
      )
      .toEqual([{}]);
  });

  it("has several requests on one connection", async () => {
    const { accessToken } = await signIn(server, "plain-multiplexed");
    const process = await startNghttp(
      "-H",
      `authorization: Bearer ${accessToken}`,
      `${plain}/ping`,
      `${plain}/.well-known/oauth-authorization-server`,
      `${plain}/v1/nothing`,
    );
    nghttps.push(process);
    expect(await process.ended).toBe(0);
    const statuses = statusesOf(process.said()).map(([, status]) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 204, 404]);
  });
});

describe("behind a TLS terminator", () => {
  let terminator: Server;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    const { certificate, key } = await issueAuthority("terminator", Date.now());
    terminator = createTlsServer(
      { cert: certificate, key, ALPNProtocols: ["h2", "http/1.1"] },
      (outside) => {
        const inside = connectTcp(port, "127.0.0.1");
        for (const socket of [outside, inside]) {
          sockets.add(socket);
          socket.on("error", () => undefined);
          socket.once("close", () => {
            outside.destroy();
            inside.destroy();
          });
        }
        outside.pipe(inside).pipe(outside);
      },
    );
    terminator.listen(0, "127.0.0.1");
    await once(terminator, "listening");
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    terminator.close();
    await once(terminator, "close");
  });

  const origin = (): string => `https://localhost:${(terminator.address() as AddressInfo).port}`;

  it("a device has its downchannel, events, pushes and PINGs as if there were none", async () => {
    const { accessToken } = await signIn(server, "terminated");
    const session = connectHttp2(origin(), { rejectUnauthorized: false });
    session.on("error", () => undefined);
    await once(session, "connect");
    const peer = new Peer(session, accessToken);
    const channel = await peer.downchannel();
    expect(channel.status).toBe(200);
    const answer = await peer.event(
      "TextRecognizer.Recognize",
      { text: "hi" },
      { dialogRequestId: "d" },
    );
    expect(answer.directives.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ text: "hi" }),
    );
    const pinged = new Promise((resolve) => session.once("ping", resolve));
    await pushText("terminated", "through TLS");
    await channel.until(({ body }) => body.includes("through TLS"));
    await pinged;
    await peer.close();
  });

  it("a browser that speaks HTTP/1.1 gets the pages", async () => {
    const answer = await ask("--insecure", "--http1.1", `${origin()}/sign-in`);
    expect(answer).toMatchObject({ status: 200, httpVersion: "1.1" });
  });
});

it("the server's certificate is not needed where all of TLS is the terminator's", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "trefoil-plain-text-"));
  const { config } = loadConfig({
    form: "production",
    cwd: dataDir,
    env: {
      TREFOIL_PUBLIC_URL: "https://clova.example.org",
      TREFOIL_ADMIN_ENABLED: "false",
      TREFOIL_DATA_DIR: ".",
      TREFOIL_PLAIN_TEXT_PORT: "0",
    },
  });
  const alone = await startServer({ config });
  try {
    expect(alone.port).toBe(alone.plainTextPort);
    const address = `http://127.0.0.1:${alone.port}/.well-known/oauth-authorization-server`;
    const metadata = (await (await fetch(address)).json()) as { issuer: string };
    expect(metadata.issuer).toMatch(/^https:\/\/clova\.example\.org/);
  } finally {
    await alone.stop();
    rmSync(dataDir, { recursive: true });
  }
});

it("a server on an address that is not loopback does not start, and says why", async () => {
  const start = startServerProcess({
    env: { TREFOIL_PLAIN_TEXT_PORT: "0", TREFOIL_PLAIN_TEXT_HOST: "0.0.0.0" },
  });
  await expect(start).rejects.toThrow(
    /ended with 1: .*plainText\.host: not a loopback address: .*plainText\.trustedNetwork/,
  );
});
