// `/account/close`: withdrawing from the service, after a tick and the password.

import { html } from "hono/html";
import { tickBox } from "../form-fields.js";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import {
  type AccountPagesContext,
  backLink,
  presentPasswordField,
  sessionOf,
  wordsOf,
} from "./context.js";
import { provePassword } from "./prove-password.js";

const dayInSeconds = 86_400;

export async function closePage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  const { accountId } = sessionOf(visit);
  const days = Math.ceil(context.config.withdrawalLock / dayInSeconds);
  return answerForm(visit, {
    purpose: "close-account",
    title: words.close.title,
    before: html`<p>${words.close.lead(days)}</p>`,
    fields: (_, problems) =>
      html`${tickBox({ name: "confirm", label: words.close.confirm }, problems)}
        ${presentPasswordField(visit, words.password, problems)}
        <p class="actions"><button class="danger">${words.close.submit}</button></p>`,
    after: backLink(words),
    check: (form) =>
      form.ticked("confirm") ? [] : [{ field: "confirm", sentence: words.close.confirmMissing }],
    async act(form) {
      const failure = await provePassword(context, visit, form);
      if (failure !== undefined) return failure;
      const { remoteAddress } = visit.caller;
      await context.withdrawals.withdraw(accountId, { by: "account", remoteAddress });
      await visit.signOut();
      return visit.redirect("/account-closed");
    },
    wrong: { field: "password", sentence: words.passwordWrong },
  });
}

/** `/account-closed`: the last page of a closed account. */
export function closedPage(visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  return visit.page({
    title: words.close.doneTitle,
    content: html`<div class="card"><p>${words.close.done}</p></div>`,
  });
}
