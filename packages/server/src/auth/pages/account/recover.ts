// `/recover`: a new password for who forgot theirs and has a recovery code.

import { html } from "hono/html";
import { recoveryCodeLength } from "../../account-security.js";
import { textField } from "../form-fields.js";
import type { PageForm } from "../page-form.js";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import {
  type AccountPagesContext,
  type FormFailure,
  emailField,
  emailProblems,
  newPasswordField,
  newPasswordProblems,
  wordsOf,
} from "./context.js";
import { countTry } from "./tries.js";

export async function recoverPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  return answerForm(visit, {
    purpose: "recover",
    secret: visit.visitorSecret,
    title: words.recover.title,
    lead: words.recover.lead,
    fields: (typed, problems) =>
      html`${emailField(words, typed?.text("email") ?? "", problems)}
        ${textField(
          {
            name: "code",
            label: words.recover.code,
            hint: words.recover.codeHint,
            autocomplete: "off",
            // With dashes and spaces, or in wide letters.
            maxLength: recoveryCodeLength * 3,
          },
          problems,
        )}
        ${newPasswordField(words, words.recover.newPassword, problems)}
        <p><button class="wide">${words.recover.submit}</button></p>`,
    after: html`<p class="quiet">${words.recover.noCodes}</p>
      <p><a href="/sign-in">${words.signIn.title}</a></p>`,
    check: (form) => [
      ...emailProblems(words, form.text("email")),
      ...(form.text("code").trim() === ""
        ? [{ field: "code", sentence: words.recover.codeMissing }]
        : []),
      ...newPasswordProblems(words, form.text("new_password"), form.text("email")),
    ],
    act: (form) => recover(context, visit, form),
    wrong: { sentence: words.recover.wrong },
  });
}

async function recover(
  context: AccountPagesContext,
  visit: Visit,
  form: PageForm,
): Promise<Response | FormFailure> {
  countTry(context, "recover", visit.caller);
  const email = form.text("email");
  const { security, accounts, audit } = context;
  const accountId = await security.recover(email, form.text("code"), form.text("new_password"));
  audit.record({
    event: "account.recover",
    outcome: accountId === undefined ? "access_denied" : "ok",
    accountId: accountId ?? (await accounts.findByEmail(email))?.accountId,
    remoteAddress: visit.caller.remoteAddress,
  });
  if (accountId === undefined) {
    return { problems: [{ sentence: wordsOf(visit).recover.wrong }], status: 403 };
  }
  await visit.signIn(accountId);
  return visit.redirect("/account?done=recovered");
}
