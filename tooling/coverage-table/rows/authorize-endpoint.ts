// What is asked of /authorize and of signing in for an account access token: each parameter rule, each status.

import { type Section, works } from "../row.js";
import {
  accountSignIn,
  authorize,
  codeGrant,
  curl,
  deleteGrant,
  limits,
  owner,
  refreshGrant,
  termsPages,
  transport,
  withdrawal,
} from "./tests.js";

const anyAuthorize = (test: string) => authorize(`asked by *, /authorize > ${test}`);
const anyCode = (test: string) => codeGrant(`asked by *, the grant authorization_code > ${test}`);
const anyRefresh = (test: string) => refreshGrant(`asked by *, the grant refresh_token > ${test}`);
const anyDelete = (test: string) => deleteGrant(`asked by *, the grant delete > ${test}`);

export const transportRules: Section = {
  title: "Both endpoints",
  columns: ["Rule"],
  rows: [
    works(
      ["GET and POST; parameters in the query, in a form body, or split over both"],
      anyAuthorize("answers 200 with code and state alone where the account is valid"),
      anyCode("answers 200 with the four members, expires_in an integer of seconds"),
    ),
    works(
      ["a name given twice, in either place: 400 `invalid_request`"],
      anyAuthorize("answers 400 where * is given twice"),
      transport("/* > answers 400 where a parameter is in the query and in the body"),
    ),
    works(
      ["client credentials by HTTP Basic, never together with parameters"],
      transport(
        "/token > with HTTP Basic > takes the client's credentials",
        "/token > with HTTP Basic > answers 400 where the credentials are parameters too",
      ),
    ),
    works(
      ["answers are JSON that no cache keeps, errors have the codes of RFC 6749"],
      anyAuthorize("answers 200 with code and state alone where the account is valid"),
      transport("answers 404 to other paths, in the same form"),
    ),
    works(
      ["unknown parameters are ignored"],
      anyAuthorize(
        "ignores parameters that it does not know, also when they are doubled or badly encoded",
      ),
    ),
    works(
      ["each parameter has a bound on its length: 400 over it"],
      anyAuthorize("answers 400 where * is longer than * bytes"),
      anyCode("answers 400 where * is longer than * bytes"),
      anyRefresh("answers 400 where * is longer than * bytes"),
      anyDelete("answers 400 where * is longer than * bytes"),
    ),
    works(
      ["405 with `Allow` for another method, 413 for a body that is too large"],
      transport(
        "/* > answers 405 to *",
        "/* > answers 413 to a body of more than 64 KiB, declared or not",
      ),
      curl(
        "curl > at the authorization server > gets 404 for an unknown path, 405 with Allow for a wrong method and 400 for a body of another type",
      ),
    ),
  ],
};

export const authorizeStatuses: Section = {
  title: "`GET|POST /authorize`",
  columns: ["Status", "When"],
  rows: [
    works(
      ["200", "the account is valid: `code` and `state`, the state decoded"],
      anyAuthorize("answers 200 with code and state alone where the account is valid"),
      anyAuthorize("echoes the state decoded"),
      curl("curl > signs in > by the address of the guide's example, and reads the state decoded"),
    ),
    works(
      ["200", "`grant_type=uauth_auth_code_v2`: the bearer is an account authorization code"],
      anyAuthorize(
        "with grant_type=uauth_auth_code_v2 > exchanges the account authorization code, once",
      ),
    ),
    works(
      ["200", "`request_vu=Y`: a guest, the same one when the device asks again"],
      anyAuthorize("with request_vu=Y > lets a guest in"),
      owner("a guest > is the same guest when the same device asks again"),
      curl("curl > signs in > as a guest, with no account at all"),
    ),
    works(
      ["400", "a parameter is missing, empty or malformed"],
      anyAuthorize("answers 400 where * is missing"),
      anyAuthorize("answers 400 where * is empty"),
      curl(
        "curl > at the authorization server > gets 400 that names the parameter that is missing",
      ),
    ),
    works(
      ["400", "`response_type` is not `code`"],
      anyAuthorize("answers 400 where response_type is not code"),
    ),
    works(
      ["400", "the client is unknown"],
      anyAuthorize("answers 400 where the client is unknown"),
    ),
    works(
      ["400", "a guest where the deployment lets none in, or with an `Authorization` header"],
      authorize("answers 400 to a guest where the deployment lets none in"),
      anyAuthorize("with request_vu=Y > answers 400 where an Authorization header * is there too"),
    ),
    works(
      ["403", "account access token or account authorization code missing, unknown or expired"],
      anyAuthorize("answers 403 where the account access token *"),
      anyAuthorize("with grant_type=uauth_auth_code_v2 > answers 403 *"),
      curl(
        "curl > at the authorization server > gets 403 for an account access token that nobody knows",
      ),
    ),
    works(
      ["423", "the account withdrew less than a month ago: `retry_after`, `Retry-After`"],
      withdrawal(
        "an account that withdrew > gets 423 with the seconds to wait, in header and body, by *",
        "an account that withdrew > gets it to the last second, and gets in when the month is over",
      ),
    ),
    works(
      ["451", "the current terms are not agreed to: `code`, `redirect_uri`, `state`"],
      termsPages(
        "an account that has not agreed > gets 451 with code, redirect_uri and state, by *",
      ),
    ),
    works(
      ["429", "too many tries from one address or for one client: `slow_down`, `Retry-After`"],
      limits(
        "an address that guesses > at account access tokens is slowed",
        "an address that guesses > at clients is slowed",
        "a client that is guessed at from many addresses > is guessed at no faster from further addresses",
      ),
    ),
    works(
      ["500", "our own failure: `server_error`, and nothing of the cause"],
      authorize("answers 500 server_error, and nothing of the cause, where the database fails"),
    ),
  ],
};

export const accountSignInStatuses: Section = {
  title: "`POST /account/sign-in`",
  columns: ["Status", "When"],
  rows: [
    works(
      ["200", "e-mail address and password are right: an account access token"],
      accountSignIn("gives an account access token that /authorize takes until it expires"),
    ),
    works(
      ["400", "the body is not what it should be"],
      accountSignIn("bad input > answers 400 to *"),
    ),
    works(
      ["403", "wrong password or unknown address, told alike and after the same time"],
      accountSignIn(
        "answers 403, the same to a wrong password and to an unknown address",
        "takes as long for an unknown address as for a known one",
      ),
    ),
    works(
      ["405, 413, 415", "wrong method, a body that is too large or of another type"],
      accountSignIn(
        "bad input > answers 405 to GET, so that no password ends up in a URL",
        "bad input > answers 413 to a body of more than 8 KiB",
        "bad input > answers 415 to what a form of a foreign page can send",
      ),
    ),
    works(
      ["429", "too many tries for one address or from one network; never for good"],
      accountSignIn(
        "many tries > from one address for one e-mail address are slowed, also the right one, and not for good",
        "many tries > for many e-mail addresses from one address are slowed",
      ),
    ),
  ],
};
