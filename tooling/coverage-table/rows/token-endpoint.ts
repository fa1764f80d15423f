// What is asked of /token: each status of each grant.

import { type Section, works } from "../row.js";
import {
  codeGrant,
  curl,
  deleteGrant,
  limits,
  refreshGrant,
  shippedAuthorization,
  termsPages,
  twoProcesses,
} from "./tests.js";

const anyCode = (test: string) => codeGrant(`asked by *, the grant authorization_code > ${test}`);
const anyRefresh = (test: string) => refreshGrant(`asked by *, the grant refresh_token > ${test}`);
const anyDelete = (test: string) => deleteGrant(`asked by *, the grant delete > ${test}`);

export const codeStatuses: Section = {
  title: "`GET|POST /token`, `grant_type=authorization_code`",
  columns: ["Status", "When"],
  rows: [
    works(
      ["200", "`access_token`, `expires_in`, `refresh_token`, `token_type`"],
      anyCode("answers 200 with the four members, expires_in an integer of seconds"),
      shippedAuthorization(
        "the firmware > has grant_type in the query and the rest in the body, over HTTP/1.1 without ALPN, for all three grants",
      ),
    ),
    works(
      ["400", "a parameter is missing, empty, doubled or too long"],
      anyCode("answers 400 where * is missing or empty"),
      anyCode("answers 400 where * is given twice"),
    ),
    works(
      ["400", "`invalid_client`: wrong secret or unknown client, told alike"],
      anyCode("answers 400 invalid_client the same to a wrong secret and to an unknown client"),
    ),
    works(
      ["400", "`invalid_grant`: the code is unknown, expired, or another client's or device's"],
      anyCode("answers 400 invalid_grant to an unknown code"),
      anyCode("answers 400 invalid_grant to another *, and keeps the code"),
      anyCode("answers 400 invalid_grant to another client's code, as to an unknown one"),
      anyCode("answers 400 invalid_grant to a code of ten minutes ago"),
    ),
    works(
      ["400", "`invalid_grant`: the code was used; what it gave is revoked"],
      anyCode("answers 400 invalid_grant to a code presented twice, and revokes what it gave"),
      twoProcesses("two processes on one SQLite file > give tokens for a code once"),
    ),
    works(
      ["400", "`invalid_grant`: the code is pending, the terms are not agreed to"],
      termsPages(
        "an account that has not agreed > gets no tokens for the code, and is told why, as often as it asks",
      ),
    ),
    works(
      ["200, 400", "PKCE (RFC 7636) where the client sent a challenge"],
      anyCode("with PKCE > takes the verifier of the challenge"),
      anyCode(
        "with PKCE > answers 400 invalid_grant to a verifier where no challenge was (downgrade)",
      ),
    ),
    works(
      ["429", "too many tries: `slow_down`, `Retry-After`"],
      limits(
        "an address that guesses > at a client's secret is slowed, and goes on at the pace of the window",
        "an address that guesses > at codes is slowed",
      ),
    ),
  ],
};

export const refreshStatuses: Section = {
  title: "`GET|POST /token`, `grant_type=refresh_token`",
  columns: ["Status", "When"],
  rows: [
    works(
      ["200", "the same four members, both tokens new; `device_id` may be left out"],
      anyRefresh("answers 200 with the four members, both tokens new"),
      anyRefresh("does without device_id, but it must match when given"),
    ),
    works(
      ["200", "within the retry window: the same new pair again"],
      anyRefresh("answers the same new pair again within the retry window"),
      anyRefresh("ends the retry window when the new * token is used"),
      twoProcesses(
        "two processes on one SQLite file > answer the same pair to a device that retries its refresh at the other",
      ),
      shippedAuthorization(
        "the firmware > whose answer was lost on the way gets the same tokens once more",
      ),
    ),
    works(
      ["400", "`expired_token`, `refresh token has been used`: reuse, which revokes the family"],
      anyRefresh("answers 400 expired_token to a spent token, and revokes the family"),
      shippedAuthorization(
        "the firmware > is told expired_token in exactly these words when it presents a refresh token that was used",
      ),
    ),
    works(
      [
        "400",
        "`unauthorized_client`: the owner removed the device, or the client was switched off",
      ],
      anyRefresh(
        "answers 400 unauthorized_client where the owner removed the device, spent token or not",
      ),
      anyRefresh(
        "answers 400 unauthorized_client where the client was switched off, also after it is on again",
      ),
      shippedAuthorization(
        "the firmware > is sent back to its set-up mode by unauthorized_client alone, when its owner removed it",
      ),
    ),
    works(
      ["400", "`invalid_grant`: any other dead refresh token"],
      anyRefresh(
        "answers 400 invalid_grant to an unknown token, an access token, and another client's",
      ),
      anyRefresh("answers 400 invalid_grant after delete"),
      anyRefresh("answers 400 invalid_grant a year after it was last used, and slides"),
    ),
    works(
      ["400", "`invalid_client`: wrong secret or unknown client, told alike"],
      anyRefresh("answers 400 invalid_client the same to a wrong secret and to an unknown client"),
    ),
    works(
      ["400", "a parameter is missing, empty, doubled or too long"],
      anyRefresh("answers 400 where * is missing or empty"),
      anyRefresh("answers 400 where * is given twice"),
    ),
    works(
      ["429", "too many tries: `slow_down`, `Retry-After`"],
      limits(
        "an address that guesses > at refresh tokens is slowed",
        "a device > that refreshes without end is slowed, and its token lives on",
      ),
    ),
  ],
};

export const deleteStatuses: Section = {
  title: "`GET|POST /token`, `grant_type=delete`",
  columns: ["Status", "When"],
  rows: [
    works(
      ["200", "`access_token`, `client_id`, `expires_in`: what was left of it"],
      anyDelete("answers 200 with the token, its client and what was left of it"),
      anyDelete("revokes access and refresh token, and those before them"),
    ),
    works(
      ["401", "wrong secret, unknown client, or another `device_id` or `model_id`"],
      anyDelete(
        "answers 401 invalid_client, with a challenge, the same to a wrong secret and to an unknown client",
      ),
      anyDelete("answers 401 to another *"),
      curl("curl > at the authorization server > gets 401 for deleting another device's token"),
    ),
    works(
      ["400", "`invalid_grant`: the token is unknown, someone else's, or deleted already"],
      anyDelete(
        "answers 400 invalid_grant to an unknown token, a refresh token, someone else's, and a deleted one",
      ),
    ),
    works(
      ["400", "a parameter is missing, empty, doubled or too long"],
      anyDelete("answers 400 where * is missing or empty"),
      anyDelete("answers 400 where * is given twice"),
    ),
    works(
      ["429", "too many tries: `slow_down`, `Retry-After`"],
      limits("an address that guesses > at access tokens is slowed"),
    ),
  ],
};
