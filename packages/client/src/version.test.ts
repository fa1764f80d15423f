// The version that the client tells is the package's, in a User-Agent that gateways understand.
import { readFileSync } from "node:fs";
import { parseUserAgent } from "@trefoil/protocol/user-agent";
import { expect, it } from "vitest";
import { clientVersion, defaultUserAgent } from "./version.js";

it("is the version of package.json", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(clientVersion).toBe((JSON.parse(text) as { version: string }).version);
});

it("goes into a User-Agent of the grammar", () => {
  for (const userAgent of [defaultUserAgent(), defaultUserAgent("linux", "x64")]) {
    expect(parseUserAgent(userAgent)).toMatchObject({ kind: "clova", product: "Client" });
  }
});
