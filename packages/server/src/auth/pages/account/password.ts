// `/account/password`: a new password for who knows the present one.

import { html } from "hono/html";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import {
  type AccountPagesContext,
  backLink,
  newPasswordField,
  newPasswordProblems,
  passwordField,
  sessionOf,
  wordsOf,
} from "./context.js";
import { provePassword } from "./prove-password.js";

export async function passwordPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  const { accountId, label } = sessionOf(visit);
  return answerForm(visit, {
    purpose: "change-password",
    title: words.changePassword.title,
    lead: words.changePassword.lead,
    // The address is for password managers.
    fields: (_, problems) =>
      html`<input
          type="email"
          name="email"
          value="${label}"
          autocomplete="username"
          readonly
          hidden
        />
        ${passwordField(words, words.changePassword.present, problems)}
        ${newPasswordField(words, words.changePassword.next, problems)}
        <p><button>${words.changePassword.submit}</button></p>`,
    after: backLink(words),
    check: (form) => newPasswordProblems(words, form.text("new_password"), label),
    async act(form) {
      const failure = await provePassword(context, visit, form);
      if (failure !== undefined) return failure;
      await context.security.changePassword(accountId, form.text("new_password"));
      context.audit.record({
        event: "account.change_password",
        outcome: "ok",
        accountId,
        remoteAddress: visit.caller.remoteAddress,
      });
      // All sessions have ended, this one too: this browser goes on with a new one.
      await visit.signIn(accountId);
      return visit.redirect("/account?done=password");
    },
    wrong: { field: "password", sentence: words.passwordWrong },
  });
}
