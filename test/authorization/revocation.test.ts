// What ends a token ends it at once: for those who hold it and for those who ask.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VerifiedToken } from "../../packages/server/src/identity/index.js";
import { type Harness, openHarness, pairOf } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

async function verified(accessToken: string, of: Harness = harness): Promise<VerifiedToken> {
  const token = await of.server.tokens.verify(accessToken);
  if (token === undefined) throw new Error("The token does not work.");
  return token;
}

describe("a verified token", () => {
  it("says whose device it is", async () => {
    const { accessToken } = await harness.pair();
    const [device] = await harness.server.devices.list();
    const token = await verified(accessToken);
    expect(token.identity).toEqual({
      deviceKey: device!.deviceKey,
      accountId: harness.accountId,
      clientId: harness.clientId,
      deviceId: "8c:85:90:01:02:03",
      modelId: "test_model",
    });
    expect(token.expiresAt).toBe(harness.clock.now() + 332_000_000);
    expect(token.live).toBe(true);
  });

  it("is answered at once, and as the same object, from the second time on", async () => {
    const { accessToken } = await harness.pair();
    const asked = harness.server.tokens.verify(accessToken);
    expect(asked).toBeInstanceOf(Promise);
    expect(harness.server.tokens.verify(accessToken)).toBe(asked);
    expect(harness.server.tokens.verify(accessToken)).toBe(asked);
    const token = await asked;
    expect(harness.server.tokens.verify(accessToken)).toBe(token);
  });

  it("does not work any more when its time is over", async () => {
    const { accessToken } = await harness.pair();
    await verified(accessToken);
    harness.clock.advance(331_999_999);
    expect(await harness.works(accessToken)).toBe(true);
    harness.clock.advance(1);
    expect(await harness.works(accessToken)).toBe(false);
  });

  it.each([
    ["unknown", "nonsense"],
    ["empty", ""],
    ["too long", "x".repeat(513)],
    ["not ASCII", "토큰"],
  ])("is none where the value is %s", async (_, value) => {
    expect(await harness.server.tokens.verify(value)).toBeUndefined();
  });

  it("is none where the value is a refresh token, a code or an account access token", async () => {
    const { refreshToken } = await harness.pair();
    const code = await harness.code();
    for (const value of [refreshToken, code, harness.accountAccessToken]) {
      expect(await harness.server.tokens.verify(value)).toBeUndefined();
    }
  });
});

describe.each([
  ["delete", (pair: { accessToken: string }) => harness.deleteToken(pair.accessToken)],
  ["removing the device", () => removeDevice()],
  ["switching the client off", () => harness.server.clients.disable(harness.clientId)],
  [
    "an operator's word",
    () => harness.server.revoke({ accountId: harness.accountId }, "administrator"),
  ],
] as const)("%s", (_, end) => {
  it("tells each holder once, at once, and the token works no more", async () => {
    const pair = await harness.pair();
    const token = await verified(pair.accessToken);
    const heard = [vi.fn<() => void>(), vi.fn<() => void>()];
    for (const listener of heard) token.onRevoked(listener);
    const stopped = vi.fn<() => void>();
    token.onRevoked(stopped)();
    await end(pair);
    for (const listener of heard) expect(listener).toHaveBeenCalledTimes(1);
    expect(stopped).not.toHaveBeenCalled();
    expect(token.live).toBe(false);
    expect(harness.server.tokens.verify(pair.accessToken)).toBeUndefined();
  });
});

async function removeDevice(): Promise<void> {
  const [device] = await harness.server.devices.list();
  await harness.server.devices.remove(device!.deviceKey);
}

describe("listeners", () => {
  it("that fail keep no other from hearing", async () => {
    const pair = await harness.pair();
    const token = await verified(pair.accessToken);
    const heard = vi.fn<() => void>();
    token.onRevoked(() => {
      throw new Error("listener broke");
    });
    token.onRevoked(heard);
    await harness.deleteToken(pair.accessToken);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(harness.logged.join()).toContain("listener broke");
  });

  it("that come too late hear of it all the same", async () => {
    const pair = await harness.pair();
    const token = await verified(pair.accessToken);
    await harness.deleteToken(pair.accessToken);
    const heard = vi.fn<() => void>();
    token.onRevoked(heard);
    expect(heard).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("of every token of the family hear, also of those before the last refresh", async () => {
    const first = await harness.pair();
    const token = await verified(first.accessToken);
    const heard = vi.fn<() => void>();
    token.onRevoked(heard);
    const second = pairOf((await harness.refresh(first.refreshToken)).body);
    await harness.deleteToken(second.accessToken);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
