import { expect, describe, it } from "vitest";
import { type ForwardedHeader, TrustedProxies } from "./trusted-proxies.js";

function clientOf(
  peer: string,
  value: string | undefined,
  options: { trusted?: readonly string[]; header?: ForwardedHeader } = {},
): string {
  const { trusted = ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"], header = "x-forwarded-for" } =
    options;
  const proxies = new TrustedProxies(trusted, header);
  return proxies.clientOf(peer, (name) => (name === header ? value : "203.0.113.66"));
}

describe("the client's address", () => {
  it("is the peer's where no proxy is named, and where the peer is none of them", () => {
    expect(clientOf("127.0.0.1", "192.0.2.1", { trusted: [] })).toBe("127.0.0.1");
    expect(clientOf("198.51.100.1", "192.0.2.1")).toBe("198.51.100.1");
    expect(clientOf("", "192.0.2.1")).toBe("");
  });

  it.each([
    ["one address", "192.0.2.1", "192.0.2.1"],
    ["none", undefined, "127.0.0.1"],
    ["an empty one", "", "127.0.0.1"],
    ["what the client wrote itself before it", "10.9.9.9, 203.0.113.7,192.0.2.1", "192.0.2.1"],
    ["further proxies of ours after it", "192.0.2.1, 10.1.2.3, 127.0.0.1", "192.0.2.1"],
    ["proxies alone", "10.0.0.2, 10.0.0.1", "10.0.0.2"],
    ["something that is no address", "192.0.2.1, unknown, 10.0.0.1", "10.0.0.1"],
    ["a port", "192.0.2.1:4711", "192.0.2.1"],
    ["an IPv6 address", "2001:db8::1", "2001:db8::1"],
    ["an IPv6 address with a port", "[2001:db8::1]:4711", "2001:db8::1"],
    ["an IPv4 address as an IPv6 one", "::ffff:192.0.2.1", "192.0.2.1"],
    ["a script", "<script>", "127.0.0.1"],
  ])("is read from X-Forwarded-For with %s", (_what, value, client) => {
    expect(clientOf("127.0.0.1", value)).toBe(client);
    expect(clientOf("::ffff:127.0.0.1", value)).toBe(
      client === "127.0.0.1" ? "::ffff:127.0.0.1" : client,
    );
  });

  it.each([
    ["for=192.0.2.1;proto=https;by=203.0.113.43", "192.0.2.1"],
    ['proto=https; For="[2001:db8::1]:4711"', "2001:db8::1"],
    ["for=203.0.113.7, for=192.0.2.1, for=10.0.0.1", "192.0.2.1"],
    ["for=192.0.2.1, for=_hidden", "127.0.0.1"],
    ["proto=https", "127.0.0.1"],
  ])("is read from Forwarded: %s", (value, client) => {
    expect(clientOf("127.0.0.1", value, { header: "forwarded" })).toBe(client);
  });
});
