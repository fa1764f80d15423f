// What every answer of the authorization server has in common, and how errors look.

import { expect } from "vitest";
import type { Answer } from "./harness.js";

/** JSON that no cache keeps. */
export function expectHeaders(answer: Answer): void {
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("pragma")).toBe("no-cache");
}

export function expectOk(answer: Answer): void {
  expectHeaders(answer);
  expect(answer.status, answer.text).toBe(200);
}

/** @param description what its sentence must say */
export function expectError(
  answer: Answer,
  status: number,
  error: string,
  description: string | RegExp = "",
): void {
  expectHeaders(answer);
  expect({ status: answer.status, error: answer.body["error"] }, answer.text).toEqual({
    status,
    error,
  });
  expect(answer.body["error_description"]).toEqual(
    typeof description === "string"
      ? expect.stringContaining(description)
      : expect.stringMatching(description),
  );
  // RFC 6749 section 5.2 leaves no room for quotes and backslashes in it.
  expect(String(answer.body["error_description"])).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
}
