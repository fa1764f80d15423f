// Reading and writing cookies.

import { expect, it } from "vitest";
import { clearCookie, cookieNames, cookieOf, setCookie } from "./cookies.js";

const request = (cookie: string) => new Request("https://x/", { headers: { cookie } });

it("are for this host alone, sent over TLS alone, out of reach of scripts, and not posted along by foreign pages", () => {
  for (const name of Object.values(cookieNames)) {
    const header = setCookie(name, "value", 60);
    expect(header).toBe(`${name}=value; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax`);
    expect(name).toMatch(/^__Host-/);
    expect(clearCookie(name)).toContain("; Max-Age=0;");
  }
});

it.each([
  ["__Host-trefoil-session=abc", "abc"],
  ["a=b;__Host-trefoil-session=abc; c=d", "abc"],
  ["x__Host-trefoil-session=abc", undefined],
  ["__Host-trefoil-session=", undefined],
  ['__Host-trefoil-session="abc"', undefined],
  ["__Host-trefoil-session=a b", undefined],
  ["__Host-trefoil-session=first; __Host-trefoil-session=second", "first"],
  ["__Host-trefoil-session", undefined],
  [`__Host-trefoil-session=${"x".repeat(513)}`, undefined],
  ["", undefined],
])("of %j reads %j", (header, value) => {
  expect(cookieOf(request(header), cookieNames.session)).toBe(value);
});
