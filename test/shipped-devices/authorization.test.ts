// What devices that shipped do at the authorization server, over TLS against the whole server, byte by byte.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, get, postForm } from "./http1.js";
import { type Trefoil, askForTokens, codeFor, signIn, startTrefoil } from "./trefoil.js";
import { connectOverTls } from "./tls-peer.js";

let trefoil: Trefoil;
/** Milliseconds within which what an owner did must have arrived, on a machine with much else to do; a second elsewhere. */
const atOnce = 5_000;

beforeAll(async () => {
  trefoil = await startTrefoil();
});

afterAll(() => trefoil.stop());

/** The four members that the firmware parses, to the letter. */
const pairJson =
  /^\{"access_token":"[\w-]{22,512}","expires_in":332000,"refresh_token":"[\w-]{22,512}","token_type":"Bearer"\}$/;

describe("the firmware", () => {
  it("has grant_type in the query and the rest in the body, over HTTP/1.1 without ALPN, for all three grants", async () => {
    const device = { device_id: "8c:85:90:aa:bb:01" };
    const first = await askForTokens(trefoil, "authorization_code", {
      ...device,
      code: await codeFor(trefoil, device.device_id),
    });
    expect(first.status).toBe(200);
    expect(first.header("content-type")).toBe("application/json");
    expect(first.body).toMatch(pairJson);

    const second = await askForTokens(trefoil, "refresh_token", {
      ...device,
      refresh_token: String(first.json()["refresh_token"]),
    });
    expect(second.status).toBe(200);
    expect(second.body).toMatch(pairJson);
    expect(second.json()["access_token"]).not.toBe(first.json()["access_token"]);

    const deleted = await askForTokens(trefoil, "delete", {
      ...device,
      access_token: String(second.json()["access_token"]),
    });
    expect(deleted.status).toBe(200);
    expect(deleted.json()).toEqual({
      access_token: second.json()["access_token"],
      client_id: trefoil.dev.clientId,
      expires_in: expect.any(Number) as number,
    });
  });

  it("may leave device_id out when it refreshes", async () => {
    const { refresh_token } = await signIn(trefoil, "no-device-id");
    expect((await askForTokens(trefoil, "refresh_token", { refresh_token })).status).toBe(200);
  });

  it("sends X-DEVICE-NAME and X-DEVICE-RUID, which change nothing and are kept for the owner to see", async () => {
    const code = await codeFor(trefoil, "named");
    const body = new URLSearchParams({
      client_id: trefoil.dev.clientId,
      client_secret: trefoil.dev.clientSecret,
      model_id: trefoil.dev.modelId,
      device_id: "named",
      code,
    }).toString();
    // The header is UTF-8, as the firmware sends it.
    const answer = await exchange(
      trefoil.port,
      Buffer.from(
        `POST /token?grant_type=authorization_code HTTP/1.1\r\nHost: auth.clova.ai\r\nX-DEVICE-NAME: 거실 스피커\r\nX-DEVICE-RUID: 0123456789ABCDEF\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      ),
    );
    expect(answer.status).toBe(200);
    const device = await get(trefoil.port, "/admin/v1/devices/named", {
      authorization: `Bearer ${trefoil.dev.adminToken}`,
    });
    expect(device.json()).toMatchObject({ deviceId: "named", reportedName: "거실 스피커" });
  });

  it.each([
    ["empty", "\r\nX-DEVICE-RUID:"],
    ["not UTF-8", "\u00ff\u00fe"],
    ["given twice", "a\r\nX-DEVICE-NAME: b"],
    ["enormous", "n".repeat(8_000)],
  ])("gets its tokens also where X-DEVICE-NAME is %s", async (how, name) => {
    const body = new URLSearchParams({
      client_id: trefoil.dev.clientId,
      client_secret: trefoil.dev.clientSecret,
      model_id: trefoil.dev.modelId,
      device_id: how,
      code: await codeFor(trefoil, how),
    }).toString();
    const answer = await exchange(
      trefoil.port,
      Buffer.from(
        `POST /token?grant_type=authorization_code HTTP/1.1\r\nHost: h\r\nX-DEVICE-NAME: ${name}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        "latin1",
      ),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(pairJson);
  });

  it("is sent back to its set-up mode by unauthorized_client alone, when its owner removed it", async () => {
    const { access_token, refresh_token } = await signIn(trefoil, "removed");
    const peer = await connectOverTls(trefoil, access_token);
    const channel = await peer.downchannel();
    await trefoil.operate(async ({ devices }) => {
      const [device] = await devices.list({ deviceId: "removed" });
      await devices.remove(device!.deviceKey);
    });
    const before = performance.now();
    await channel.until(({ closed }) => closed, "the end of the downchannel");
    expect(performance.now() - before).toBeLessThan(atOnce);
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(401);
    await peer.close();
    const answer = await askForTokens(trefoil, "refresh_token", {
      device_id: "removed",
      refresh_token,
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(/^\{"error":"unauthorized_client","error_description":"[^"]+"\}$/);
  });

  it("is told expired_token in exactly these words when it presents a refresh token that was used", async () => {
    const { refresh_token } = await signIn(trefoil, "reused");
    const fresh = await askForTokens(trefoil, "refresh_token", { refresh_token });
    const peer = await connectOverTls(trefoil, String(fresh.json()["access_token"]));
    // Once its new token was used it has it: the old one need not be answered again.
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(204);
    await expect
      .poll(async () => (await askForTokens(trefoil, "refresh_token", { refresh_token })).body)
      .toBe('{"error":"expired_token","error_description":"refresh token has been used"}');
    expect((await peer.request("GET", "/ping").whenEnded()).status).toBe(401);
    await peer.close();
  });

  it("whose answer was lost on the way gets the same tokens once more", async () => {
    const { refresh_token } = await signIn(trefoil, "answer-lost");
    const lost = await askForTokens(trefoil, "refresh_token", { refresh_token });
    const again = await askForTokens(trefoil, "refresh_token", { refresh_token });
    expect(again.status).toBe(200);
    expect(again.json()).toMatchObject({
      access_token: lost.json()["access_token"],
      refresh_token: lost.json()["refresh_token"],
    });
  });

  it("is told an error, whatever is wrong, in a member of that name", async () => {
    for (const [fields, error] of [
      [{ refresh_token: "nonsense" }, "invalid_grant"],
      [{ refresh_token: "x", client_secret: "wrong" }, "invalid_client"],
      [{}, "invalid_request"],
    ] as const) {
      const answer = await askForTokens(trefoil, "refresh_token", fields);
      expect(answer.status).toBe(400);
      expect(answer.json()).toEqual({
        error,
        error_description: expect.any(String) as string,
      });
    }
  });
});

describe("the iOS app", () => {
  it("sends all of it as query parameters of GET", async () => {
    const { port, dev } = trefoil;
    const device = `client_id=${dev.clientId}&device_id=iphone&model_id=${dev.modelId}`;
    const granted = await get(
      port,
      `/authorize?${device}&response_type=code&state=95%2FKjaJfMlakjdfTVbES5ccZQ%3D%3D`,
      { authorization: `Bearer ${dev.accountAccessToken}` },
    );
    expect(granted.status).toBe(200);
    expect(granted.json()["state"]).toBe("95/KjaJfMlakjdfTVbES5ccZQ==");
    const secret = encodeURIComponent(dev.clientSecret);
    const tokens = await get(
      port,
      `/token?grant_type=authorization_code&${device}&client_secret=${secret}&code=${String(granted.json()["code"])}`,
    );
    expect(tokens.body).toMatch(pairJson);
    const refreshed = await get(
      port,
      `/token?grant_type=refresh_token&${device}&client_secret=${secret}&refresh_token=${String(tokens.json()["refresh_token"])}`,
    );
    expect(refreshed.body).toMatch(pairJson);
    const deleted = await get(
      port,
      `/token?grant_type=delete&${device}&client_secret=${secret}&access_token=${String(refreshed.json()["access_token"])}`,
    );
    expect(deleted.status).toBe(200);
  });
});

describe("a device whose access token expires while it is connected", () => {
  it("sees its downchannel end, gets 401, refreshes, and is connected again", async () => {
    const shortLived = await startTrefoil({ auth: { accessTokenLifetime: 1 } });
    try {
      const { access_token, refresh_token } = await signIn(shortLived, "expiring");
      const peer = await connectOverTls(shortLived, access_token);
      const channel = await peer.downchannel();
      expect(channel.status).toBe(200);
      await channel.until(({ closed }) => closed, "the end of the downchannel");
      expect(channel).toMatchObject({ ended: true, resetCode: 0 });
      expect((await peer.event("Alerts.RequestSynchronizeAlert")).status).toBe(401);
      await peer.close();
      const refreshed = await askForTokens(shortLived, "refresh_token", { refresh_token });
      const again = await connectOverTls(shortLived, String(refreshed.json()["access_token"]));
      expect((await again.downchannel()).status).toBe(200);
      await again.close();
    } finally {
      await shortLived.stop();
    }
  });
});

it("HTTP/1.1 connections that are kept alive serve one request after another", async () => {
  const { port, dev } = trefoil;
  const first = `GET /authorize?client_id=${dev.clientId} HTTP/1.1\r\nHost: h\r\n\r\n`;
  const last = `GET /token HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`;
  const { status, body } = await exchange(port, first + last);
  expect(status).toBe(400);
  expect(body).toContain("HTTP/1.1 400 ");
});

it("a body that comes in pieces, as a slow device sends it, is read whole", async () => {
  const code = await codeFor(trefoil, "pieces");
  const { port, dev } = trefoil;
  const body = new URLSearchParams({
    client_id: dev.clientId,
    client_secret: dev.clientSecret,
    model_id: dev.modelId,
    device_id: "pieces",
    code,
  }).toString();
  const chunks = Array.from(body, (letter) => `1\r\n${letter}\r\n`).join("");
  const answer = await exchange(
    port,
    `POST /token?grant_type=authorization_code HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks}0\r\n\r\n`,
  );
  expect(answer.body).toMatch(pairJson);
});

it("the documents' own example, POSTed as curl's --data-urlencode does, gets a code", async () => {
  const { port, dev } = trefoil;
  const answer = await postForm(
    port,
    "/authorize",
    {
      client_id: dev.clientId,
      device_id: "aa123123d6-d900-48a1-b73b-aa6c156353206",
      model_id: "test_model",
      response_type: "code",
      state: "FKjaJfMlakjdfTVbES5ccZ",
    },
    { authorization: `Bearer ${dev.accountAccessToken}`, accept: "*/*" },
  );
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.json())).toEqual(["code", "state"]);
});
