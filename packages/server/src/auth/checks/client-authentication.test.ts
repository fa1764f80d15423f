import { describe, expect, it } from "vitest";
import { hashOf } from "../secrets.js";
import { authenticatedClient, secretMatches } from "./client-authentication.js";

const client = {
  clientId: "c",
  name: "C",
  redirectUris: [],
  createdAt: 1,
  disabledAt: null,
};
const credentials = { client, secretHashes: [hashOf("new"), hashOf("old")] };
const attempt = { clientId: "c", clientSecret: "new", method: "parameters" as const };

describe("a secret", () => {
  it("matches where it is one of the live ones", () => {
    expect(secretMatches(credentials, "new")).toBe(true);
    expect(secretMatches(credentials, "old")).toBe(true);
    expect(secretMatches(credentials, "other")).toBe(false);
  });

  it("matches nothing where there is no client or no live secret, not even the stand-in", () => {
    expect(secretMatches(undefined, "nobody")).toBe(false);
    expect(secretMatches({ client, secretHashes: [] }, "nobody")).toBe(false);
  });
});

describe("authentication", () => {
  it("gives the client", () => {
    expect(authenticatedClient(credentials, attempt, 400)).toBe(client);
  });

  it.each([
    ["parameters", 400, "invalid_client"],
    ["parameters", 401, "client_unauthenticated"],
    ["basic", 400, "client_unauthenticated"],
    ["basic", 401, "client_unauthenticated"],
  ] as const)("fails by %s where the grant says %d as %s", (method, status, code) => {
    const wrong = { ...attempt, clientSecret: "wrong", method };
    for (const known of [credentials, undefined]) {
      expect(() => authenticatedClient(known, wrong, status)).toThrow(
        expect.objectContaining({ code }) as Error,
      );
    }
  });

  it("tells of a client that was switched off only to who knows its secret", () => {
    const off = { ...credentials, client: { ...client, disabledAt: 5 } };
    expect(() => authenticatedClient(off, attempt, 401)).toThrow(
      expect.objectContaining({ code: "unauthorized_client" }) as Error,
    );
    expect(() => authenticatedClient(off, { ...attempt, clientSecret: "x" }, 401)).toThrow(
      expect.objectContaining({ code: "client_unauthenticated" }) as Error,
    );
  });
});
