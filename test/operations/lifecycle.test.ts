// The life of a server process, sentence by sentence of docs/operations.md: what it says of itself, and how it ends. A real
// process, over TLS, ended by real signals.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { Agent, request } from "node:https";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Peer, eventBody } from "../harness/peer.js";
import {
  type ServerProcess,
  askAdmin,
  requestJson,
  signIn,
  startServerProcess,
} from "../harness/server-process.js";

const servers: ServerProcess[] = [];
const directories: string[] = [];
const peers: Peer[] = [];

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Starts a server with an operations listener; answers how to ask that. */
async function start(options: { env?: Record<string, string>; dataDir?: string } = {}) {
  const server = await startServerProcess({
    ...options,
    env: { TREFOIL_OPERATIONS_PORT: "0", ...options.env },
  });
  servers.push(server);
  const line = server
    .log()
    .split("\n")
    .find((text) => text.includes("The operations listener listens."));
  const { port } = JSON.parse(line ?? "{}") as { port: number };
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return { server, ask };
}

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "trefoil-operations-"));
  directories.push(directory);
  return directory;
}

/** A device that has signed in and holds its downchannel. */
async function connectDevice(server: ServerProcess, deviceId: string) {
  const tokens = await signIn(server, deviceId);
  const peer = await reconnect(server, tokens.accessToken);
  const channel = await peer.downchannel();
  await channel.until(({ directives }) => directives.length === 1, "Clova.Hello");
  return { peer, channel, tokens };
}

async function reconnect(server: ServerProcess, accessToken: string): Promise<Peer> {
  const session = connectHttp2(server.origin, { ca: readFileSync(server.dev.caFile) });
  session.on("error", () => undefined);
  await once(session, "connect");
  const peer = new Peer(session, accessToken);
  peers.push(peer);
  return peer;
}

/** A device in the middle of sending an event: the handler waits for the rest of the body. */
async function openEvent(peer: Peer) {
  const response = peer.request(
    "POST",
    "/v1/events",
    { "content-type": "multipart/form-data; boundary=b" },
    { body: true },
  );
  const [first, rest] = eventBody("TextRecognizer.Recognize", { text: "hello" }).split('"payload"');
  response.stream.write(first);
  // A PING behind it: the server has the beginning of the event when its ACK is here.
  await new Promise<void>((resolve, reject) => {
    peer.session.ping((error) => (error === null ? resolve() : reject(error)));
  });
  return { response, finish: () => response.stream.end(`"payload"${rest}`) };
}

const directive = { name: "Clova.RenderText", payload: { type: "RenderText", text: "kept" } };

describe("the operations listener", () => {
  it("says that the process lives and is ready, and what it has counted, without a word of who", async () => {
    const { server, ask } = await start();
    const { peer, tokens } = await connectDevice(server, "aa:bb:cc");
    expect((await peer.event("TextRecognizer.Recognize", { text: "hello" })).status).toBe(200);
    expect((await peer.event("Someones.Own", { text: "hello" })).status).toBe(204);
    await askAdmin(server, "/devices/aa:bb:cc/directives", directive);
    expect(await ask("/livez")).toEqual({ status: 200, body: "alive\n" });
    expect(await ask("/readyz")).toEqual({ status: 200, body: "ready\n" });
    const { body } = await ask("/metrics");
    for (const line of [
      "trefoil_downchannels 1",
      'trefoil_events_total{name="TextRecognizer.Recognize",status="200"} 1',
      'trefoil_events_total{name="other",status="204"} 1',
      'trefoil_event_validations_total{result="unknown"} 1',
      'trefoil_requests_total{route="downchannel",status="200"} 1',
      'trefoil_directives_sent_total{outcome="queued"} 1',
      'trefoil_auth_events_total{event="token.issue",outcome="ok"} 1',
      'trefoil_web_requests_total{area="/token",status="200"} 1',
      'trefoil_limits_met_total{limit="connections"} 0',
    ]) {
      expect(body.split("\n")).toContain(line);
    }
    expect(body).toMatch(/^trefoil_token_checks_total\{result="cached"\} [1-9]/m);
    expect(body).toMatch(/^process_resident_memory_bytes \d/m);
    for (const secret of [
      "aa:bb:cc",
      "Someones",
      server.dev.account.email,
      server.dev.adminToken,
      server.dev.clientId,
      tokens.accessToken,
    ]) {
      expect(body).not.toContain(secret);
    }
  });

  it("is not there unless it is asked for", async () => {
    const server = await startServerProcess();
    servers.push(server);
    expect(server.log()).not.toContain("operations");
    expect((await requestJson(server, "/metrics")).status).toBe(404);
    expect((await requestJson(server, "/readyz")).status).toBe(404);
  });

  it("that cannot have its port keeps the server from starting, in words", async () => {
    const { server } = await start();
    await expect(
      startServerProcess({ env: { TREFOIL_OPERATIONS_PORT: String(server.port) } }),
    ).rejects.toThrow(
      /ended with 1: .*operations\.port: 127\.0\.0\.1:\d+ cannot be listened on: another program has it/s,
    );
  });
});

