// The error class and the table of its codes.

import { describe, expect, it } from "vitest";
import { type ErrorCode, wireForms } from "./codes.js";
import { TrefoilError, isTrefoilError } from "./trefoil-error.js";

describe("the table of codes", () => {
  it("maps each code to an HTTP status of an error and to an OAuth word", () => {
    for (const [code, form] of Object.entries(wireForms)) {
      expect(form.http, code).toBeGreaterThanOrEqual(400);
      expect(form.http, code).toBeLessThan(600);
      // RFC 6749 section 5.2 takes this set of characters for `error`; the words in use are narrower still.
      expect(form.oauth, code).toMatch(/^[a-z_]+$/);
    }
  });

  it("gives the gateway the statuses that its peers act on", () => {
    const statuses: Partial<Record<ErrorCode, number>> = {
      malformed_multipart: 400,
      malformed_event: 400,
      invalid_payload: 400,
      invalid_token: 401,
      user_agent_rejected: 403,
      not_found: 404,
      method_not_allowed: 405,
      no_downchannel: 412,
      payload_too_large: 413,
      unsupported_media_type: 415,
      http2_required: 426,
      too_many_requests: 429,
      internal: 500,
      unavailable: 503,
    };
    for (const [code, status] of Object.entries(statuses)) {
      expect(wireForms[code as ErrorCode].http, code).toBe(status);
    }
  });

  it("gives the token endpoint the words of RFC 6749 with the statuses that go with them", () => {
    expect(wireForms.invalid_grant).toEqual({ http: 400, oauth: "invalid_grant" });
    expect(wireForms.unauthorized_client).toEqual({ http: 400, oauth: "unauthorized_client" });
    expect(wireForms.client_unauthenticated).toEqual({ http: 401, oauth: "invalid_client" });
    expect(wireForms.account_locked.http).toBe(423);
  });
});

describe("a TrefoilError", () => {
  it("has a code, a sentence and the form it takes on each wire", () => {
    const error = new TrefoilError("too_many_requests", "Slow down.", {
      retryAfter: 3,
      headers: { "x-why": "rate" },
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "TrefoilError",
      code: "too_many_requests",
      message: "Slow down.",
      retryAfter: 3,
      headers: { "x-why": "rate" },
      wire: { http: 429, oauth: "slow_down" },
    });
    expect("cause" in error).toBe(false);
  });

  it("has no headers and no retry where none are given", () => {
    const error = new TrefoilError("not_found", "No such thing.");
    expect(error.retryAfter).toBeUndefined();
    expect(error.headers).toEqual({});
  });

  it("keeps its cause for the log", () => {
    const cause = new Error("underneath");
    expect(new TrefoilError("internal", "Failed.", { cause }).cause).toBe(cause);
  });
});

describe("TrefoilError.from", () => {
  it("answers a TrefoilError as it is", () => {
    const error = new TrefoilError("conflict", "Already there.");
    expect(TrefoilError.from(error)).toBe(error);
  });

  it("makes anything else internal and gives nothing of it away", () => {
    for (const value of [
      new TypeError("password hunter2 is not a function"),
      "hunter2",
      undefined,
      null,
      { code: "invalid_token", message: "hunter2" },
    ]) {
      const error = TrefoilError.from(value);
      expect(error.code).toBe("internal");
      expect(error.wire.http).toBe(500);
      expect(error.message).not.toContain("hunter2");
      expect(error.cause).toBe(value);
    }
  });
});

describe("isTrefoilError", () => {
  it("knows an error of another copy of the module", () => {
    const other = Object.assign(new Error("x"), { name: "TrefoilError", code: "conflict" });
    expect(isTrefoilError(other)).toBe(true);
  });

  it("takes nothing else for one", () => {
    for (const value of [
      new Error("x"),
      Object.assign(new Error("x"), { code: "conflict" }),
      Object.assign(new Error("x"), { name: "TrefoilError", code: "no_such_code" }),
      Object.assign(new Error("x"), { name: "TrefoilError", code: "toString" }),
      Object.assign(new Error("x"), { name: "TrefoilError", code: "__proto__" }),
      Object.assign(new Error("x"), { name: "TrefoilError" }),
      { name: "TrefoilError", code: "conflict" },
      "TrefoilError",
      null,
      undefined,
    ]) {
      expect(isTrefoilError(value)).toBe(false);
    }
  });
});
