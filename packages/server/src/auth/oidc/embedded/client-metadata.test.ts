// Registered clients as the OpenID Connect library sees them.

import { expect, it } from "vitest";
import { clientMetadata } from "./client-metadata.js";

const client = (redirectUris: readonly string[], disabledAt: number | null = null) =>
  clientMetadata(
    { clientId: "c", name: "App", redirectUris, createdAt: 0, disabledAt },
    "stand-in",
  );

it.each([
  [["https://app.example/back"], "web"],
  [["com.example:/back"], "native"],
  [["http://127.0.0.1/back"], "native"],
  [["https://app.example/back", "com.example:/back"], "native"],
])("with %j is a %s client", (uris, type) => {
  const metadata = client(uris);
  expect(metadata).toMatchObject({ application_type: type, redirect_uris: uris });
  expect(metadata?.client_secret).toBe(type === "web" ? "stand-in" : undefined);
});

it("of a native client leaves out addresses that only a web client may have", () => {
  const metadata = client(["com.example:/back", "http://app.example/back", "https://localhost/x"]);
  expect(metadata?.redirect_uris).toEqual(["com.example:/back"]);
});

it("of a web client leaves out what a network could read (RFC 9700 section 2.6)", () => {
  const metadata = client(["http://app.example/back", "https://app.example/back"]);
  expect(metadata?.redirect_uris).toEqual(["https://app.example/back"]);
});

it("is none where it was switched off, or has no redirect URI", () => {
  expect(client(["https://app.example/back"], 5)).toBeUndefined();
  expect(client([])).toBeUndefined();
});
