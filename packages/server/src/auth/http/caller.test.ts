import { describe, expect, it } from "vitest";
import { callerOf } from "./caller.js";

const request = (headers: Record<string, string> = {}) => new Request("https://x/", { headers });
const latin1 = (text: string) => Buffer.from(text).toString("latin1");

describe("the caller", () => {
  it("has the address that the listener hands over, or its socket's", () => {
    expect(callerOf(request(), { remoteAddress: "a" }).remoteAddress).toBe("a");
    const incoming = { socket: { remoteAddress: "b" } };
    expect(callerOf(request(), { incoming }).remoteAddress).toBe("b");
    expect(callerOf(request(), { incoming: { socket: undefined } }).remoteAddress).toBe("unknown");
    expect(callerOf(request(), undefined).remoteAddress).toBe("unknown");
  });

  it.each([
    [undefined, undefined],
    ["DONUT", "DONUT"],
    [latin1("거실"), "거실"],
    ["caf\u00e9", "café"],
    [" \u0085x\u009f ", "x"],
    [" ", undefined],
    ["x".repeat(200), "x".repeat(128)],
    [latin1("🍩".repeat(200)), "🍩".repeat(128)],
  ])("calls its device, from %j", (header, name) => {
    const headers = header === undefined ? {} : { "x-device-name": header };
    expect(callerOf(request(headers), undefined).deviceName).toBe(name);
  });
});
