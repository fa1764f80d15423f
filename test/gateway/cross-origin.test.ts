// Pages of other origins at the gateway, as `gateway.allowedOrigins` says: docs/client.md.

import { afterEach, describe, expect, it } from "vitest";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, type PeerResponse, connectPeer, eventBody } from "../harness/peer.js";

const app = "https://app.example.org";
const servers: TestGateway[] = [];
const peers: Peer[] = [];

async function open(allowedOrigins: readonly string[]): Promise<Peer> {
  const server = await startGateway({
    config: { allowedOrigins },
    handlers: {
      "Test.Ask": function* ask(request) {
        yield { kind: "directive", directive: request.answer("Test.Told", {}) };
      },
    },
  });
  servers.push(server);
  const peer = await connectPeer(server.origin, server.tokens.issue("kitchen"));
  peers.push(peer);
  return peer;
}

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** What is on the wire, but for what differs from one answer to the next: boundary, ids and date. */
function wire({ status, headers, body }: PeerResponse): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return [status, ...lines, body]
    .join("\n")
    .replaceAll(/[0-9a-f]{60}/g, "BOUNDARY")
    .replaceAll(/"messageId":"[^"]*"/g, "ID")
    .replaceAll(/^date: .*$/gm, "DATE");
}

/** Every kind of answer that the gateway has, to a peer that sends these headers along. */
async function everyAnswer(peer: Peer, headers: Record<string, string>): Promise<string[]> {
  const early = await peer.post(eventBody("Test.Ask"), headers).whenEnded();
  const channel = peer.request("GET", "/v1/directives", headers);
  await channel.until(({ directives }) => directives.length === 1);
  const told = await peer.post(eventBody("Test.Ask"), headers).whenEnded();
  const silent = await peer.post(eventBody("Test.Nobody"), headers).whenEnded();
  const nothing = ["GET /ping", "OPTIONS /ping", "PUT /v1/events", "GET /v1/nothing"];
  const others: PeerResponse[] = [];
  for (const request of nothing) {
    const [method = "", path = ""] = request.split(" ");
    others.push(await peer.request(method, path, headers).whenEnded());
  }
  others.push(
    await peer.request("GET", "/ping", { ...headers, authorization: "Bearer x" }).whenEnded(),
  );
  return [early, channel, told, silent, ...others].map(wire);
}

describe("whoever is no page of another origin that is let in", () => {
  it.each([
    ["no origin", {}],
    ["an origin that is not in the list", { origin: "https://other.example.org" }],
    ["a preflight of such an origin", { origin: "null", "access-control-request-method": "GET" }],
  ])("with %s gets the same bytes as from a server that lets nobody in", async (_what, headers) => {
    const closed = await everyAnswer(await open([]), {});
    expect(await everyAnswer(await open([app]), headers)).toEqual(closed);
    expect(closed.join("\n")).not.toMatch(/access-control|vary/i);
  });
});

describe("a page of an origin that is let in", () => {
  it("is told so with every answer, whatever its status", async () => {
    const answers = await everyAnswer(await open([app]), { origin: app });
    for (const answer of answers) {
      expect(answer).toContain(`access-control-allow-origin: ${app}\n`);
      expect(answer).toContain("vary: Origin\n");
      expect(answer).toContain("access-control-expose-headers: retry-after, www-authenticate\n");
    }
  });

  it.each([
    ["/v1/directives", "GET"],
    ["/v1/events", "POST"],
    ["/ping?x=y", "GET"],
  ])("may ask %s by %s: its preflight needs no token", async (path, method) => {
    const peer = await open([app]);
    const answer = await peer
      .request("OPTIONS", path, {
        authorization: "",
        origin: app,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,x-clova-device-tags",
      })
      .whenEnded();
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": app,
      "access-control-allow-methods": method,
      "access-control-allow-headers": expect.stringMatching(
        /authorization.*content-type.*x-clova-device-tags/,
      ) as string,
    });
  });

  it("is refused a preflight of a path that is nothing, in words that it can read", async () => {
    const peer = await open(["*"]);
    const answer = await peer
      .request("OPTIONS", "/v1/nothing", { origin: app, "access-control-request-method": "GET" })
      .whenEnded();
    expect(answer.status).toBe(404);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers["vary"]).toBeUndefined();
  });
});
