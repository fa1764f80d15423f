// Asking for the password again before something that a borrowed browser must not do.

import type { PageForm } from "../page-form.js";
import type { Visit } from "../visit.js";
import {
  type AccountPagesContext,
  type FormFailure,
  formFailureOf,
  problemStatus,
  sessionOf,
  wordsOf,
} from "./context.js";
import { proveAccount } from "../../sign-in.js";

/** How long a sign-in elsewhere is as good as a password. Milliseconds. */
const freshFor = 600_000;

/**
 * Checks the field `password` against the account that is signed in. Tries are counted like those of the sign-in.
 * @returns undefined where it is right, else what to show
 */
export async function provePassword(
  context: AccountPagesContext,
  visit: Visit,
  form: PageForm,
): Promise<FormFailure | undefined> {
  const words = wordsOf(visit);
  const { accountId, label, hasPassword, signedInAt } = sessionOf(visit);
  if (!hasPassword) {
    // Their password is elsewhere: having come from there just now says as much.
    const isFresh = context.clock.now() - signedInAt <= freshFor;
    return isFresh ? undefined : { problems: [{ sentence: words.signInAgain }], status: 403 };
  }
  const field = "password";
  const password = form.text(field);
  if (password === "") {
    return { problems: [{ field, sentence: words.passwordMissing }], status: problemStatus };
  }
  try {
    const proved = await proveAccount(context, label, password, visit.caller);
    if (proved.accountId === accountId) return undefined;
    return { problems: [{ field, sentence: words.passwordWrong }], status: 403 };
  } catch (thrown) {
    return formFailureOf(words, thrown, { field, sentence: words.passwordWrong });
  }
}
