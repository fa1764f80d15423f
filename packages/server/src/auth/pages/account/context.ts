// What the account pages work with, and what they have in common.

import { html } from "hono/html";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { Database } from "../../../storage/index.js";
import type { AccountSecurity } from "../../account-security.js";
import type { DeviceRegistry } from "../../devices.js";
import { isEmailAddress, maxEmailBytes } from "../../email-address.js";
import { isGuessable } from "../../guessable-passwords.js";
import { maxPasswordBytes, minPasswordLength } from "../../passwords.js";
import type { SignInOutside } from "../../oidc/external/sign-in-outside.js";
import type { SignInContext } from "../../sign-in.js";
import type { TermsRegistry } from "../../terms/terms-registry.js";
import type { Withdrawals } from "../../withdrawal/withdrawals.js";
import { type FormProblem, problemSummary, textField } from "../form-fields.js";
import type { Html } from "../page.js";
import type { Session } from "../sessions.js";
import type { Visit, VisitParts } from "../visit.js";
import { type AccountWords, accountWords } from "./words/index.js";

/** Where a device is at this moment, as far as this process knows. */
export interface DevicePresence {
  readonly online: boolean;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly remoteAddress: string;
}

/** What the account pages work with. */
export interface AccountPagesContext extends VisitParts, SignInContext {
  readonly database: Database;
  readonly devices: DeviceRegistry;
  readonly security: AccountSecurity;
  readonly terms: TermsRegistry;
  readonly withdrawals: Withdrawals;
  /** Where people sign in who are known to a provider elsewhere; undefined where that is here. */
  readonly outside: SignInOutside | undefined;
  /** Where signing in may lead a browser besides this server, by the path that it goes on to. */
  readonly formTargetsOf: (path: string) => Promise<readonly string[]>;
  /** Undefined for a device that was not there since the process started. */
  readonly presenceOf: (deviceKey: string) => DevicePresence | undefined;
}

export function wordsOf(visit: Visit): AccountWords {
  return accountWords[visit.language];
}

/** Who is signed in, on pages that nobody else gets to see. */
export function sessionOf(visit: Visit): Session {
  if (visit.session !== undefined) return visit.session;
  throw new TrefoilError("access_denied", "Nobody is signed in.");
}

/** Characters; browsers count otherwise than bytes, so that the server looks again. */
export const maxEmailLength = maxEmailBytes;
export const maxPasswordLength = maxPasswordBytes;

/** A field for an e-mail address. */
export function emailField(
  words: AccountWords,
  value: string,
  problems: readonly FormProblem[],
): Html {
  return textField(
    {
      name: "email",
      label: words.email,
      type: "email",
      value,
      autocomplete: "username",
      maxLength: maxEmailLength,
    },
    problems,
  );
}

/** A field for a new password, with what it has to be. */
export function newPasswordField(
  words: AccountWords,
  label: string,
  problems: readonly FormProblem[],
): Html {
  return textField(
    {
      name: "new_password",
      label,
      type: "password",
      hint: words.passwordHint(minPasswordLength),
      autocomplete: "new-password",
      maxLength: maxPasswordLength,
    },
    problems,
  );
}

/** A field for the password that there is; nothing for who signs in elsewhere. */
export function presentPasswordField(
  visit: Visit,
  label: string,
  problems: readonly FormProblem[],
): Html {
  return sessionOf(visit).hasPassword ? passwordField(wordsOf(visit), label, problems) : html``;
}

/** A field for a password. */
export function passwordField(
  words: AccountWords,
  label: string,
  problems: readonly FormProblem[],
): Html {
  return textField(
    {
      name: "password",
      label,
      type: "password",
      autocomplete: "current-password",
      maxLength: maxPasswordLength,
    },
    problems,
  );
}

/** What is wrong with a new password, before it is hashed. @param email its account's address, as it was typed */
export function newPasswordProblems(
  words: AccountWords,
  password: string,
  email: string,
): FormProblem[] {
  const field = "new_password";
  if (password === "") return [{ field, sentence: words.passwordMissing }];
  if (Array.from(password).length < minPasswordLength) {
    return [{ field, sentence: words.passwordShort(minPasswordLength) }];
  }
  if (Buffer.byteLength(password) > maxPasswordBytes) {
    return [{ field, sentence: words.passwordLong }];
  }
  return isGuessable(password, email) ? [{ field, sentence: words.passwordGuessable }] : [];
}

/** What is wrong with an e-mail address. */
export function emailProblems(words: AccountWords, email: string): FormProblem[] {
  const field = "email";
  if (email.trim() === "") return [{ field, sentence: words.emailMissing }];
  return isEmailAddress(email) ? [] : [{ field, sentence: words.emailWrong }];
}

/** The status of a page that comes back because its form was not in order. */
export const problemStatus = 422;

/** Why a form is shown again, and with which status. */
export interface FormFailure {
  readonly problems: readonly FormProblem[];
  readonly status: number;
  /** Seconds until the next try makes sense, where it is a matter of time. */
  readonly retryAfter?: number | undefined;
}

/** A failure that the person can do something about, as one of the form; others are thrown on. */
export function formFailureOf(
  words: AccountWords,
  thrown: unknown,
  wrong: FormProblem,
): FormFailure {
  const error = TrefoilError.from(thrown);
  const { http: status } = error.wire;
  if (error.code === "access_denied") return { problems: [wrong], status };
  if (error.code === "account_locked") {
    return { problems: [{ sentence: words.locked }], status, retryAfter: error.retryAfter };
  }
  if (error.code === "too_many_requests" || error.code === "unavailable") {
    const { retryAfter = 60 } = error;
    return { problems: [{ sentence: words.busy(retryAfter) }], status, retryAfter };
  }
  throw thrown;
}

/** The headers of a page that shows a failure. */
export function headersOf({ retryAfter }: FormFailure): Readonly<Record<string, string>> {
  return retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
}

/** The content of a page with one form: problems first, then a card. */
export function formCard(visit: Visit, problems: readonly FormProblem[], inside: Html): Html {
  return html`${problemSummary(visit.language, problems)}
    <div class="card">${inside}</div>`;
}

/** The link back to the overview. */
export function backLink(words: AccountWords): Html {
  return html`<p><a href="/account">${words.back}</a></p>`;
}
