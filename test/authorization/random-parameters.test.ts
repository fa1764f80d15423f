// Whatever is thrown at the endpoints: never a 500, never a hang, never a secret in an answer, always JSON.

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parameterBounds } from "../../packages/server/src/auth/index.js";
import { expectHeaders } from "./expect-answer.js";
import { type Database, openDatabase } from "../../packages/server/src/storage/index.js";
import {
  newPostgresDatabase,
  postgresPatience,
  postgresUrl,
  removePostgresDatabases,
} from "../storage/postgres-server.js";
import { type Harness, openHarness } from "./harness.js";

let harness: Harness;
let known: readonly string[];

async function open(database?: Database): Promise<void> {
  harness = await openHarness({
    ...(database === undefined ? {} : { database }),
    // What is slowed is another test's matter.
    config: { failuresPerAddress: 1_000_000, failuresPerClient: 1_000_000 },
  });
  const pair = await harness.pair();
  known = [
    harness.clientId,
    harness.clientSecret,
    pair.accessToken,
    pair.refreshToken,
    await harness.code(),
    "authorization_code",
    "refresh_token",
    "delete",
    "uauth_auth_code_v2",
    "code",
    "S256",
    "Y",
    "8c:85:90:01:02:03",
    "test_model",
  ];
}

const names = Object.keys(parameterBounds);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  fc.constantFrom("__proto__", "constructor", "toString", "", "client_id[]", "CODE"),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const value = fc.oneof(
  fc.nat(13).map((index) => ({ index })),
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => ({ text })),
  fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => ({ text })),
  fc.nat(3_000).map((size) => ({ text: "x".repeat(size) })),
);
const encoding = fc.constantFrom("encoded", "raw", "cut");
const field = fc.tuple(name, value, encoding);
/** HTTP Basic over whatever a client may be called, escaped or not. */
const basic = fc
  .tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.constantFrom("escaped", "raw"))
  .map(([text, how]) => {
    const whole = new TextDecoder().decode(new TextEncoder().encode(text));
    const half = how === "raw" ? whole : encodeURIComponent(whole);
    return `Basic ${Buffer.from(`${half}:${half}`).toString("base64")}`;
  });
const request = fc.record({
  path: fc.constantFrom(
    "/authorize",
    "/authorize",
    "/token",
    "/token",
    "/revoke",
    "/introspect",
    "/device_authorization",
  ),
  method: fc.constantFrom("GET", "POST"),
  query: fc.array(field, { maxLength: 12 }),
  body: fc.array(field, { maxLength: 12 }),
  type: fc.constantFrom("application/x-www-form-urlencoded", "application/json", "", "x;;;=y"),
  authorization: fc.option(
    fc.oneof(
      fc.constantFrom("Bearer x", "Basic eDp5", "Basic ====", "Bearer", "Negotiate"),
      fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
      basic,
    ),
    { nil: undefined },
  ),
});

type Field = typeof field extends fc.Arbitrary<infer T> ? T : never;

function encode(fields: readonly Field[]): string {
  return fields
    .map(([key, of, how]) => {
      const text = "text" in of ? of.text : (known[of.index] ?? "");
      // Lone surrogates cannot be percent-encoded; they would not survive a wire either.
      const whole = new TextDecoder().decode(new TextEncoder().encode(text));
      const plainKey = new TextDecoder().decode(new TextEncoder().encode(key));
      if (how === "raw") return `${plainKey}=${whole.replaceAll(/[#\s\p{Cc}]/gu, "")}`;
      const encoded = `${encodeURIComponent(plainKey)}=${encodeURIComponent(whole)}`;
      return how === "cut" ? encoded.slice(0, -1) : encoded;
    })
    .join("&");
}

async function throwAtEndpoints(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const url = `https://trefoil.example${asked.path}?${encode(asked.query)}`;
      const headers = {
        "content-type": asked.type,
        ...(asked.authorization === undefined ? {} : { authorization: asked.authorization }),
      };
      const response = await harness.server.app.fetch(
        asked.method === "GET"
          ? new Request(url, { headers })
          : new Request(url, { method: "POST", headers, body: encode(asked.body) }),
      );
      const text = await response.text();
      const body = JSON.parse(text) as Record<string, unknown>;
      expectHeaders({ status: response.status, headers: response.headers, text, body });
      expect([200, 400, 401, 403, 405]).toContain(response.status);
      if (response.status !== 200) {
        const { error, error_description: description, state: _, ...rest } = body;
        expect(error).toMatch(/^[a-z_]+$/);
        expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
        expect(rest).toEqual({});
        for (const secret of known.slice(0, 5)) expect(String(description)).not.toContain(secret);
      }
      if (response.status === 401) expect(response.headers.has("www-authenticate")).toBe(true);
    }),
    { numRuns },
  );
  // What was noted of it could be written.
  await harness.audit();
  expect(harness.logged).toEqual([]);
}

describe("random parameters get an answer of the table, and give nothing away", () => {
  beforeAll(postgresUrl, postgresPatience);
  afterAll(removePostgresDatabases);

  it("on SQLite", async () => {
    await open();
    await throwAtEndpoints(1_500);
    await harness.close();
  });

  // Texts that one database takes another may not.
  it("on PostgreSQL", async () => {
    const { url, remove } = await newPostgresDatabase();
    await open(await openDatabase({ kind: "postgres", url }));
    await throwAtEndpoints(700);
    await harness.close();
    await harness.database.close();
    await remove();
  });
});
