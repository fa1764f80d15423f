// Accounts that are not let in for now. A judge cannot bring one into that state from outside: it is given their tokens.
// @see docs/authorization.md#terms-of-use

import type { Bench } from "../bench.js";
import { Inapplicable, holds } from "../verdict.js";
import { type WebAnswer, webRequest, describe } from "../wire/web-request.js";
import { refused } from "./authorization-transport.js";
import { type Check, section } from "./check.js";

const check = section("docs/authorization.md", "/authorize");

/** Asks for a code for the main device with an account's token. */
function authorizeWith(bench: Bench, accountToken: string): Promise<WebAnswer> {
  const { request_vu: _, ...form } = bench.authorization("main").parameters;
  return bench.ask("/authorize", { form, headers: { authorization: `Bearer ${accountToken}` } });
}

/** The checks of this section. */
export const termsAndWithdrawal: readonly Check[] = [
  check(
    "authorize-locked",
    "423 account_locked: the account withdrew from the service less than a month ago.",
    async (bench) => {
      const { lockedAccountToken: token } = bench.means;
      if (token === undefined) {
        throw new Inapplicable("needs an account that withdrew: --locked-account-token");
      }
      const answer = await authorizeWith(bench, token);
      refused(answer, 423, "account_locked");
      holds(answer.json["code"] === undefined, "no code", describe(answer));
      const seconds = answer.headers["retry-after"] ?? "none";
      holds(/^[1-9]\d*$/.test(seconds), "Retry-After with the seconds that are left", seconds);
    },
  ),
  check(
    "authorize-terms",
    '451: the account has not agreed to the terms: {"code", "redirect_uri", "state"}. The code is pending.',
    async (bench) => {
      const { termsAccountToken: token } = bench.means;
      if (token === undefined) {
        throw new Inapplicable(
          "needs an account that has not agreed to the terms: --terms-account-token",
        );
      }
      const answer = await authorizeWith(bench, token);
      const { code, redirect_uri: page, state } = answer.json;
      holds(
        answer.status === 451 && typeof code === "string" && code !== "",
        "status 451 with a code",
        describe(answer),
      );
      holds(state === "conformance", 'state "conformance"', describe(answer));
      holds(
        typeof page === "string" && URL.canParse(page),
        "redirect_uri with the address of a page",
        describe(answer),
      );
      refused(await bench.exchange(code, "main"), 400, "invalid_grant");
      const shown = await webRequest(new URL(page), bench.subject.tls, bench.patience);
      holds(
        shown.status === 200 && /^text\/html\b/.test(shown.headers["content-type"] ?? ""),
        "a page at redirect_uri",
        describe(shown),
      );
    },
  ),
];
