import { describe, expect, it } from "vitest";
import { codeChallengeOf, verifierFits } from "./pkce.js";

// RFC 7636, appendix B.
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

describe("the verifier", () => {
  it("of the RFC's own example fits", () => {
    expect(verifierFits(challenge, verifier)).toBe(true);
  });

  it.each([undefined, "", "short", `${verifier}x`, challenge, `${verifier.slice(0, 42)} `])(
    "%j does not fit",
    (other) => {
      expect(verifierFits(challenge, other)).toBe(false);
    },
  );

  it("is refused where no challenge was, and not asked for either", () => {
    expect(verifierFits(null, verifier)).toBe(false);
    expect(verifierFits(null, undefined)).toBe(true);
  });
});

describe("the challenge", () => {
  it("may be left out, and is S256 where it is not", () => {
    expect(codeChallengeOf(undefined, undefined)).toBeNull();
    expect(codeChallengeOf(challenge, "S256")).toBe(challenge);
  });

  it.each([
    [challenge, undefined],
    [challenge, "plain"],
    [`${challenge}x`, "S256"],
    [undefined, "S256"],
  ])("%j with method %j is refused", (value, method) => {
    expect(() => codeChallengeOf(value, method)).toThrow("code_challenge");
  });
});
