import { describe, expect, it } from "vitest";
import { hashOf, mac, encodeBase64Url, systemRandom } from "./secrets.js";
import { firstPair, successorPair } from "./token-pair.js";

const salt = new Uint8Array(32).fill(1);

describe("the successor pair", () => {
  it("is the same wherever it is derived from the same token and salt", () => {
    expect(successorPair("token", salt)).toEqual(successorPair("token", new Uint8Array(salt)));
  });

  it("differs with the token and with the salt", () => {
    const pair = successorPair("token", salt);
    for (const other of [
      successorPair("token2", salt),
      successorPair("token", new Uint8Array(32).fill(2)),
    ]) {
      expect(other.accessToken).not.toBe(pair.accessToken);
      expect(other.refreshToken).not.toBe(pair.refreshToken);
    }
  });

  it("is two tokens of 256 bits that do not give each other away", () => {
    const { accessToken, refreshToken } = successorPair("token", salt);
    expect(accessToken).not.toBe(refreshToken);
    for (const token of [accessToken, refreshToken]) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }
  });

  // Attack: a database dump shows the salt and the SHA-256 of the spent token. They must not be enough.
  it("cannot be derived from what the database stores", () => {
    const stored = hashOf("token");
    const pair = successorPair("token", salt);
    const guesses = [stored, Buffer.from(encodeBase64Url(stored)), salt].flatMap((key) =>
      ["trefoil access token\0", "trefoil refresh token\0"].map((label) =>
        encodeBase64Url(mac(key, label, salt)),
      ),
    );
    expect(guesses).not.toContain(pair.accessToken);
    expect(guesses).not.toContain(pair.refreshToken);
  });
});

it("the first pair is random", () => {
  const pairs = [firstPair(systemRandom), firstPair(systemRandom)];
  const tokens = pairs.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  expect(new Set(tokens).size).toBe(4);
});
