// How a device connects, and what it does when the connection goes: against a gateway that is told to misbehave.
import { constants } from "node:http2";
import { type TransportConnection, createClient as createAnyClient } from "@trefoil/client";
import type { HttpAnswer } from "@trefoil/client/node";
import { FakeClock } from "@trefoil/protocol/clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Device,
  FakeAuthorization,
  eventually,
  json,
  makeDevice,
  signedInDevice,
} from "./device.js";
import { FakeGateway, noContent, refuseStream, refuseWith, stall } from "./fake-gateway.js";

let gateway: FakeGateway;
let device: Device;

beforeEach(async () => {
  gateway = await FakeGateway.start();
  device = await signedInDevice(gateway.origin);
});

afterEach(async () => {
  await device.client.close();
  await gateway.stop();
});

const open = () => device.client.state.phase === "open";
const reopened = (channels: number) => () => open() && gateway.channels.length === channels;

describe("connecting", () => {
  it("opens the downchannel with the token and a User-Agent in the grammar", async () => {
    await device.client.connect();
    expect(device.phases).toEqual(["connecting", "opening", "open"]);
    const [request] = gateway.requests;
    expect(request?.path).toBe("/v1/directives");
    expect(request?.headers.authorization).toBe("Bearer access-1");
    expect(request?.headers["user-agent"]).toMatch(/^Trefoil\/Client\/\d+\.\d+\.\d+ \(.+;.+\)$/);
  });

  it("resolves at once when connected already", async () => {
    await device.client.connect();
    await device.client.connect();
    expect(gateway.count("/v1/directives")).toBe(1);
  });

  it("refuses without having signed in, and makes no connection", async () => {
    const stranger = makeDevice(gateway.origin);
    await expect(stranger.client.connect()).rejects.toMatchObject({ code: "access_denied" });
    expect(gateway.sessions).toHaveLength(0);
  });

  it("rejects with what to mend when nothing listens, and stays closed", async () => {
    await gateway.stop();
    await expect(device.client.connect()).rejects.toMatchObject({
      code: "unavailable",
      message: `Cannot reach ${gateway.origin}: nothing listens there (connection refused).`,
    });
    expect(device.client.state.phase).toBe("closed");
  });

  it("waits for a gateway that is not there yet, when told to", async () => {
    const { port } = gateway;
    await gateway.stop();
    const connected = device.client.connect({ waitOnFirstConnect: true });
    await eventually(() => device.client.state.phase === "waiting");
    gateway = await FakeGateway.start(port);
    await device.wait(1_000, open);
    await connected;
  });

  it("can be given up", async () => {
    gateway.scripts["/v1/directives"] = stall;
    const giveUp = new AbortController();
    const connected = device.client.connect({ signal: giveUp.signal });
    await eventually(() => gateway.count("/v1/directives") === 1);
    giveUp.abort(new Error("enough"));
    await expect(connected).rejects.toThrow("enough");
    expect(device.client.state.phase).toBe("closed");
  });

  it("leaves no timer behind once closed", async () => {
    await device.client.connect();
    await device.client.close();
    await eventually(() => gateway.sockets.size === 0);
    expect(device.clock.pendingTimers).toBe(0);
  });
});

describe("another program as the same device", () => {
  const told = () => device.notices.filter(({ kind }) => kind === "connection-contested").length;

  it("is told of once, when the downchannel is ended again and again shortly after it opened", async () => {
    await device.client.connect();
    for (let ended = 1; ended <= 5; ended++) {
      gateway.channel.stream.end();
      await device.wait(4_500, reopened(ended + 1));
      expect(told()).toBe(ended < 3 ? 0 : 1);
    }
  });

  it("is not suspected where the device itself reconnects", async () => {
    await device.client.connect();
    for (let times = 1; times <= 4; times++) {
      await device.client.close();
      await device.client.connect();
    }
    expect(told()).toBe(0);
  });
});

describe("what comes while a token is being fetched", () => {
  it("GOAWAY: the downchannel is opened on a new connection when the token is there", async () => {
    device.auth.lifetime = 20;
    await device.client.signIn({ kind: "guest" });
    await device.client.connect();
    let answer: (answer: HttpAnswer) => void = () => undefined;
    device.auth.next.push(() => new Promise<HttpAnswer>((resolve) => (answer = resolve)));
    device.clock.advance(20_000);
    await eventually(() => device.auth.count("refresh_token") === 1, "the refresh");
    gateway.channel.stream.end();
    await eventually(() => device.client.state.phase === "opening", "the next downchannel");
    gateway.sessions[0]!.goaway();
    await eventually(
      () => device.client.state.phase === "opening" && device.client.state.line === undefined,
      "GOAWAY",
    );
    const tokens = { access_token: "late", refresh_token: "r", expires_in: 20 };
    answer(json(200, tokens));
    await eventually(reopened(2), "a downchannel");
    expect(gateway.sessions).toHaveLength(2);
    expect(gateway.requests.at(-1)?.headers.authorization).toBe("Bearer late");
  });
});

