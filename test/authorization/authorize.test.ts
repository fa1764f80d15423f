// `/authorize`: every row of its table, by GET and POST, from query and body.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectError, expectOk } from "./expect-answer.js";
import { type Harness, device, openHarness, shapes } from "./harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const nobody = { headers: {} };
const required = ["client_id", "device_id", "model_id", "response_type", "state"] as const;

describe.each(shapes)("asked by %s, /authorize", (shape) => {
  const asUser = () => ({ shape, ...bearer(harness.accountAccessToken) });

  it("answers 200 with code and state alone where the account is valid", async () => {
    const answer = await harness.authorize({}, asUser());
    expectOk(answer);
    expect(Object.keys(answer.body).sort()).toEqual(["code", "state"]);
    expect(answer.body["state"]).toBe("s1");
    expect(answer.body["code"]).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it.each(required)("answers 400 where %s is missing", async (name) => {
    const answer = await harness.authorize({ [name]: undefined }, asUser());
    expectError(answer, 400, "invalid_request", `The parameter ${name} is missing.`);
    expect(answer.body["state"]).toBe(name === "state" ? undefined : "s1");
  });

  it.each(required)("answers 400 where %s is empty", async (name) => {
    const answer = await harness.authorize({ [name]: "" }, asUser());
    expectError(answer, 400, "invalid_request", `The parameter ${name} is missing.`);
  });

  it.each(required)("answers 400 where %s is given twice", async (name) => {
    const answer = await harness.send(
      "/authorize",
      [
        [name, "code"],
        ["client_id", harness.clientId],
        ["device_id", device.device_id],
        ["model_id", device.model_id],
        ["response_type", "code"],
        ["state", "s1"],
      ],
      asUser(),
    );
    expectError(answer, 400, "invalid_request", `The parameter ${name} was given twice.`);
    expect(answer.body["state"]).toBe(name === "state" ? undefined : "s1");
  });

  it.each([
    ["client_id", 256],
    ["device_id", 128],
    ["model_id", 128],
    ["state", 2_048],
  ] as const)("answers 400 where %s is longer than %d bytes", async (name, bound) => {
    const answer = await harness.authorize({ [name]: "x".repeat(bound + 1) }, asUser());
    expectError(answer, 400, "invalid_request", `${name} is longer than ${bound} bytes`);
    const inBytes = await harness.authorize({ [name]: "가".repeat(bound / 3 + 1) }, asUser());
    expectError(inBytes, 400, "invalid_request", `${name} is longer than ${bound} bytes`);
    const fits = await harness.authorize({ [name]: "x".repeat(bound) }, asUser());
    if (name === "client_id") expectError(fits, 400, "invalid_client", "client_id");
    else expectOk(fits);
  });

  it("answers 400 where response_type is not code", async () => {
    const answer = await harness.authorize({ response_type: "token" }, asUser());
    expectError(answer, 400, "unsupported_response_type", "response_type");
    expect(answer.body["state"]).toBe("s1");
  });

  it("answers 400 where the client is unknown", async () => {
    const answer = await harness.authorize({ client_id: "nobody" }, asUser());
    expectError(answer, 400, "invalid_client", "client_id");
    expect(answer.body["state"]).toBe("s1");
  });

  it("answers 400 unauthorized_client where the client was switched off", async () => {
    await harness.server.clients.disable(harness.clientId);
    expectError(await harness.authorize({}, asUser()), 400, "unauthorized_client", "switched off");
  });

  it("answers 403 where the account access token is missing", async () => {
    const answer = await harness.authorize({}, { shape, ...nobody });
    expectError(answer, 403, "access_denied", "missing");
    expect(answer.body["state"]).toBe("s1");
  });

  it("answers 403 where the account access token is unknown", async () => {
    const answer = await harness.authorize({}, { shape, ...bearer("nonsense") });
    expectError(answer, 403, "access_denied", "unknown or has expired");
  });

  it("answers 403 where the account access token has expired", async () => {
    const token = await harness.server.accounts.issueAccountAccessToken(harness.accountId, 60);
    harness.clock.advance(59_999);
    expectOk(await harness.authorize({}, { shape, ...bearer(token) }));
    harness.clock.advance(1);
    expectError(await harness.authorize({}, { shape, ...bearer(token) }), 403, "access_denied");
  });

  it.each(["Basic dXNlcjpwdw==", "Bearer", "Bearer  ", "Bearer a b", "token"])(
    "answers 403 where the Authorization header is %j",
    async (authorization) => {
      const answer = await harness.authorize({}, { shape, headers: { authorization } });
      expectError(answer, 403, "access_denied");
    },
  );

  it("answers 400 where the bearer value is longer than 512 bytes", async () => {
    const answer = await harness.authorize({}, { shape, ...bearer("x".repeat(513)) });
    expectError(answer, 400, "invalid_request", "longer than 512 bytes");
  });

  it("takes the scheme Bearer in any case", async () => {
    const headers = { authorization: `bearer ${harness.accountAccessToken}` };
    expectOk(await harness.authorize({}, { shape, headers }));
  });

  it("ignores parameters that it does not know, also when they are doubled or badly encoded", async () => {
    const answer = await harness.send(
      "/authorize?audience=%zz&audience=1&%ff=1",
      {},
      { shape: "GET query" },
    );
    expectError(answer, 400, "invalid_request", "client_id is missing");
    expectOk(await harness.authorize({ scope: "openid", redirect_uri: "https://x" }, asUser()));
  });

  it("echoes the state decoded", async () => {
    const answer = await harness.authorize({ state: "95/KjaJ fM+lak=&?%2F가" }, asUser());
    expect(answer.body["state"]).toBe("95/KjaJ fM+lak=&?%2F가");
  });

  describe("with grant_type=uauth_auth_code_v2", () => {
    const fields = { grant_type: "uauth_auth_code_v2" };

    it("exchanges the account authorization code, once", async () => {
      const code = await harness.server.accounts.issueAccountAuthorizationCode(harness.accountId);
      expectOk(await harness.authorize(fields, { shape, ...bearer(code) }));
      expectError(
        await harness.authorize(fields, { shape, ...bearer(code) }),
        403,
        "access_denied",
        "was used",
      );
    });

    it("answers 403 to an account access token, and to a code without it", async () => {
      expectError(await harness.authorize(fields, asUser()), 403, "access_denied");
      const code = await harness.server.accounts.issueAccountAuthorizationCode(harness.accountId);
      expectError(await harness.authorize({}, { shape, ...bearer(code) }), 403, "access_denied");
    });

    it("answers 403 where the code is missing or has expired", async () => {
      expectError(await harness.authorize(fields, { shape, ...nobody }), 403, "access_denied");
      const code = await harness.server.accounts.issueAccountAuthorizationCode(
        harness.accountId,
        10,
      );
      harness.clock.advance(10_000);
      expectError(
        await harness.authorize(fields, { shape, ...bearer(code) }),
        403,
        "access_denied",
      );
    });

    it("keeps the code for another try where the request is not in order", async () => {
      const code = await harness.server.accounts.issueAccountAuthorizationCode(harness.accountId);
      const wrong = { ...fields, client_id: "nobody" };
      expectError(
        await harness.authorize(wrong, { shape, ...bearer(code) }),
        400,
        "invalid_client",
      );
      expectOk(await harness.authorize(fields, { shape, ...bearer(code) }));
    });
  });

  it("answers 400 where grant_type is another", async () => {
    const answer = await harness.authorize({ grant_type: "authorization_code" }, asUser());
    expectError(answer, 400, "unsupported_grant_type", "grant_type");
  });

  describe("with request_vu=Y", () => {
    it("lets a guest in", async () => {
      const answer = await harness.authorize({ request_vu: "Y" }, { shape, ...nobody });
      expectOk(answer);
      expect(Object.keys(answer.body).sort()).toEqual(["code", "state"]);
    });

    it.each(["Bearer nonsense", "", "Basic eDp5"])(
      "answers 400 where an Authorization header (%j) is there too",
      async (authorization) => {
        const answer = await harness.authorize(
          { request_vu: "Y" },
          { shape, headers: { authorization } },
        );
        expectError(answer, 400, "invalid_request", "request_vu");
        expect(answer.body["state"]).toBe("s1");
      },
    );

    it("answers 400 together with an account authorization code", async () => {
      const answer = await harness.authorize(
        { request_vu: "Y", grant_type: "uauth_auth_code_v2" },
        { shape, ...nobody },
      );
      expectError(answer, 400, "invalid_request", "request_vu");
    });

    it.each(["y", "yes", "1", "NO"])("answers 400 where it is %j instead", async (value) => {
      const answer = await harness.authorize({ request_vu: value }, asUser());
      expectError(answer, 400, "invalid_request", "request_vu must be Y or N");
    });

    it("is the same as without where it is N or empty", async () => {
      expectOk(await harness.authorize({ request_vu: "N" }, asUser()));
      expectOk(await harness.authorize({ request_vu: "" }, asUser()));
      expectError(
        await harness.authorize({ request_vu: "N" }, { shape, ...nobody }),
        403,
        "access_denied",
      );
    });
  });

  describe("with PKCE", () => {
    const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    it("takes a challenge of method S256", async () => {
      const fields = { code_challenge: challenge, code_challenge_method: "S256" };
      expectOk(await harness.authorize(fields, asUser()));
    });

    it.each([
      [{ code_challenge: challenge }, "code_challenge_method must be S256"],
      [
        { code_challenge: challenge, code_challenge_method: "plain" },
        "code_challenge_method must be S256",
      ],
      [{ code_challenge_method: "S256" }, "without code_challenge"],
      [
        { code_challenge: "short", code_challenge_method: "S256" },
        "code_challenge must be 43 characters",
      ],
    ])("answers 400 to %j", async (fields, why) => {
      expectError(await harness.authorize(fields, asUser()), 400, "invalid_request", why);
    });
  });
});

it("answers 400 to a guest where the deployment lets none in", async () => {
  const closed = await openHarness({ config: { guests: false } });
  try {
    const answer = await closed.authorize({ request_vu: "Y" }, nobody);
    expectError(answer, 400, "invalid_request", "no guests");
    expectOk(await closed.authorize());
  } finally {
    await closed.close();
  }
});

it("answers 500 server_error, and nothing of the cause, where the database fails", async () => {
  const { database } = harness;
  await harness.server.close();
  await database.close();
  const answer = await harness.authorize({});
  expectError(answer, 500, "server_error", "The server failed to handle the request.");
  expect(answer.body["state"]).toBe("s1");
  expect(answer.text).not.toMatch(/sqlite|database/i);
});

it("gives codes of 256 bits that never repeat", async () => {
  const codes = new Set<string>();
  for (let round = 0; round < 20; round++) codes.add(await harness.code());
  expect(codes.size).toBe(20);
  for (const code of codes) expect(Buffer.from(code, "base64url")).toHaveLength(32);
});

it("notes in the audit log who was let in and who was not", async () => {
  await harness.authorize();
  await harness.authorize({}, bearer("nonsense"));
  await harness.authorize({ client_id: "nobody" });
  expect((await harness.audit()).filter((line) => line.startsWith("authorize")).sort()).toEqual([
    "authorize access_denied",
    "authorize invalid_client",
    "authorize ok",
  ]);
});

describe("a state that was sent in the address", () => {
  const at = (init: RequestInit, query = "state=s%2F1") =>
    harness.server.app.fetch(new Request(`https://trefoil.example/authorize?${query}`, init));

  it.each([
    ["a method that is not taken", 405, { method: "DELETE" }],
    [
      "a body of another type",
      400,
      { method: "POST", body: "{}", headers: { "content-type": "application/json" } },
    ],
    ["a body that is too large", 413, { method: "POST", body: `x=${"y".repeat(70_000)}` }],
  ] as const)("comes back where %s is refused", async (_, status, init) => {
    const response = await at(init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ state: "s/1" });
  });

  it("does not where it was given twice", async () => {
    const response = await at({ method: "DELETE" }, "state=a&state=b");
    expect(await response.json()).not.toHaveProperty("state");
  });
});

it("echoes what was sent as JSON that no browser takes for a page (content sniffing)", async () => {
  const answer = await harness.authorize({ state: "<script>alert(1)</script>" });
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});
