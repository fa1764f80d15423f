import { expect, it } from "vitest";
import { isLoopback, parseNetwork } from "./addresses.js";

it.each([
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["::1", true],
  ["0:0:0:0:0:0:0:1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["128.0.0.1", false],
  ["10.0.0.1", false],
  ["localhost.example.org", false],
  ["trefoil", false],
])("whether %s is a loopback address: %s", (host, is) => {
  expect(isLoopback(host)).toBe(is);
});

it.each([
  ["192.0.2.1", { address: "192.0.2.1", prefix: 32, family: "ipv4" }],
  ["10.0.0.0/8", { address: "10.0.0.0", prefix: 8, family: "ipv4" }],
  ["::1", { address: "::1", prefix: 128, family: "ipv6" }],
  ["fd00::/8", { address: "fd00::", prefix: 8, family: "ipv6" }],
  ["0.0.0.0/0", { address: "0.0.0.0", prefix: 0, family: "ipv4" }],
  ["10.0.0.0/33", undefined],
  ["::/129", undefined],
  ["10.0.0.0/", undefined],
  ["10.0.0", undefined],
  ["fe80::1%eth0", undefined],
  ["proxy.example.org", undefined],
])("the network %s", (text, network) => {
  expect(parseNetwork(text)).toEqual(network);
});
