// `/account/close`: withdrawing from the service, after a tick and the password.

import { html } from "hono/html";
import { type FormProblem, tickBox } from "../form-fields.js";
import type { Visit } from "../visit.js";
import {
  type AccountPagesContext,
  backLink,
  formCard,
  presentPasswordField,
  problemStatus,
  sessionOf,
  wordsOf,
} from "./context.js";
import { provePassword } from "./prove-password.js";

const purpose = "close-account";
const dayInSeconds = 86_400;

export async function closePage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  if (!visit.isPost) return show(context, visit, [], 200);
  const words = wordsOf(visit);
  const { form, refused } = await visit.readForm(purpose);
  if (refused !== undefined) {
    return show(context, visit, [{ sentence: refused.sentence }], refused.status);
  }
  if (!form.ticked("confirm")) {
    const problem = { field: "confirm", sentence: words.close.confirmMissing };
    return show(context, visit, [problem], problemStatus);
  }
  const failure = await provePassword(context, visit, form);
  if (failure !== undefined) return show(context, visit, [failure.problem], failure.status);
  await context.withdrawals.withdraw(sessionOf(visit).accountId, {
    by: "account",
    remoteAddress: visit.caller.remoteAddress,
  });
  await visit.signOut();
  return visit.redirect("/account-closed");
}

function show(
  context: AccountPagesContext,
  visit: Visit,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = wordsOf(visit);
  const days = Math.ceil(context.config.withdrawalLock / dayInSeconds);
  return visit.page({
    title: words.close.title,
    status,
    hasProblem: problems.length > 0,
    content: html`${formCard(
      visit,
      problems,
      html`<p>${words.close.lead(days)}</p>
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose)}
          ${tickBox({ name: "confirm", label: words.close.confirm }, problems)}
          ${presentPasswordField(visit, words.password, problems)}
          <p class="actions"><button class="danger">${words.close.submit}</button></p>
        </form>`,
    )}
    ${backLink(words)}`,
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
