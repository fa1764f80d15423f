// `/account/sign-out-everywhere`: ends every sign-in but this browser's, and those of the devices where wanted.

import { html } from "hono/html";
import { tickBox } from "../form-fields.js";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import { type AccountPagesContext, backLink, sessionOf, wordsOf } from "./context.js";

export async function signOutEverywherePage(
  context: AccountPagesContext,
  visit: Visit,
): Promise<Response> {
  const words = wordsOf(visit);
  const { accountId } = sessionOf(visit);
  return answerForm(visit, {
    purpose: "sign-out-everywhere",
    title: words.everywhere.title,
    lead: words.everywhere.lead,
    fields: () =>
      html`${tickBox({
          name: "devices",
          label: words.everywhere.devices,
          hint: words.everywhere.devicesHint,
        })}
        <p class="actions"><button class="danger">${words.everywhere.submit}</button></p>`,
    after: backLink(words),
    check: () => [],
    async act(form) {
      const devices = form.ticked("devices");
      await context.security.signOutEverywhere(accountId, devices);
      context.audit.record({
        event: "account.sign_out_everywhere",
        outcome: "ok",
        accountId,
        remoteAddress: visit.caller.remoteAddress,
        detail: devices ? "with devices" : "without devices",
      });
      await visit.signIn(accountId);
      return visit.redirect("/account?done=signedOut");
    },
    wrong: { sentence: words.passwordWrong },
  });
}
