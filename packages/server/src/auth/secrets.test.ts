import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf, equalHashes, hashOf, mac, newId, newSecret, systemRandom } from "./secrets.js";

describe("secrets", () => {
  it("hold 256 bits in 43 URL-safe characters", () => {
    const secret = newSecret(systemRandom);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(newSecret(systemRandom)).not.toBe(secret);
  });

  it("are made of the randomness that is passed in, and of nothing else", () => {
    const random = (size: number) => new Uint8Array(size).fill(7);
    expect(newSecret(random)).toBe(newSecret(random));
    expect(newId(random)).toBe("07070707-0707-4707-8707-070707070707");
  });
});

it("ids are UUIDs of version 4", () => {
  for (let round = 0; round < 50; round++) {
    expect(newId(systemRandom)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }
});

it("hash and digest are the same SHA-256", () => {
  const expected = createHash("sha256").update("abc").digest();
  expect(Buffer.from(hashOf("abc"))).toEqual(expected);
  expect(digestOf("abc")).toBe(expected.toString("base64"));
});

it("hashes are equal where all bytes are", () => {
  expect(equalHashes(hashOf("a"), hashOf("a"))).toBe(true);
  expect(equalHashes(hashOf("a"), hashOf("b"))).toBe(false);
  expect(equalHashes(hashOf("a"), hashOf("a").subarray(1))).toBe(false);
});

// RFC 4231, test case 2.
it("mac is HMAC-SHA256", () => {
  const tag = mac(Buffer.from("Jefe"), "what do ya want ", Buffer.from("for nothing?"));
  expect(Buffer.from(tag).toString("hex")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});
