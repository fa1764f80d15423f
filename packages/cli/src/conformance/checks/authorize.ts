// How an app gets a code for a device.
// @see docs/authorization.md#authorize

import { createHash, randomBytes } from "node:crypto";
import { tokensOf } from "../bench.js";
import { Inapplicable, holds } from "../verdict.js";
import { granted, refused } from "./authorization-transport.js";
import { describe } from "../wire/web-request.js";
import { type Check, section } from "./check.js";

const check = section("docs/authorization.md", "/authorize");

/** The checks of this section. */
export const authorize: readonly Check[] = [
  check(
    "authorize-code",
    '200: {"code", "state"}. The state comes back decoded.',
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const form = { ...parameters, state: "95/KjaJfMl +é" };
      for (const request of [
        { form, headers },
        { query: form, headers },
      ]) {
        const answer = await bench.ask("/authorize", request);
        granted(answer);
        holds(answer.json["state"] === "95/KjaJfMl +é", 'state "95/KjaJfMl +é"', describe(answer));
      }
    },
  ),
  check("authorize-required", "400 invalid_request: a parameter is missing.", async (bench) => {
    const { parameters, headers } = bench.authorization("main");
    for (const name of ["client_id", "device_id", "model_id", "response_type", "state"]) {
      const form = { ...parameters, [name]: undefined };
      const answer = await bench.ask("/authorize", { form, headers });
      holds(
        answer.status === 400 && answer.json["error"] === "invalid_request",
        `status 400 with error "invalid_request" without ${name}`,
        describe(answer),
      );
    }
  }),
  check(
    "authorize-response-type",
    "400 unsupported_response_type: response_type is not code.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const form = { ...parameters, response_type: "token" };
      refused(await bench.ask("/authorize", { form, headers }), 400, "unsupported_response_type");
    },
  ),
  check(
    "authorize-grant-type",
    "400 unsupported_grant_type: grant_type is there and is not uauth_auth_code_v2.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const form = { ...parameters, grant_type: "other" };
      refused(await bench.ask("/authorize", { form, headers }), 400, "unsupported_grant_type");
    },
  ),
  check("authorize-unknown-client", "400 invalid_client: the client is unknown.", async (bench) => {
    const { parameters, headers } = bench.authorization("main");
    const form = { ...parameters, client_id: "trefoil-conformance-unknown" };
    refused(await bench.ask("/authorize", { form, headers }), 400, "invalid_client");
  }),
  check(
    "authorize-denied",
    "403 access_denied: the account access token is missing, unknown or expired.",
    async (bench) => {
      const { request_vu: _, ...form } = bench.authorization("main").parameters;
      refused(await bench.ask("/authorize", { form }), 403, "access_denied");
      const headers = { authorization: "Bearer nobody-was-given-this" };
      refused(await bench.ask("/authorize", { form, headers }), 403, "access_denied");
    },
  ),
  check(
    "authorize-guest-with-account",
    "400 invalid_request: request_vu=Y with an Authorization header.",
    async (bench) => {
      const form = { ...bench.authorization("main").parameters, request_vu: "Y" };
      const headers = { authorization: "Bearer nobody-was-given-this" };
      refused(await bench.ask("/authorize", { form, headers }), 400, "invalid_request");
    },
  ),
  check(
    "authorize-guest",
    "request_vu=Y: a guest, without an Authorization header.",
    async (bench) => {
      const form = { ...bench.authorization("other").parameters, request_vu: "Y" };
      const answer = await bench.ask("/authorize", { form });
      if (answer.status === 400) {
        refused(answer, 400, "invalid_request");
        throw new Inapplicable("guests are not let in here");
      }
      granted(answer);
    },
  ),
  check(
    "authorize-bound",
    "client_id, device_id, model_id: who the code is for. No other device can use it.",
    async (bench) => {
      const code = await bench.code("main");
      refused(await bench.exchange(code, "other"), 400, "invalid_grant");
    },
  ),
  check("authorize-pkce", "code_challenge: PKCE (RFC 7636); the method is S256.", async (bench) => {
    const verifier = randomBytes(32).toString("base64url");
    const pkce = {
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const first = await bench.code("main", pkce);
    refused(
      await bench.exchange(first, "main", { code_verifier: "x".repeat(43) }),
      400,
      "invalid_grant",
    );
    const second = await bench.code("main", pkce);
    tokensOf(await bench.exchange(second, "main", { code_verifier: verifier }));
  }),
];
