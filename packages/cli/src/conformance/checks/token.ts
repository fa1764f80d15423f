// How a device gets its tokens, renews them and gives them back.
// @see docs/authorization.md#token

import { type Bench, type DeviceName, type DeviceTokens, tokensOf } from "../bench.js";
import { holds } from "../verdict.js";
import { type WebAnswer, describe } from "../wire/web-request.js";
import { refused } from "./authorization-transport.js";
import { type Check, section } from "./check.js";

const check = section("docs/authorization.md", "/token");
const reuse = section("docs/authorization.md", "A code that comes back");
const rotation = section("docs/authorization.md", "Refresh tokens rotate");
const deletion = section("docs/authorization.md", "delete");

const unknown = "a-token-that-nobody-was-given";

/** `grant_type` in the query and the rest in the body, as devices that shipped do. */
function refresh(
  bench: Bench,
  refreshToken: string,
  device: DeviceName = "other",
): Promise<WebAnswer> {
  const query = { grant_type: "refresh_token" };
  const form = { ...bench.tokenParameters(device), refresh_token: refreshToken };
  return bench.ask("/token", { query, form });
}

function remove(
  bench: Bench,
  accessToken: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<WebAnswer> {
  const query = { grant_type: "delete" };
  const form = { ...bench.tokenParameters("other"), access_token: accessToken, ...extra };
  return bench.ask("/token", { query, form });
}

/** Whether the gateway takes a token. */
async function works(bench: Bench, token: string): Promise<number | undefined> {
  const line = await bench.line();
  const answer = await line.request({ method: "GET", path: "/ping", token }).withStatus();
  return answer.status;
}

function isFour(answer: WebAnswer): DeviceTokens {
  const tokens = tokensOf(answer);
  const { expires_in: expiresIn, token_type: type } = answer.json;
  holds(
    Number.isInteger(expiresIn) && Number(expiresIn) > 0,
    "expires_in, a number of whole seconds",
    describe(answer),
  );
  holds(type === "Bearer", 'token_type "Bearer"', describe(answer));
  return tokens;
}

/** The checks of these sections. */
export const token: readonly Check[] = [
  check(
    "token-code",
    "authorization_code: access_token, expires_in (seconds), refresh_token, token_type Bearer.",
    async (bench) => {
      isFour(await bench.exchange(await bench.code("other"), "other"));
    },
  ),
  check(
    "token-basic",
    "client_id and client_secret, as parameters or by HTTP Basic, never both ways.",
    async (bench) => {
      const { clientId, clientSecret } = bench.credentials;
      const encoded = [clientId, clientSecret].map(encodeURIComponent).join(":");
      const headers = { authorization: `Basic ${Buffer.from(encoded).toString("base64")}` };
      const { client_id: _, client_secret: __, ...rest } = bench.tokenParameters("other");
      const query = { grant_type: "authorization_code" };
      const first = { ...rest, code: await bench.code("other") };
      tokensOf(await bench.ask("/token", { query, form: first, headers }));
      const second = { ...bench.tokenParameters("other"), code: await bench.code("other") };
      refused(await bench.ask("/token", { query, form: second, headers }), 400, "invalid_request");
    },
  ),
  check("token-required", "400 invalid_request: a parameter is missing.", async (bench) => {
    const code = await bench.code("other");
    for (const name of ["code", "device_id", "model_id"]) {
      const given: Record<string, string | undefined> = { [name]: undefined };
      const answer = await bench.exchange(code, "other", given);
      holds(
        answer.status === 400 && answer.json["error"] === "invalid_request",
        `status 400 with error "invalid_request" without ${name}`,
        describe(answer),
      );
    }
  }),
  check(
    "token-grant-type",
    "400 unsupported_grant_type: grant_type is none of the three.",
    async (bench) => {
      const query = { grant_type: "password" };
      const form = bench.tokenParameters("other");
      refused(await bench.ask("/token", { query, form }), 400, "unsupported_grant_type");
    },
  ),
  check(
    "token-invalid-client",
    "400 invalid_client: the client is unknown or its secret is wrong.",
    async (bench) => {
      const wrong = { client_secret: "not-the-secret" };
      refused(await bench.exchange("a-code", "other", wrong), 400, "invalid_client");
      const foreign = { client_id: "trefoil-conformance-unknown" };
      refused(await bench.exchange("a-code", "other", foreign), 400, "invalid_client");
    },
  ),
  check(
    "token-invalid-grant",
    "400 invalid_grant: the code or token is unknown, someone else's, expired or revoked.",
    async (bench) => {
      refused(await bench.exchange(unknown, "other"), 400, "invalid_grant");
      refused(await refresh(bench, unknown), 400, "invalid_grant");
    },
  ),
  reuse(
    "token-code-twice",
    "A code presented a second time is invalid_grant, and the tokens that it gave are revoked.",
    async (bench) => {
      const code = await bench.code("other");
      const { accessToken } = tokensOf(await bench.exchange(code, "other"));
      refused(await bench.exchange(code, "other"), 400, "invalid_grant");
      const status = await works(bench, accessToken);
      holds(status === 401, "status 401 for the token that the code gave", `status ${status}`);
    },
  ),
  rotation(
    "token-refresh",
    "Each refresh token works once. The access token before goes on until it expires by itself.",
    async (bench) => {
      const before = await bench.signIn("other");
      const after = isFour(await refresh(bench, before.refreshToken));
      holds(
        after.accessToken !== before.accessToken && after.refreshToken !== before.refreshToken,
        "two new tokens",
        "a token that was there before",
      );
      for (const each of [before.accessToken, after.accessToken]) {
        const status = await works(bench, each);
        holds(
          status === 204,
          "status 204 for GET /ping with either access token",
          `status ${status}`,
        );
      }
      await remove(bench, after.accessToken);
    },
  ),
  rotation(
    "token-refresh-retry",
    "While neither token of the new pair has been used, the spent token is answered with the same new pair again.",
    async (bench) => {
      const { refreshToken } = await bench.signIn("other");
      const first = tokensOf(await refresh(bench, refreshToken));
      const again = await refresh(bench, refreshToken);
      const second = tokensOf(again);
      holds(
        first.accessToken === second.accessToken && first.refreshToken === second.refreshToken,
        "the same pair",
        "another pair",
      );
      await remove(bench, first.accessToken);
    },
  ),
  rotation(
    "token-refresh-reuse",
    "One that was used and comes back is expired_token, and its whole grant is revoked.",
    async (bench) => {
      const before = await bench.signIn("other");
      const after = tokensOf(await refresh(bench, before.refreshToken));
      const used = await works(bench, after.accessToken);
      holds(used === 204, "status 204 for GET /ping with the new token", `status ${used}`);
      refused(await refresh(bench, before.refreshToken), 400, "expired_token");
      await bench.pause(1_000);
      const status = await works(bench, after.accessToken);
      holds(status === 401, "status 401 for the tokens of the grant", `status ${status}`);
      refused(await refresh(bench, after.refreshToken), 400, "invalid_grant");
    },
  ),
  deletion(
    "token-delete",
    "delete: access_token, client_id, expires_in (what was left of it); it revokes the grant of the token.",
    async (bench) => {
      const { accessToken, refreshToken } = await bench.signIn("other");
      const answer = await remove(bench, accessToken);
      const { access_token: deleted, client_id: client, expires_in: left } = answer.json;
      holds(
        answer.status === 200 && deleted === accessToken && client === bench.credentials.clientId,
        "status 200 with access_token and client_id as they were sent",
        describe(answer),
      );
      holds(Number.isInteger(left), "expires_in, a number of whole seconds", describe(answer));
      refused(await refresh(bench, refreshToken), 400, "invalid_grant");
      const status = await works(bench, accessToken);
      holds(status === 401, "status 401 for the deleted token", `status ${status}`);
    },
  ),
  deletion(
    "token-delete-refused",
    "delete: 401 for another device_id or model_id, 401 invalid_client for a wrong secret, 400 for an unknown token.",
    async (bench) => {
      const { accessToken } = await bench.signIn("other");
      const device = { device_id: bench.deviceId("main") };
      refused(await remove(bench, accessToken, device), 401, "invalid_grant");
      refused(await remove(bench, accessToken, { model_id: "another" }), 401, "invalid_grant");
      const secret = { client_secret: "not-the-secret" };
      refused(await remove(bench, accessToken, secret), 401, "invalid_client");
      refused(await remove(bench, unknown), 400, "invalid_grant");
      const status = await works(bench, accessToken);
      holds(status === 204, "a token that still works after all that", `status ${status}`);
    },
  ),
];
