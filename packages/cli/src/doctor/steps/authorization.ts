// What the authorization server says: its clock, its metadata, a code and tokens.

import {
  type AccountProof,
  AuthorizationServer,
  type HttpExchange,
  type Tokens,
} from "@trefoil/client/node";
import type { Clock } from "@trefoil/protocol/clock";
import { type ErrorCode, isTrefoilError } from "@trefoil/protocol/errors";
import type { Credentials, Subject } from "../../known-server/index.js";
import { printable } from "../../printable.js";
import { type Finding, bad, doubtful, good, skipped } from "../finding.js";
import { clockSkew } from "../latency.js";

/** Seconds from which a difference between two clocks is worth a word, and from which it does harm. */
const skew = { doubtful: 30, bad: 300 } as const;

/** Requests to one authorization server on behalf of one device. */
export function authorizationServer(
  subject: Subject,
  credentials: Credentials,
  http: HttpExchange,
  clock: Clock,
): AuthorizationServer {
  return new AuthorizationServer({
    baseUrl: subject.authUrl,
    client: { id: credentials.clientId, secret: credentials.clientSecret },
    device: { id: subject.deviceId, model: credentials.model },
    http,
    clock,
  });
}

/** Does it answer as an authorization server, and what time is it there? */
export async function clockStep(authUrl: URL, http: HttpExchange, clock: Clock): Promise<Finding> {
  const asked = clock.now();
  const answer = await http({ method: "GET", url: at(authUrl, "/authorize"), headers: {} });
  const answered = clock.now();
  const date = answer.headers["date"];
  const seconds = date === undefined ? undefined : clockSkew(date, asked, answered);
  if (seconds === undefined)
    return skipped("the server does not say what time it is (no Date header)");
  const size = Math.abs(seconds);
  if (size < skew.doubtful) return good("the clocks of server and client agree");
  const says = `the server's clock is ${size} s ${seconds > 0 ? "ahead of" : "behind"} this one`;
  const advice =
    "let both machines keep time by NTP: certificates and tokens are judged by the clock";
  return size < skew.bad ? doubtful(says, advice) : bad(says, advice);
}

/** Does it describe itself? @see https://www.rfc-editor.org/rfc/rfc8414 */
export async function metadataStep(authUrl: URL, http: HttpExchange): Promise<Finding> {
  const url = new URL("/.well-known/oauth-authorization-server", authUrl);
  const answer = await http({ method: "GET", url, headers: { accept: "application/json" } });
  if (answer.status !== 200)
    return skipped(`no metadata there (${answer.status}): shipped devices do not ask for it`);
  let issuer: unknown;
  let token: unknown;
  try {
    ({ issuer, token_endpoint: token } = JSON.parse(answer.body) as Record<string, unknown>);
  } catch {
    return doubtful("the metadata is no JSON", "clients that ask for it (RFC 8414) cannot read it");
  }
  const isOurs =
    typeof token === "string" && URL.canParse(token) && new URL(token).origin === authUrl.origin;
  if (typeof issuer === "string" && isOurs) return good(`issuer ${printable(issuer)}`);
  return doubtful(
    `the metadata leads elsewhere: ${printable(String(issuer))}`,
    `set publicUrl to the address that clients use, ${authUrl.origin}`,
  );
}

/** Is the account let in? @returns the finding, and a code where there is one */
export async function authorizeStep(
  server: AuthorizationServer,
  { proof }: Credentials,
): Promise<{ readonly finding: Finding; readonly code?: string }> {
  const given: AccountProof = proof;
  try {
    const outcome = await server.authorize(given);
    switch (outcome.kind) {
      case "code":
        return { finding: good("the account is let in, and there is a code"), code: outcome.code };
      case "terms":
        return {
          finding: doubtful(
            "the account has not agreed to the terms of use (451)",
            `the app opens this page for the person: ${printable(outcome.page)}`,
          ),
        };
      case "denied":
        return {
          finding: bad(
            `the account is not let in (403): ${printable(outcome.description)}`,
            "get a fresh account access token from the identity provider; --guest needs none, where guests are let in",
          ),
        };
      case "locked":
        return {
          finding: bad(
            "the account withdrew from the service (423)",
            "wait until the lock is over, or use another account",
          ),
        };
      case "slow-down":
        return {
          finding: doubtful("too many tries (429)", `try again in ${outcome.retryAfter} s`),
        };
    }
  } catch (error) {
    return { finding: bad(messageOf(error), adviceOnRefusal(error)) };
  }
}

/** Does the code give tokens? */
export async function tokenStep(
  server: AuthorizationServer,
  code: string,
  clock: Clock,
): Promise<{ readonly finding: Finding; readonly tokens?: Tokens }> {
  try {
    const tokens = await server.exchange(code);
    const minutes = Math.round((tokens.expiresAt - clock.now()) / 60_000);
    if (minutes <= 60) {
      return {
        tokens,
        finding: doubtful(
          `access and refresh token; the access token lasts ${minutes} min`,
          "devices that shipped refresh an hour before the end, so now all the time: set auth.accessTokenLifetime above 3,600 s",
        ),
      };
    }
    return {
      tokens,
      finding: good(
        `access and refresh token; the access token lasts ${Math.round(minutes / 60)} h`,
      ),
    };
  } catch (error) {
    return { finding: bad(messageOf(error), adviceOnRefusal(error)) };
  }
}

const credentials =
  "check --client-id and TREFOIL_CLIENT_SECRET against the registration of the client";

const adviceByCode: Partial<Record<ErrorCode, string>> = {
  invalid_client: credentials,
  client_unauthenticated: credentials,
  unauthorized_client: "the client was switched off: an operator can switch it on again",
  unavailable: "look at the network, and at the server's log",
  internal: "the server failed: its log says why",
};

function adviceOnRefusal(error: unknown): string {
  const known = isTrefoilError(error) ? adviceByCode[error.code] : undefined;
  return known ?? "look at the parameters: docs/authorization.md has each with its errors";
}

/** A message in one line. */
export function messageOf(error: unknown): string {
  return printable((error instanceof Error ? error.message : String(error)).replace(/\.$/, ""));
}

function at(base: URL, path: string): URL {
  return new URL(`${base.href.replace(/\/+$/, "")}${path}`);
}