describe("a transport that does not heed its signal", () => {
  it.each([
    ["never connects", undefined],
    ["connects too late", 60_000],
  ])("and %s is given up in time, and tried again", async (_what, after) => {
    let tries = 0;
    let destroyed = 0;
    const late = { onGoaway() {}, onClose() {}, destroy: () => void destroyed++ };
    const clock = new FakeClock();
    const auth = new FakeAuthorization();
    const client = createAnyClient({
      authUrl: "http://auth.test",
      client: { id: "client", secret: "secret" },
      device: { id: "device", model: "model" },
      http: auth.http,
      clock,
      transport: {
        origin: "https://gateway.test",
        connect: () =>
          new Promise((resolve) => {
            tries++;
            if (after !== undefined) {
              clock.after(after, () => resolve(late as unknown as TransportConnection));
            }
          }),
      },
    });
    await client.signIn({ kind: "guest" });
    const connected = client.connect({ waitOnFirstConnect: true });
    connected.catch(() => undefined);
    await eventually(() => tries === 1, "the first try");
    clock.advance(10_000);
    await eventually(() => client.state.phase === "waiting", "the wait");
    clock.advance(60_000);
    await eventually(() => tries === 2, "the second try");
    if (after !== undefined) await eventually(() => destroyed === 1, "the end of the late one");
    await client.close();
    await expect(connected).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a downchannel that ends", () => {
  it("in good order is reopened at once, on the same connection", async () => {
    await device.client.connect();
    gateway.channel.stream.end();
    await eventually(reopened(2));
    expect(gateway.sessions).toHaveLength(1);
  });

  it("by a reset is reopened at once", async () => {
    await device.client.connect();
    gateway.channel.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await eventually(reopened(2));
    expect(gateway.sessions).toHaveLength(1);
  });

  it("with the connection is reopened at once, on a new one", async () => {
    await device.client.connect();
    gateway.cut();
    await eventually(reopened(2));
    expect(gateway.sessions).toHaveLength(2);
  });

  it("again and again is met with growing waits, never a spin", async () => {
    await device.client.connect();
    gateway.scripts["/v1/directives"] = (request) => gateway.openChannel(request).stream.end();
    gateway.channel.stream.end();
    // One try without a wait, then 250, 500, 1,000, ... ms: in a minute about nine, however quick the gateway is.
    for (let second = 0; second < 60; second++) {
      for (let tick = 0; tick < 4; tick++) {
        device.clock.advance(250);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    expect(gateway.count("/v1/directives")).toBeGreaterThanOrEqual(8);
    expect(gateway.count("/v1/directives")).toBeLessThanOrEqual(11);
  });

  it("after it was good for a while is reopened without a wait again", async () => {
    await device.client.connect();
    gateway.channel.stream.end();
    await eventually(reopened(2));
    device.clock.advance(5_000);
    gateway.channel.stream.end();
    await eventually(reopened(3));
    expect(device.phases).not.toContain("waiting");
  });

  it("for want of HTTP/2 sense is reopened too: garbage instead of multipart", async () => {
    gateway.next("/v1/directives", ({ stream }) => {
      stream.respond({ ":status": 200, "content-type": "multipart/related; boundary=b" });
      stream.write(Buffer.alloc(20_000, "garbage"));
    });
    await device.client.connect();
    await eventually(reopened(1));
  });

  it("is reopened where the gateway names no multipart at all", async () => {
    gateway.next("/v1/directives", ({ stream }) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.write("<html>a captive portal</html>");
    });
    await device.client.connect();
    await eventually(reopened(1));
  });
});

describe("a gateway that cannot be reached for a while", () => {
  it("is tried with full jitter, doubling up to a minute", async () => {
    const { port } = gateway;
    await device.client.connect();
    await gateway.stop();
    const delays: number[] = [];
    device.client.watch((notice) => {
      if (notice.kind === "connection" && notice.state.phase === "waiting") {
        delays.push(notice.state.delay);
      }
    });
    for (let round = 0; round < 11; round++) {
      await eventually(() => delays.length === round + 1);
      device.clock.advance(delays.at(-1)!);
    }
    const bounds = [250, 500, 1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 60e3, 60e3, 60e3];
    expect(delays.slice(0, 11)).toEqual(bounds.map((bound) => bound * 0.999));
    gateway = await FakeGateway.start(port);
    await device.wait(60_000, open);
  });

  it("is tried at once when the network changes", async () => {
    const { port } = gateway;
    await device.client.connect();
    await gateway.stop();
    await eventually(() => device.client.state.phase === "waiting");
    gateway = await FakeGateway.start(port);
    device.client.networkChanged();
    await eventually(open);
  });
});

describe("PING", () => {
  const pings = () => {
    const seen: number[] = [];
    gateway.sessions[0]!.on("ping", () => seen.push(device.clock.now()));
    return seen;
  };

  it("is sent every 60 s", async () => {
    await device.client.connect();
    const seen = pings();
    device.clock.advance(59_999);
    await eventually(() => device.clock.pendingTimers > 0);
    expect(seen).toHaveLength(0);
    device.clock.advance(1);
    await eventually(() => seen.length === 1);
    await device.wait(60_000, () => seen.length === 2);
    expect(gateway.count("/v1/directives")).toBe(1);
  });

  it("without an ACK within 10 s brings a new connection at once", async () => {
    await device.client.connect();
    // The gateway's process hangs: its socket takes bytes, nobody reads them.
    for (const socket of gateway.sockets) socket.pause();
    device.clock.advance(60_000);
    device.clock.advance(9_999);
    expect(open()).toBe(true);
    device.clock.advance(1);
    await eventually(reopened(2));
    expect(gateway.sessions).toHaveLength(2);
    expect(device.phases).not.toContain("waiting");
  });

  it("is asked at once when the network changes", async () => {
    await device.client.connect();
    const seen = pings();
    device.client.networkChanged();
    await eventually(() => seen.length === 1);
  });
});

describe("a downchannel that is refused", () => {
  it("with 401 is asked for once more with a refreshed token", async () => {
    gateway.next("/v1/directives", refuseWith(401));
    await device.client.connect();
    expect(device.auth.count("refresh_token")).toBe(1);
    expect(gateway.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer access-1",
      "Bearer access-2",
    ]);
    expect(device.phases).toEqual(["connecting", "opening", "renewing", "opening", "open"]);
  });

  it("with 401 by a gateway that closes the connection too is asked for on a new one", async () => {
    gateway.scripts["/v1/directives"] = (request) => {
      if (request.headers.authorization !== "Bearer access-1") return gateway.openChannel(request);
      refuseWith(401)(request);
      request.session.close();
    };
    await device.client.connect();
    expect(device.auth.count("refresh_token")).toBe(1);
    expect(gateway.channels).toHaveLength(1);
  });

  it("with 401 also for fresh tokens ends in one clear word: sign in again", async () => {
    gateway.scripts["/v1/directives"] = refuseWith(401);
    const connected = device.client.connect({ waitOnFirstConnect: true });
    connected.catch(() => undefined);
    await device.wait(120_000, () => device.client.state.phase === "stopped");
    await expect(connected).rejects.toMatchObject({ code: "invalid_token" });
    expect(device.client.state).toMatchObject({ phase: "stopped", reason: "sign-in" });
    expect(device.auth.count("refresh_token")).toBe(5);
    expect(device.notices.filter(({ kind }) => kind === "sign-in-needed")).toHaveLength(1);
  });

  it.each(["unauthorized_client", "invalid_grant", "expired_token"])(
    "with 401 and a refresh refused with %s stops, and asks to sign in again",
    async (error) => {
      await device.client.connect();
      gateway.scripts["/v1/directives"] = refuseWith(401);
      device.auth.next.push(() => ({ status: 400, headers: {}, body: JSON.stringify({ error }) }));
      gateway.channel.stream.end();
      await eventually(() => device.client.state.phase === "stopped");
      expect(device.notices.filter(({ kind }) => kind === "sign-in-needed")).toHaveLength(1);
      expect(await device.client.signedIn()).toBe(false);
      await expect(device.client.send("Clova.NoSuchEvent", {})).rejects.toMatchObject({
        message: expect.stringContaining("Sign in again"),
      });
    },
  );

  it("with 401 is asked for again after signing in again", async () => {
    gateway.next("/v1/directives", refuseWith(401));
    device.auth.next.push(() => ({ status: 400, headers: {}, body: '{"error":"invalid_grant"}' }));
    await expect(device.client.connect()).rejects.toMatchObject({ code: "invalid_grant" });
    await device.client.signIn({ kind: "guest" });
    await device.client.connect();
    expect(open()).toBe(true);
  });

  it("with 401 while the authorization server is away is tried again later", async () => {
    await device.client.connect();
    gateway.next("/v1/directives", refuseWith(401), refuseWith(401));
    device.auth.next.push(() => ({ status: 503, headers: {}, body: "" }));
    gateway.channel.stream.end();
    await eventually(() => device.client.state.phase === "waiting");
    await device.wait(1_000, reopened(2));
    expect(device.client.state.phase).toBe("open");
  });

  it("with 403 is not asked for again", async () => {
    gateway.next("/v1/directives", refuseWith(403));
    await expect(device.client.connect({ waitOnFirstConnect: true })).rejects.toMatchObject({
      code: "access_denied",
      message: "The downchannel was answered 403: scripted 403",
    });
    expect(device.client.state).toMatchObject({ phase: "stopped", reason: "forbidden" });
    device.clock.advance(600_000);
    expect(gateway.count("/v1/directives")).toBe(1);
  });

  it.each([
    [429, 1],
    [503, 2],
  ])("with %i waits as long as Retry-After says", async (status, connections) => {
    await device.client.connect();
    gateway.next("/v1/directives", refuseWith(status, { "retry-after": "7" }));
    gateway.channel.stream.end();
    await eventually(() => device.client.state.phase === "waiting");
    device.clock.advance(6_999);
    await eventually(() => gateway.count("/v1/directives") === 2);
    expect(device.client.state.phase).toBe("waiting");
    device.clock.advance(251);
    await eventually(reopened(2));
    expect(gateway.sessions).toHaveLength(connections);
  });

  it("with 429 at first is waited for, where the wait is short", async () => {
    gateway.next("/v1/directives", refuseWith(429, { "retry-after": "1" }));
    const connected = device.client.connect();
    await eventually(() => device.client.state.phase === "waiting");
    device.clock.advance(1_250);
    await connected;
    await device.client.close();
    gateway.next("/v1/directives", refuseWith(503, { "retry-after": "60" }));
    await expect(device.client.connect()).rejects.toMatchObject({ code: "unavailable" });
  });

  it("with 500 is tried again", async () => {
    gateway.next("/v1/directives", refuseWith(500));
    const connected = device.client.connect({ waitOnFirstConnect: true });
    await eventually(() => device.client.state.phase === "waiting");
    device.clock.advance(250);
    await connected;
  });

  it("by no answer at all is given up after 10 s", async () => {
    gateway.next("/v1/directives", stall);
    const connected = device.client.connect();
    connected.catch(() => undefined);
    await eventually(() => gateway.count("/v1/directives") === 1);
    device.clock.advance(10_000);
    await expect(connected).rejects.toMatchObject({
      message: "The downchannel was not answered within 10 s.",
    });
  });

  it("by REFUSED_STREAM is tried again", async () => {
    gateway.next("/v1/directives", refuseStream);
    const connected = device.client.connect({ waitOnFirstConnect: true });
    await eventually(() => device.client.state.phase === "waiting");
    device.clock.advance(250);
    await connected;
  });

  it("with another status than 200 that is no error either is tried again", async () => {
    gateway.next("/v1/directives", ({ stream }) => noContent(stream));
    const connected = device.client.connect({ waitOnFirstConnect: true });
    await eventually(() => device.client.state.phase === "waiting");
    device.clock.advance(250);
    await connected;
  });
});

describe("GOAWAY", () => {
  it("moves to a new connection at once, while the old downchannel still delivers", async () => {
    await device.client.connect();
    const got: string[] = [];
    device.client.on("Test.Directive", ({ payload }) => void got.push(String(payload["text"])));
    const old = gateway.channel;
    gateway.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR);
    old.send("Test.Directive", { text: "on the old one" });
    await eventually(() => gateway.sessions.length === 2 && open());
    gateway.channel.send("Test.Directive", { text: "on the new one" });
    await eventually(() => got.length === 2);
    expect(got).toEqual(["on the old one", "on the new one"]);
    expect(device.phases).not.toContain("waiting");
  });

  it("loses nothing of a downchannel that goes on after the new one is open", async () => {
    gateway.scripts["/v1/directives"] = (request) => {
      // A node that knows nothing of the other one's channel.
      const earlier = gateway.channels.splice(0);
      gateway.openChannel(request);
      gateway.channels.unshift(...earlier);
    };
    await device.client.connect();
    const got: string[] = [];
    device.client.on("Test.Directive", ({ payload }) => void got.push(String(payload["text"])));
    const old = gateway.channel;
    gateway.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR);
    await eventually(reopened(2));
    old.send("Test.Directive", { text: "late" });
    await eventually(() => got.length === 1);
    // And where it never ends, it is ended here.
    device.clock.advance(30_000);
    await eventually(() => old.stream.closed);
    expect(open()).toBe(true);
  });

  it("with an error code loses the connection and is met the same way", async () => {
    await device.client.connect();
    gateway.sessions[0]!.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await eventually(reopened(2));
  });

  it("lets an event that is on its way be answered", async () => {
    await device.client.connect();
    gateway.next("/v1/events", stall);
    const sent = device.client.send("Test.Event", {});
    await eventually(() => gateway.count("/v1/events") === 1);
    gateway.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR);
    await eventually(reopened(2));
    noContent(gateway.requests.find(({ path }) => path === "/v1/events")!.stream);
    expect((await sent).status).toBe(204);
  });
});
