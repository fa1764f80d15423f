// A device's life with its account: signing in with every outcome, staying signed in, signing out.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileTokenStore } from "@trefoil/client/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Device, breathe, eventually, json, makeDevice, signedInDevice } from "./device.js";
import { FakeGateway, refuseWith } from "./fake-gateway.js";

let gateway: FakeGateway;
let devices: Device[];

beforeEach(async () => {
  gateway = await FakeGateway.start();
  devices = [];
});

afterEach(async () => {
  for (const { client } of devices) await client.close();
  await gateway.stop();
});

const stranger = (options: Parameters<typeof makeDevice>[1] = {}) => {
  const device = makeDevice(gateway.origin, options);
  devices.push(device);
  return device;
};
const signedIn = async (options: Parameters<typeof makeDevice>[1] = {}) => {
  const device = await signedInDevice(gateway.origin, options);
  devices.push(device);
  return device;
};

describe("signing in", () => {
  it("exchanges the code and keeps the tokens", async () => {
    const { client, auth } = stranger();
    expect(await client.signedIn()).toBe(false);
    expect(await client.signIn({ kind: "account-token", token: "account" })).toEqual({
      kind: "signed-in",
    });
    expect(await client.signedIn()).toBe(true);
    expect(auth.requests.map(({ path }) => path)).toEqual(["/authorize", "/token"]);
    await client.connect();
  });

  it("hands the page with the terms over, and goes on once they are agreed to", async () => {
    const { client, auth } = stranger();
    auth.next.push(({ form }) =>
      json(451, { code: "pending", redirect_uri: "https://terms.test", state: form.get("state") }),
    );
    const outcome = await client.signIn({ kind: "account-token", token: "account" });
    expect(outcome).toEqual({ kind: "terms", code: "pending", page: "https://terms.test" });
    expect(await client.signedIn()).toBe(false);
    auth.next.push(() => json(400, { error: "invalid_grant", error_description: "not agreed" }));
    await expect(client.finishSignIn("pending")).rejects.toMatchObject({ code: "invalid_grant" });
    await client.finishSignIn("pending");
    expect(await client.signedIn()).toBe(true);
  });

  it("lasts over a new start where the tokens are kept in a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "trefoil-session-"));
    try {
      const tokenStore = new FileTokenStore(join(directory, "tokens.json"));
      const first = await signedIn({ tokenStore });
      await first.client.connect();
      await first.client.close();
      const second = stranger({ tokenStore: new FileTokenStore(join(directory, "tokens.json")) });
      await second.client.connect();
      expect(second.auth.requests).toHaveLength(0);
      expect(gateway.requests.at(-1)?.headers.authorization).toBe("Bearer access-1");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("staying signed in", () => {
  it("refreshes before the token ends, without touching the connection", async () => {
    const device = stranger();
    device.auth.lifetime = 1_000;
    await device.client.signIn({ kind: "guest" });
    await device.client.connect();
    await device.wait(800_000, () => device.auth.count("refresh_token") === 1);
    await device.client.send("Test.Event", {});
    expect(gateway.requests.at(-1)?.headers.authorization).toBe("Bearer access-2");
    expect(device.notices.some(({ kind }) => kind === "tokens-refreshed")).toBe(true);
  });

  it("recovers by itself after being off for longer than the token lives", async () => {
    const device = await signedIn();
    device.clock.advance(400_000_000);
    await device.client.connect();
    expect(gateway.requests[0]?.headers.authorization).toBe("Bearer access-2");
    expect(gateway.count("/v1/directives")).toBe(1);
  });

  it("stops, and says so once, when the owner has removed the device", async () => {
    const device = await signedIn();
    await device.client.connect();
    const waiting = device.client.send("Test.Event", {});
    await waiting;
    device.auth.next.push(() => json(400, { error: "unauthorized_client" }));
    gateway.scripts["/v1/directives"] = refuseWith(401);
    gateway.channel.stream.end();
    await eventually(() => device.client.state.phase === "stopped");
    expect(device.notices.filter(({ kind }) => kind === "sign-in-needed")).toHaveLength(1);
    device.clock.advance(3_600_000);
    await breathe();
    expect(device.auth.count("refresh_token")).toBe(1);
    await eventually(() => gateway.sockets.size === 0, "the connection to be closed");
  });

  it("says so also where the refresh ahead of the end is refused", async () => {
    const device = await signedIn();
    await device.client.connect();
    device.auth.next.push(() => json(400, { error: "invalid_grant" }));
    await device.wait(332_000_000, () => device.client.state.phase === "stopped");
    expect(device.client.state).toMatchObject({ reason: "sign-in" });
    expect(device.notices.filter(({ kind }) => kind === "sign-in-needed")).toHaveLength(1);
  });
});

describe("signing out", () => {
  it("closes the connection, has the token revoked and forgets it", async () => {
    const device = await signedIn();
    await device.client.connect();
    await device.client.signOut();
    expect(device.client.state.phase).toBe("closed");
    expect(device.auth.requests.at(-1)).toMatchObject({ grantType: "delete" });
    expect(device.auth.requests.at(-1)?.form.get("access_token")).toBe("access-1");
    expect(await device.client.signedIn()).toBe(false);
    await expect(device.client.connect()).rejects.toMatchObject({ code: "access_denied" });
  });

  it("is done as well where the token is dead already", async () => {
    const device = await signedIn();
    device.auth.next.push(() => json(400, { error: "invalid_grant" }));
    await device.client.signOut();
    expect(await device.client.signedIn()).toBe(false);
  });

  it("can be tried again where the server is away", async () => {
    const device = await signedIn();
    device.auth.next.push(() => json(503, {}));
    await expect(device.client.signOut()).rejects.toMatchObject({ code: "unavailable" });
    expect(await device.client.signedIn()).toBe(true);
    await device.client.signOut();
    expect(await device.client.signedIn()).toBe(false);
  });
});

describe("a User-Agent", () => {
  it("that could not stand in a header is refused when the client is made", () => {
    expect(() => makeDevice(gateway.origin, { userAgent: "a\r\nb: c" })).toThrow(/User-Agent/);
  });
});
