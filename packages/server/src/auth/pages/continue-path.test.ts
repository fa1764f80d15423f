// Attack: an address of our sign-in that leads to somebody else's page (open redirect).
// Rule: signing in leads on to pages of this server alone.

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { continuePath } from "./continue-path.js";

it.each([
  "/account",
  "/account/devices/x",
  "/activate?user_code=ACEF-HJKL",
  "/oidc/interaction/a1",
])("goes on to %s", (path) => {
  expect(continuePath(path)).toBe(path);
});

it.each([
  undefined,
  null,
  "",
  "account",
  "https://evil.example/account",
  "//evil.example/account",
  "/\\evil.example/account",
  "/account\\..\\..\\evil",
  "\t//evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/account/..//evil.example",
  "javascript:alert(1)",
  "/accounts",
  "/authorize?x=1",
  "/admin/v1/devices",
  "/account/../admin/v1/devices",
  "/%2e%2e//evil.example",
  `/account?${"x".repeat(3_000)}`,
])("goes to the overview instead of %j", (path) => {
  expect(continuePath(path)).toBe("/account");
});

it("never leaves this server, whatever the parameter", () => {
  const pieces = fc.constantFrom(
    "/",
    "\\",
    "//",
    "account",
    "..",
    "%2f",
    "%5c",
    ":",
    "@",
    "evil.example",
    "?",
    "#",
    "\t",
    " ",
    "https:",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const path = continuePath(parts.join(""));
      const resolved = new URL(path, "https://here.example/sign-in");
      expect(resolved.origin).toBe("https://here.example");
      expect(resolved.pathname).toMatch(/^\/(account|activate|terms|oidc)(\/|$)/);
    }),
    { numRuns: 2_000 },
  );
});
