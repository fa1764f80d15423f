// What is asked of the authorization server beyond the statuses of its two endpoints.

import { type Section, notYet, works } from "../row.js";
import {
  authorize,
  codeGrant,
  databaseDump,
  nghttp,
  operators,
  owner,
  randomParameters,
  refreshGrant,
  revocation,
  sqlite,
  twoProcesses,
} from "./tests.js";

export const tokens: Section = {
  title: "Codes and tokens",
  columns: ["Feature"],
  rows: [
    works(
      [
        "codes and tokens of 256 random bits, URL-safe, stored as hashes: a dump gives nothing away",
      ],
      authorize("gives codes of 256 bits that never repeat"),
      databaseDump(
        "neither the database's files nor the log hold a secret, code or token that was given",
      ),
    ),
    works(
      ["a deleted or revoked token stops at once, also in another process within a second"],
      revocation("* > tells each holder once, at once, and the token works no more"),
      twoProcesses(
        "two processes on one SQLite file > hear of each other's revocations within a second",
      ),
    ),
    works(
      ["`delete` closes the device's downchannel within a second, by END_STREAM"],
      nghttp(
        "nghttp > sees its downchannel end by END_STREAM when the token is deleted, and nothing after the last delimiter line",
      ),
    ),
    works(
      ["one successor for many refreshes at the same time"],
      refreshGrant("answers one and the same pair to many that refresh at the same time"),
      twoProcesses(
        "two processes on one SQLite file > answer every device that keeps retrying, however many there are",
      ),
    ),
    works(
      [
        "a warning at start where access tokens live so briefly that devices would refresh every minute",
      ],
      operators(
        "the start > warns of an access token lifetime that shipped devices would refresh every minute",
      ),
    ),
    works(
      ["random parameters never get 500, a hang, or a secret in an answer or a log line"],
      randomParameters("random parameters get an answer of the table, and give nothing away"),
    ),
    notYet(
      "500 refreshes with the process killed at random points: no device without a working token",
    ),
  ],
};

export const terms: Section = {
  title: "Terms of use",
  columns: ["Feature"],
  rows: [
    notYet("documents with versions, required and optional, in Japanese, Korean and English"),
    notYet("the code of a 451 is pending until the terms are agreed to"),
    notYet("agreed: `clova://agreement-success`, or `redirect_uri?code=...&state=...`"),
    notYet("a required document left unticked: `terms_not_agreed`"),
    notYet("declined: `user-disagreement`"),
    notYet("our failure: `server_error`"),
    notYet("the app's own `redirect_uri` only where the client registered it"),
    notYet("consent is kept per account and version; a new required version asks again"),
    notYet("the form is protected against forgery"),
  ],
};

export const accounts: Section = {
  title: "Accounts and guests",
  columns: ["Feature"],
  rows: [
    works(
      ["local accounts with argon2id"],
      operators(
        "accounts > are made with e-mail and password, and found by the address in any case",
        "accounts > keep passwords as argon2id, salted",
      ),
    ),
    works(
      ["a device on which another account signs in is theirs at once"],
      owner(
        "a device on which another account signs in > is theirs at once: the tokens before end, and so does the name",
      ),
    ),
    works(
      ["a guest's device keeps what waits for it when an account signs in"],
      owner("a guest > gives way to the account that signs in later, which is told apart"),
    ),
    works(
      ["a device that its owner removed is gone, and may sign in anew"],
      owner(
        "a device that its owner removed > is gone from the list, and its mailbox's keeper hears of it",
        "a device that its owner removed > may sign in anew, under the key it had",
      ),
    ),
    notYet("withdrawal: everything revoked and disconnected within a second, locked for a month"),
    notYet("account pages: devices, rename, remove, sign out everywhere, consents, withdraw"),
    notYet(
      "account pages work without JavaScript, with keyboard and screen reader, in three languages",
    ),
  ],
};

export const identity: Section = {
  title: "Identity providers and standards",
  columns: ["Feature"],
  rows: [
    notYet("any OpenID Connect provider, with presets for NAVER, LINE and Google"),
    notYet("the embedded provider as an OpenID Connect provider with pages"),
    notYet("RFC 8414 metadata"),
    notYet("RFC 7009 revocation"),
    notYet("RFC 7662 introspection"),
    notYet("RFC 8628 device authorization with a page at `/activate`"),
    notYet("foreign OAuth clients: openid-client, oauth4webapi"),
  ],
};

export const operations: Section = {
  title: "Operators",
  columns: ["Feature"],
  rows: [
    works(
      ["two live client secrets for an overlap"],
      codeGrant("takes either of two live secrets, and no third"),
    ),
    works(
      ["expired rows are swept"],
      operators("the start > sweeps expired rows, a day after they expired, and leaves the rest"),
    ),
    works(
      ["an embedded database that migrates itself"],
      sqlite("SQLite on a file > migration > does nothing the second time"),
    ),
    notYet("PostgreSQL instead of it, by configuration"),
    works(
      ["an audit log of grants, refreshes, reuse and failed tries, without secrets"],
      authorize("notes in the audit log who was let in and who was not"),
      refreshGrant("notes refresh, repetition and reuse in the audit log"),
    ),
    notYet("`trefoil client create|list|rotate-secret|disable`"),
    notYet("`trefoil account create|list|withdraw`"),
    notYet("`trefoil token inspect|revoke`"),
    notYet("the audit log by API and command"),
    notYet("rate limits that survive a restart and are shared between processes"),
  ],
};
