// `/account/sign-out-everywhere`: ends every sign-in but this browser's, and those of the devices where wanted.

import { html } from "hono/html";
import { type FormProblem, tickBox } from "../form-fields.js";
import type { Visit } from "../visit.js";
import { type AccountPagesContext, backLink, formCard, sessionOf, wordsOf } from "./context.js";

const purpose = "sign-out-everywhere";

export async function signOutEverywherePage(
  context: AccountPagesContext,
  visit: Visit,
): Promise<Response> {
  let problems: readonly FormProblem[] = [];
  let status = 200;
  if (visit.isPost) {
    const { form, refused } = await visit.readForm(purpose);
    if (refused === undefined) {
      const { accountId } = sessionOf(visit);
      await context.security.signOutEverywhere(accountId, form.ticked("devices"));
      context.audit.record({
        event: "account.sign_out_everywhere",
        outcome: "ok",
        accountId,
        remoteAddress: visit.caller.remoteAddress,
        detail: form.ticked("devices") ? "with devices" : "without devices",
      });
      await visit.signIn(accountId);
      return visit.redirect("/account?done=signedOut");
    }
    ({ status } = refused);
    problems = [{ sentence: refused.sentence }];
  }
  const words = wordsOf(visit);
  return visit.page({
    title: words.everywhere.title,
    status,
    hasProblem: problems.length > 0,
    content: html`<p class="lead">${words.everywhere.lead}</p>
      ${formCard(
        visit,
        problems,
        html`<form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose)}
          ${tickBox({ name: "devices", label: words.everywhere.devices, hint: words.everywhere.devicesHint })}
          <p class="actions"><button class="danger">${words.everywhere.submit}</button></p>
        </form>`,
      )}
      ${backLink(words)}`,
  });
}
