// What is asked of the authorization server beyond the statuses of its two endpoints.

import { type Section, works } from "../row.js";
import {
  accessibility,
  accountPages,
  accountPagesInChromium,
  adminOperators,
  appSignInInChromium,
  attemptJournal,
  authorize,
  codeGrant,
  configLoading,
  crashRefresh,
  databaseDump,
  deviceFlow,
  downchannel,
  externalProvider,
  limits,
  nghttp,
  oauthClients,
  oidcProvider,
  operatorCommands,
  operators,
  owner,
  postgres,
  randomParameters,
  refreshGrant,
  revocation,
  selectedStorage,
  serve,
  sqlite,
  standards,
  termsConfig,
  termsInChromium,
  termsPages,
  twoProcesses,
  withdrawal,
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
      serve("trefoil serve --dev > warns of what is doubtful in the configuration"),
      configLoading(
        "the production form > warns of token lifetimes that make shipped devices refresh all the time",
      ),
    ),
    works(
      ["random parameters never get 500, a hang, or a secret in an answer or a log line"],
      randomParameters("random parameters get an answer of the table, and give nothing away > *"),
    ),
    works(
      [
        "refreshes with the process killed at random points: no device without a working token, no refresh token that works twice (40 refreshes and three kills; more by hand, `npm run crash:refresh`)",
      ],
      crashRefresh(
        "a server killed at random points of refreshes locks no device out, and no refresh token works twice",
      ),
    ),
  ],
};

export const terms: Section = {
  title: "Terms of use",
  columns: ["Feature"],
  rows: [
    works(
      ["documents with versions, required and optional, in Japanese, Korean and English"],
      termsPages(
        "the page > lists each document with its version, required and optional ones apart",
        "the page > speaks the language of Accept-Language: *",
      ),
      termsConfig(
        "terms of use > stand in the file, required unless they say otherwise, in one language or more",
      ),
    ),
    works(
      ["the code of a 451 is pending until the terms are agreed to"],
      termsPages(
        "an account that has not agreed > gets no tokens for the code, and is told why, as often as it asks",
        "an account that has not agreed > gets them for the same code once it agreed",
      ),
    ),
    works(
      ["agreed: `clova://agreement-success`, or `redirect_uri?code=...&state=...`"],
      termsPages("the outcome of agreed > *"),
      termsInChromium("agreed > *"),
    ),
    works(
      ["a required document left unticked: `terms_not_agreed`"],
      termsPages("the outcome of a required document left unticked > *"),
      termsInChromium("terms_not_agreed > *"),
    ),
    works(
      ["declined: `user-disagreement`"],
      termsPages(
        "the outcome of declined > *",
        "the outcome of declined with everything ticked > *",
      ),
      termsInChromium("user-disagreement > *"),
    ),
    works(
      ["our failure: `server_error`"],
      termsPages(
        "our own failure > is told to the app, where it happens after its redirect_uri was checked",
        "our own failure > is told to clova: without one",
      ),
    ),
    works(
      ["the app's own `redirect_uri` only where the client registered it"],
      termsPages("no open redirect > *"),
      termsInChromium(
        "leads nowhere for a redirect URI that is not registered (attack: open redirect)",
      ),
    ),
    works(
      ["consent is kept per account and version; a new required version asks again"],
      termsPages(
        "what is kept > is document, version, language, client and time, for what was ticked alone",
        "an account that has not agreed > is not asked again, on any device",
        "an account that has not agreed > leaves no other account agreed",
        "which terms ask > are a new version of a required document",
      ),
    ),
    works(["the form is protected against forgery"], termsPages("a forged form > *")),
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
    works(
      ["withdrawal: everything revoked and disconnected within a second, locked for a month"],
      withdrawal(
        "withdrawing > ends every token of every device in the same turn, and sends the devices to their set-up",
        "an account that withdrew > gets it to the last second, and gets in when the month is over",
      ),
      twoProcesses(
        "two processes on one * > hear of a withdrawal within a second, and let the account in no more",
      ),
      downchannel(
        "the downchannel > ends when its token is revoked, and the token stops working at once",
      ),
    ),
    works(
      ["account pages: devices, rename, remove, sign out everywhere, consents, withdraw"],
      accountPages(
        "my devices > *",
        "signing out everywhere > *",
        "consents > are shown, and optional ones are agreed to and taken back",
        "closing the account > *",
      ),
      accountPagesInChromium(
        "a device > is let in by its code, shows up, and is removed",
        "a person > closes the account",
      ),
    ),
    works(
      [
        "account pages work without JavaScript and by keyboard alone, and keep axe's rules for screen readers and others, in three languages",
      ],
      accountPages(
        "every page > * runs no script, is in no frame, and leaks no address",
        "every page > speaks Japanese, Korean and English, as the browser wants, and says which",
      ),
      accountPagesInChromium("a person > *"),
      accessibility("light, en-GB > *", "dark, ja-JP > *", "dark, ko-KR > *"),
    ),
  ],
};

