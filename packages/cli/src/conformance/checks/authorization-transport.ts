// What holds for both endpoints of the authorization server.
// @see docs/authorization.md#both-endpoints

import { type Bench, tokensOf } from "../bench.js";
import { holds } from "../verdict.js";
import { type WebAnswer, describe } from "../wire/web-request.js";
import { type Check, section } from "./check.js";

const check = section("docs/authorization.md", "Both endpoints");

/** An OAuth error with its status. */
export function refused(answer: WebAnswer, status: number, error: string): void {
  holds(
    answer.status === status && answer.json["error"] === error,
    `status ${status} with error ${JSON.stringify(error)}`,
    describe(answer),
  );
}

/** An answer of `/authorize` that holds a code. */
export function granted(answer: WebAnswer): void {
  holds(
    answer.status === 200 && typeof answer.json["code"] === "string",
    "status 200 with a code",
    describe(answer),
  );
}

const missingResponseType = (bench: Bench, state: string): Promise<WebAnswer> => {
  const { parameters, headers } = bench.authorization("main");
  const { response_type: _, ...rest } = parameters;
  return bench.ask("/authorize", { form: { ...rest, state }, headers });
};

/** The checks of this section. */
export const authorizationTransport: readonly Check[] = [
  check("auth-methods", "GET and POST alike.", async (bench) => {
    const { parameters, headers } = bench.authorization("main");
    granted(await bench.ask("/authorize", { query: parameters, headers }));
    granted(await bench.ask("/authorize", { form: parameters, headers }));
    const code = await bench.code("other");
    const query = { grant_type: "authorization_code", code, ...bench.tokenParameters("other") };
    tokensOf(await bench.ask("/token", { query }));
  }),
  check(
    "auth-split-parameters",
    "Parameters come from the query, from an application/x-www-form-urlencoded body, or from both together.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const { client_id: clientId, ...rest } = parameters;
      granted(
        await bench.ask("/authorize", { query: { client_id: clientId }, form: rest, headers }),
      );
      const code = await bench.code("other");
      const form = { grant_type: "authorization_code", code, ...bench.tokenParameters("other") };
      tokensOf(await bench.ask("/token", { form }));
    },
  ),
  check(
    "auth-given-twice",
    "A parameter given twice is 400, wherever it stands.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const { state, ...rest } = parameters;
      const twice = [...Object.entries(parameters), ["state", "again"]] as const;
      refused(await bench.ask("/authorize", { form: twice, headers }), 400, "invalid_request");
      const split = { query: { state }, form: { ...rest, state: "again" }, headers };
      refused(await bench.ask("/authorize", split), 400, "invalid_request");
    },
  ),
  check("auth-unknown-parameters", "Parameters that are not known are ignored.", async (bench) => {
    const { parameters, headers } = bench.authorization("main");
    const form = { ...parameters, trefoil_conformance: "1" };
    const extra = { ...headers, "x-device-name": "conformance", "x-device-ruid": "1" };
    granted(await bench.ask("/authorize", { form, headers: extra }));
  }),
  check("auth-empty-value", "An empty value counts as none.", async (bench) => {
    const { parameters, headers } = bench.authorization("main");
    const form = { ...parameters, device_id: "" };
    refused(await bench.ask("/authorize", { form, headers }), 400, "invalid_request");
  }),
  check(
    "auth-bounds",
    "Values are bounded (bytes): client_id 256, device_id and model_id 128, state 2,048.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      for (const [name, bound] of [
        ["device_id", 128],
        ["model_id", 128],
        ["state", 2_048],
      ] as const) {
        const form = { ...parameters, [name]: "x".repeat(bound + 1) };
        const answer = await bench.ask("/authorize", { form, headers });
        holds(
          answer.status === 400,
          `status 400 for a ${name} of ${bound + 1} bytes`,
          describe(answer),
        );
      }
      granted(
        await bench.ask("/authorize", {
          form: { ...parameters, state: "x".repeat(2_048) },
          headers,
        }),
      );
    },
  ),
  check(
    "auth-no-store",
    "Answers are application/json and carry Cache-Control: no-store.",
    async (bench) => {
      const { parameters, headers } = bench.authorization("main");
      const answers = [
        await bench.ask("/authorize", { form: parameters, headers }),
        await missingResponseType(bench, "s"),
        await bench.exchange("unknown", "main"),
      ];
      for (const answer of answers) {
        const type = answer.headers["content-type"] ?? "none";
        holds(/^application\/json\b/i.test(type), "Content-Type: application/json", type);
        const cache = answer.headers["cache-control"] ?? "none";
        holds(/\bno-store\b/i.test(cache), "Cache-Control: no-store", cache);
      }
    },
  ),
  check(
    "auth-error-form",
    'Errors are {"error": "...", "error_description": "..."}; the description never repeats a value.',
    async (bench) => {
      const answer = await bench.exchange("a-code-that-nobody-was-given", "main");
      refused(answer, 400, "invalid_grant");
      const description = answer.json["error_description"];
      holds(
        typeof description === "string" && description !== "",
        "an error_description",
        describe(answer),
      );
      holds(
        !answer.body.includes("a-code-that-nobody-was-given"),
        "a description without the code that was sent",
        "the code in it",
      );
    },
  ),
  check(
    "auth-error-state",
    "Errors of /authorize carry the state that was sent.",
    async (bench) => {
      const answer = await missingResponseType(bench, "95/KjaJfMl +é");
      refused(answer, 400, "invalid_request");
      holds(answer.json["state"] === "95/KjaJfMl +é", 'state "95/KjaJfMl +é"', describe(answer));
    },
  ),
  check(
    "auth-other-methods",
    "Other methods than GET and POST are 405, HEAD among them.",
    async (bench) => {
      for (const path of ["/authorize", "/token"] as const) {
        for (const method of ["PUT", "DELETE", "HEAD"]) {
          const { status } = await bench.ask(path, { method });
          holds(status === 405, `status 405 for ${method} ${path}`, `status ${status}`);
        }
      }
    },
  ),
];
