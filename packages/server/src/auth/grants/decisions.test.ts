// What each grant decides, case by case, without a database.

import { describe, expect, it } from "vitest";
import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  RefreshTokenRecord,
} from "../../storage/index.js";
import { decideCode } from "./authorization-code.js";
import { decideDelete } from "./delete-token.js";
import { decideRefresh, repeatableUntil } from "./refresh-token.js";

const hash = new Uint8Array(32);
const bound = { clientId: "c", deviceId: "d", modelId: "m" };

describe("a refresh token", () => {
  const now = 1_000_000;
  const window = 60_000;
  const token: RefreshTokenRecord = {
    ...bound,
    hash,
    grantId: "g",
    accessTokenHash: hash,
    issuedAt: 0,
    expiresAt: now + 1,
    deviceKey: "key",
    accountId: "a",
    consumedAt: null,
    successorSalt: null,
    grantRevokedAt: null,
    grantRevokeReason: null,
    accessTokenExpiresAt: now + 1,
    accessTokenFirstUsedAt: null,
  };
  const spent = { consumedAt: now - window, successorSalt: hash };
  const revoked = (grantRevokeReason: RefreshTokenRecord["grantRevokeReason"]) => ({
    grantRevokedAt: 5,
    grantRevokeReason,
  });
  const request = { refreshToken: "t", deviceId: "d", modelId: "m" };

  it.each<[string, Partial<RefreshTokenRecord>, string]>([
    ["alive", {}, "rotate"],
    ["spent within the window", spent, "retry"],
    ["spent within the window, to the millisecond", { ...spent, consumedAt: now }, "retry"],
    ["spent by a clock that is ahead", { ...spent, consumedAt: now + 50 }, "retry"],
    ["spent before the window", { ...spent, consumedAt: now - window - 1 }, "reused"],
    ["spent without a salt", { consumedAt: now, successorSalt: null }, "reused"],
    ["spent, of a revoked family", { ...spent, ...revoked("token_deleted") }, "reused"],
    ["expired", { expiresAt: now }, "invalid_grant"],
    ["expired and spent", { ...spent, consumedAt: 1, expiresAt: now }, "reused"],
    ["of another client", { clientId: "other" }, "invalid_grant"],
    ["of another device", { deviceId: "other" }, "invalid_grant"],
    ["of another model", { modelId: "other" }, "invalid_grant"],
    ["of a removed device", revoked("device_removed"), "unauthorized_client"],
    ["of a disabled client", revoked("client_disabled"), "unauthorized_client"],
    ["of an account that withdrew", revoked("account_withdrawn"), "unauthorized_client"],
    [
      "spent, of a removed device",
      { ...spent, ...revoked("device_removed") },
      "unauthorized_client",
    ],
    ["of another owner", revoked("owner_changed"), "invalid_grant"],
    ["of a deleted token", revoked("token_deleted"), "invalid_grant"],
    ["of a reused family", revoked("refresh_token_reused"), "invalid_grant"],
    ["of a replayed code", revoked("code_reused"), "invalid_grant"],
    ["revoked by an operator", revoked("administrator"), "invalid_grant"],
    [
      "of a removed device, presented by another",
      { ...revoked("device_removed"), deviceId: "other" },
      "invalid_grant",
    ],
  ])("that is %s", (_, over, outcome) => {
    const decision = decideRefresh({ ...token, ...over }, "c", request, now, window);
    expect(decision.kind === "refuse" ? decision.code : decision.kind).toBe(outcome);
  });

  it("that is unknown is refused in the words of one that is someone else's", () => {
    const unknown = decideRefresh(undefined, "c", request, now, window);
    expect(unknown).toEqual(decideRefresh(token, "other", request, now, window));
  });

  it("is not retried where there is no window", () => {
    const justNow = { ...token, ...spent, consumedAt: now };
    expect(decideRefresh(justNow, "c", request, now, 0).kind).toBe("reused");
  });

  it.each<[string, Partial<RefreshTokenRecord> | undefined, number | undefined]>([
    ["unused", {}, now + 1],
    ["gone", undefined, undefined],
    ["spent", { consumedAt: 5 }, undefined],
    ["used at the gateway", { accessTokenFirstUsedAt: 5 }, undefined],
    ["expired", { accessTokenExpiresAt: now }, undefined],
    ["swept", { accessTokenExpiresAt: null }, undefined],
  ])("whose successor is %s is repeatable accordingly", (_, over, expected) => {
    expect(repeatableUntil(over && { ...token, ...over }, now)).toBe(expected);
  });
});

describe("an authorization code", () => {
  const code: AuthorizationCodeRecord = {
    ...bound,
    hash,
    accountId: "a",
    codeChallenge: null,
    termsStateHash: null,
    termsAgreedAt: null,
    issuedAt: 0,
    expiresAt: 100,
    consumedAt: null,
    grantId: null,
  };
  const request = { code: "x", deviceId: "d", modelId: "m", codeVerifier: undefined };

  it.each<[string, Partial<AuthorizationCodeRecord> | undefined, string]>([
    ["alive", {}, "issue"],
    ["unknown", undefined, "refuse"],
    ["of another client", { clientId: "other" }, "refuse"],
    ["of another client and spent", { clientId: "other", consumedAt: 1 }, "refuse"],
    ["spent", { consumedAt: 1, grantId: "g" }, "replayed"],
    ["spent and expired", { consumedAt: 1, grantId: "g", expiresAt: 1 }, "replayed"],
    ["spent and of another device", { consumedAt: 1, deviceId: "other" }, "replayed"],
    ["expired", { expiresAt: 50 }, "refuse"],
    ["of another device", { deviceId: "other" }, "refuse"],
    ["of another model", { modelId: "other" }, "refuse"],
    ["of a challenge", { codeChallenge: "x".repeat(43) }, "refuse"],
    ["waiting for the terms", { termsStateHash: hash }, "refuse"],
    ["agreed for", { termsStateHash: hash, termsAgreedAt: 5 }, "issue"],
  ])("that is %s", (_, over, kind) => {
    expect(decideCode(over && { ...code, ...over }, "c", request, 50).kind).toBe(kind);
  });
});

describe("an access token that is given back", () => {
  const token: AccessTokenRecord = {
    ...bound,
    hash,
    grantId: "g",
    issuedAt: 0,
    expiresAt: 100,
    deviceKey: "key",
    accountId: "a",
    firstUsedAt: null,
    grantRevokedAt: null,
  };
  const request = { accessToken: "x", deviceId: "d", modelId: "m" };

  it.each<[string, Partial<AccessTokenRecord> | undefined, string]>([
    ["alive", {}, "revoke"],
    ["expired", { expiresAt: 1 }, "revoke"],
    ["unknown", undefined, "invalid_grant"],
    ["revoked", { grantRevokedAt: 1 }, "invalid_grant"],
    ["of another client", { clientId: "other" }, "invalid_grant"],
    ["of another client and device", { clientId: "other", deviceId: "other" }, "invalid_grant"],
    ["of another device", { deviceId: "other" }, "device_mismatch"],
    ["of another model", { modelId: "other" }, "device_mismatch"],
  ])("and is %s", (_, over, outcome) => {
    const decision = decideDelete(over && { ...token, ...over }, "c", request);
    expect(decision.kind === "refuse" ? decision.code : decision.kind).toBe(outcome);
  });
});
