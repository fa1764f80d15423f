// NUL bytes where a name or an id is wanted: PostgreSQL takes none in a text, so that each of them is an error of the server, and
// one in the audit log would keep everything after it from being written.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../packages/server/src/storage/index.js";
import { Browser } from "../authorization/browser.js";
import { expectError } from "../authorization/expect-answer.js";
import { type Harness, device, email, openHarness, password } from "../authorization/harness.js";
import {
  newPostgresDatabase,
  postgresPatience,
  postgresUrl,
  removePostgresDatabases,
} from "../storage/postgres-server.js";

const origin = "https://trefoil.example";

beforeAll(postgresUrl, postgresPatience);
afterAll(removePostgresDatabases);

describe("a NUL byte", () => {
  let harness: Harness;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const place = await newPostgresDatabase();
    ({ remove } = place);
    harness = await openHarness({
      database: await openDatabase({ kind: "postgres", url: place.url }),
    });
  });
  afterEach(async () => {
    // Nothing failed, and what was noted could be written; the library is loud by itself.
    expect(harness.logged.filter((line) => !line.includes("Connect library"))).toEqual([]);
    await harness.close();
    await harness.database.close();
    await remove();
  });

  const basic = (credentials: string) => ({
    headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
  });

  it.each(["a%00b:secret", "a:b%00", "a\0b:c", "a%0Ab:c"])(
    "in HTTP Basic is malformed, escaped or not: %j",
    async (credentials) => {
      const refused = await harness.send(
        "/token",
        { grant_type: "refresh_token", refresh_token: "x", ...device },
        basic(credentials),
      );
      expectError(refused, 400, "invalid_request", "Authorization header");
      await harness.audit();
    },
  );

  it("in an e-mail address that signs in is not one", async () => {
    const response = await harness.server.app.fetch(
      new Request(`${origin}/account/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "per\0son@example.org", password }),
      }),
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("email");
  });

  it("in the address of a device page leads nowhere", async () => {
    const browser = new Browser(harness);
    await browser.submit(await browser.open(`${origin}/sign-in`), { email, password });
    expect((await browser.open(`${origin}/account/devices/%00`)).status).toBe(404);
    expect((await browser.open(`${origin}/account/devices/%00/remove`)).status).toBe(404);
  });

  it("in a client_id at the OpenID Connect provider names nobody", async () => {
    const browser = new Browser(harness);
    const page = await browser.open(`${origin}/oidc/auth?client_id=%00&response_type=code`);
    expect(page.status).toBe(400);
  });
});
