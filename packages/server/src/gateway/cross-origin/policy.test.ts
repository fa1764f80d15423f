// Which pages are let in, and what their browsers are told.
import { describe, expect, it } from "vitest";
import { CrossOriginPolicy } from "./policy.js";

const app = "https://app.example.org";

function preflight(headers: Record<string, string>, method = "OPTIONS", allowed = [app]) {
  return new CrossOriginPolicy(allowed).preflight({ method, header: (name) => headers[name] }, [
    "GET",
    "POST",
  ]);
}

const asked = { origin: app, "access-control-request-method": "POST" };

describe("an answer", () => {
  it("to a page that is let in names its origin, and says that the answer differs by it", () => {
    expect(new CrossOriginPolicy(["https://b.test", app]).headersFor(app)).toEqual({
      "access-control-allow-origin": app,
      vary: "Origin",
      "access-control-expose-headers": "retry-after, www-authenticate",
    });
  });

  it.each([
    ["no origin", [app], undefined],
    ["an origin that is not in the list", [app], "https://other.example.org"],
    ["another port", [app], `${app}:8443`],
    ["another scheme", [app], "http://app.example.org"],
    ["a longer name", [app], `${app}.evil.test`],
    ["an empty origin", [app], ""],
    ["a sandboxed page", [app], "null"],
    ["any origin, where none is allowed", [], app],
  ])("with %s stays as it is", (_what, allowed, origin) => {
    expect(new CrossOriginPolicy(allowed).headersFor(origin)).toBeUndefined();
  });

  it("is for every page where that is asked for, and the same for all", () => {
    expect(new CrossOriginPolicy(["*"]).headersFor("null")).toEqual({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "retry-after, www-authenticate",
    });
  });

  it("never lets a browser send cookies along", () => {
    for (const allowed of [["*"], [app]]) {
      const policy = new CrossOriginPolicy(allowed);
      const names = [
        ...Object.keys(policy.headersFor(app) ?? {}),
        ...Object.keys(preflight(asked, "OPTIONS", allowed)?.headers ?? {}),
      ];
      expect(names).not.toContain("access-control-allow-credentials");
    }
  });
});

describe("a preflight", () => {
  it("is answered with the methods of the path and the headers that clients send", () => {
    expect(preflight(asked)).toEqual({
      status: 204,
      headers: {
        "access-control-allow-origin": app,
        vary: "Origin",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers":
          "authorization, content-type, accept, x-clova-device-tags, x-device-name, x-device-ruid",
        "access-control-max-age": "7200",
      },
    });
  });

  it.each([
    ["of a page that is not let in", { ...asked, origin: "https://b.test" }, "OPTIONS"],
    ["without an origin", { "access-control-request-method": "POST" }, "OPTIONS"],
    ["that asks for no method", { origin: app }, "OPTIONS"],
    ["by another method", asked, "GET"],
  ])("%s is none", (_what, headers, method) => {
    expect(preflight(headers, method)).toBeUndefined();
  });
});