export const identity: Section = {
  title: "Identity providers and standards",
  columns: ["Feature"],
  rows: [
    works(
      ["any OpenID Connect provider, with presets for NAVER, LINE and Google"],
      externalProvider(
        "'naver' > lets in whom the provider names, who is the same account each time",
        "'line' > lets in whom the provider names, who is the same account each time",
        "'google' > lets in whom the provider names, who is the same account each time",
        "introspection (RFC 7662) > *",
        "signing in on the account pages > leads there and back, to the page that one came for, with the name of there",
      ),
    ),
    works(
      ["the embedded provider as an OpenID Connect provider with pages"],
      oidcProvider(
        "an app signs a person in > *: sign-in, consent, code, ID token, user info",
        "what an app gets > lets devices in: its access token is an account access token",
        "an account authorization code (grant_type=uauth_auth_code_v2) > is exchanged by /authorize, once; a second time ends what it gave",
      ),
      appSignInInChromium(
        "from sign-in and consent to the app, whose token then lets a device in",
        "who says no is led back to the app, which is told",
      ),
    ),
    works(
      ["RFC 8414 metadata"],
      standards(
        "/.well-known/oauth-authorization-server > names every endpoint of this server, and the gateway, whatever host was asked",
      ),
      oauthClients("oauth4webapi > reads the metadata (RFC 8414), and finds the gateway in it"),
    ),
    works(["RFC 7009 revocation"], standards("/revoke > *")),
    works(["RFC 7662 introspection"], standards("/introspect > *")),
    works(
      ["RFC 8628 device authorization with a page at `/activate`"],
      deviceFlow(
        "/device_authorization > gives a code to keep and one to show, of letters that do not look alike",
        "the device's questions > *",
        "/activate > *",
      ),
      accountPagesInChromium("a device > *"),
    ),
    works(
      ["foreign OAuth clients: openid-client, oauth4webapi"],
      oauthClients("openid-client > *", "oauth4webapi > *"),
    ),
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
    works(
      ["PostgreSQL instead of it, by configuration"],
      selectedStorage(
        "a server > keeps everything in PostgreSQL where its configuration says so, and makes no file",
      ),
      postgres("with a server > *"),
    ),
    works(
      ["an audit log of grants, refreshes, reuse and failed tries, without secrets"],
      authorize("notes in the audit log who was let in and who was not"),
      refreshGrant("notes refresh, repetition and reuse in the audit log"),
    ),
    works(
      ["`trefoil client create|list|rotate-secret|disable`"],
      operatorCommands(
        "trefoil client > registers a client with its redirect URIs and shows the secret once",
        "trefoil client > rotates a secret, switches off and on",
      ),
    ),
    works(["`trefoil account create|list|withdraw`"], operatorCommands("trefoil account > *")),
    works(["`trefoil token inspect|revoke`"], operatorCommands("trefoil token > *")),
    works(
      ["the audit log by API and command"],
      adminOperators("the audit log > *"),
      operatorCommands("trefoil audit > *"),
    ),
    works(
      ["rate limits that survive a restart and are shared between processes"],
      limits("counts survive a restart"),
      twoProcesses("two processes on one * > count wrong tries together"),
      attemptJournal("counts of tries > *"),
    ),
  ],
};
