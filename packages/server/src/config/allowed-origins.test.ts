// `gateway.allowedOrigins`: only what a browser would really send, and every page only where that alone is said.
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load.js";

const load = (value: string) =>
  loadConfig({
    form: "development",
    env: { TREFOIL_GATEWAY_ALLOWED_ORIGINS: value },
    cwd: "/nowhere",
  }).config.gateway.allowedOrigins;

const notAnOrigin =
  "not an origin as a browser sends it, such as https://app.example.org or http://localhost:5173: scheme and host in lower case, the port where it is not the scheme's own, no path and no slash at the end";

describe("the origins of pages that are let in", () => {
  it("are none unless told", () => {
    expect(load("")).toEqual([]);
  });

  it.each([
    "https://app.example.org",
    "http://localhost:5173",
    "https://app.example.org:8443",
    "http://[::1]:3000",
    "capacitor://localhost",
    "chrome-extension://abcdefghijklmnop",
    "*",
  ])("may be %s", (origin) => {
    expect(load(origin)).toEqual([origin]);
  });

  it.each([
    "https://app.example.org/",
    "https://app.example.org/path",
    "https://App.Example.org",
    "HTTPS://app.example.org",
    "https://app.example.org:443",
    "https://user@app.example.org",
    "https://*.example.org",
    "app.example.org",
    "null",
    "capacitor://localhost/",
    "javascript:alert(1)",
  ])("are never %s", (origin) => {
    expect(() => load(origin)).toThrow(
      `TREFOIL_GATEWAY_ALLOWED_ORIGINS: gateway.allowedOrigins[0]: ${notAnOrigin}, got "${origin}"`,
    );
  });

  it("are every page's only where nothing else is said", () => {
    expect(() => load("https://app.example.org,*")).toThrow(
      'gateway.allowedOrigins: "*" lets every page in: it stands alone or not at all',
    );
    expect(() => load("*,*")).toThrow("it stands alone");
    expect(() => load("https://a.test,https://a.test")).toThrow("more than once");
  });
});
