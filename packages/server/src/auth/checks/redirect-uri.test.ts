// Redirect URIs that clients may have, and those that they may not.

import { expect, it } from "vitest";
import { isRedirectUri } from "./redirect-uri.js";

it.each([
  "https://app.example/back",
  "https://app.example/back?x=1",
  "app://back",
  "com.example.app:/back",
  "clova://agreement",
  "http://127.0.0.1/back",
  "http://127.0.0.1:5000/back",
  "http://[::1]/back",
  "http://localhost/back",
])("%s may be registered", (uri) => {
  expect(isRedirectUri(uri)).toBe(true);
});

it.each([
  ["in the clear over a network (RFC 9700 section 2.6)", "http://app.example/back"],
  ["in the clear to a name that only begins like this machine's", "http://localhost.evil.example/"],
  [
    "in the clear to an address that only begins like this machine's",
    "http://127.0.0.1.evil.example/",
  ],
  ["with a fragment", "https://app.example/back#x"],
  ["with credentials", "https://user:secret@app.example/back"],
  ["with a name that looks like the host", "https://app.example@evil.example/back"],
  ["relative", "/back"],
  ["relative to a scheme", "//app.example/back"],
  ["run by the browser", "javascript:alert(1)"],
  ["run by the browser, in capital letters", "JavaScript:alert(1)"],
  ["shown by the browser", "data:text/html,x"],
  ["shown by the browser as a file", "file:///etc/passwd"],
  ["started by the phone, whatever it is", "intent://x/"],
  ["with a space", "https://app.example/ back"],
  ["with a line end", "https://app.example/\r\nx"],
  ["with letters that only look like others", "https://аpp.example/back"],
  ["too long", `https://app.example/${"x".repeat(2_048)}`],
  ["empty", ""],
])("one %s may not", (_, uri) => {
  expect(isRedirectUri(uri)).toBe(false);
});