describe("SIGTERM", () => {
  it("ends a developer server with a connected device with exit code 0 within 5 s, its downchannel in good order", async () => {
    const { server } = await start();
    const { channel } = await connectDevice(server, "d");
    const before = performance.now();
    server.signal("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    await channel.whenEnded();
    expect(channel).toMatchObject({ ended: true, resetCode: 0 });
  });

  it("fails readiness first, takes no new connections, and lets an open event finish", async () => {
    const { server, ask } = await start({ env: { TREFOIL_GATEWAY_DRAIN_SECONDS: "10" } });
    const { peer, channel } = await connectDevice(server, "d");
    const { response, finish } = await openEvent(peer);
    server.signal("SIGTERM");
    await channel.whenEnded();
    expect(await ask("/readyz")).toEqual({ status: 503, body: "unready: draining\n" });
    expect((await ask("/livez")).status).toBe(200);
    expect((await ask("/metrics")).body).toMatch(/^trefoil_connections 1$/m);
    const late = connectTcp(server.port, "127.0.0.1");
    const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
    expect(response.ended).toBe(false);
    finish();
    await response.whenEnded();
    expect(response.status).toBe(200);
    expect(response.directives).not.toHaveLength(0);
    expect(await server.ended).toBe(0);
  });

  it("does not wait longer than the drain time for an event that never ends", async () => {
    const { server } = await start({ env: { TREFOIL_GATEWAY_DRAIN_SECONDS: "1" } });
    const { peer } = await connectDevice(server, "d");
    await openEvent(peer);
    const before = performance.now();
    server.signal("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(server.log()).toContain("The drain time is over");
  });

  it("lets a request over HTTP/1.1 be answered, and ends what is kept alive", async () => {
    const { server } = await start();
    const agent = new Agent({ keepAlive: true, ca: readFileSync(server.dev.caFile) });
    const send = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      request(`${server.origin}${path}`, { agent, headers, method });
    const idle = send("/openapi/admin.json");
    idle.end();
    const [first] = (await once(idle, "response")) as [IncomingMessage];
    await first.resume().toArray();
    const slow = send(
      "/admin/v1/clients",
      {
        authorization: `Bearer ${server.dev.adminToken}`,
        "content-type": "application/json",
        "content-length": "14",
      },
      "POST",
    );
    slow.write('{"name"');
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.signal("SIGTERM");
    await expect.poll(() => server.log()).toContain("Trefoil ends.");
    slow.end(': "x" }');
    const [answer] = (await once(slow, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(201);
    await answer.resume().toArray();
    expect(await server.ended).toBe(0);
    agent.destroy();
  });

  it("tells those who watch presence that it ends", async () => {
    const { server } = await start();
    const watching = request(`${server.origin}/admin/v1/presence/events`, {
      ca: readFileSync(server.dev.caFile),
      headers: { authorization: `Bearer ${server.dev.adminToken}` },
      agent: false,
    });
    watching.end();
    const [stream] = (await once(watching, "response")) as [IncomingMessage];
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const { peer } = await connectDevice(server, "d");
    await expect.poll(() => text).toContain('"online":true');
    await peer.close();
    await expect.poll(() => text).toContain('"online":false');
    server.signal("SIGTERM");
    await once(stream, "end");
    expect(text).toMatch(/event: end\ndata: \{"reason":"draining"\}\n\n$/);
    expect(await server.ended).toBe(0);
  });
});

describe("what is kept over the end of a process", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)(
    "by %s: directives that were accepted, delivered on the next downchannel, and when the device was last there",
    async (signal) => {
      const dataDir = dataDirectory();
      const { server } = await start({ dataDir });
      const { peer, tokens } = await connectDevice(server, "d");
      await peer.close();
      const { body } = await askAdmin(server, "/devices/d/directives", directive);
      expect(body["outcome"]).toBe("queued");
      const { body: before } = await askAdmin(server, "/devices/d");
      server.signal(signal);
      expect(await server.ended).toBe(signal === "SIGTERM" ? 0 : null);

      const { server: again } = await start({ dataDir });
      const { body: after } = await askAdmin(again, "/devices/d");
      expect(after["online"]).toBe(false);
      // After a crash it may be behind by what was not written down yet; it is never ahead.
      if (signal === "SIGTERM") expect(after["lastSeenAt"]).toBe(before["lastSeenAt"]);
      else expect(String(after["lastSeenAt"]) <= String(before["lastSeenAt"])).toBe(true);
      const channel = await (await reconnect(again, tokens.accessToken)).downchannel();
      await channel.until(({ directives }) => directives.length === 2, "the directive");
      expect(channel.directives[1]?.header["messageId"]).toBe(body["messageId"]);
    },
  );
});
