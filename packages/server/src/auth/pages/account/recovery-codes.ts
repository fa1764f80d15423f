// `/account/recovery-codes`: making recovery codes, and showing them while the browser keeps the secret they follow from;
// the database has their hashes alone, and a reload shows them again without sending a form twice.

import { html } from "hono/html";
import { recoveryCodesOf } from "../../account-security.js";
import { newSecret } from "../../secrets.js";
import { continueParameter, continuePath } from "../continue-path.js";
import { cookieNames, cookieOf } from "../cookies.js";
import { notice } from "../form-fields.js";
import type { PageForm } from "../page-form.js";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import {
  type AccountPagesContext,
  type FormFailure,
  backLink,
  passwordField,
  sessionOf,
  wordsOf,
} from "./context.js";
import { provePassword } from "./prove-password.js";

/** How long new codes can be shown. Seconds. */
const showFor = 900;

const purpose = "recovery-codes";

/** Keeps in the browser what the codes follow from. */
export function keepRecoverySeed(visit: Visit, seed: string): void {
  visit.keepCookie(cookieNames.recovery, seed, showFor);
}

export async function recoveryCodesPage(
  context: AccountPagesContext,
  visit: Visit,
): Promise<Response> {
  const seed = visit.isPost ? undefined : await ownSeed(context, visit);
  if (seed !== undefined) return showCodes(visit, seed);
  const words = wordsOf(visit);
  const left = await context.security.unusedRecoveryCodes(sessionOf(visit).accountId);
  return answerForm(visit, {
    purpose,
    title: words.recoveryCodes.title,
    lead: words.recoveryCodes.lead,
    before: html`<p>${words.account.codesLeft(left)}</p>
      <p class="quiet">${words.recoveryCodes.makeLead}</p>`,
    fields: (_, problems) =>
      html`${passwordField(words, words.password, problems)}
        <p><button>${words.recoveryCodes.make}</button></p>`,
    after: backLink(words),
    check: () => [],
    async act(form) {
      if (form.text("action") !== "saved") return renew(context, visit, form);
      visit.dropCookie(cookieNames.recovery);
      return visit.redirect(continuePath(visit.query(continueParameter)));
    },
    wrong: { field: "password", sentence: words.passwordWrong },
  });
}

async function renew(
  context: AccountPagesContext,
  visit: Visit,
  form: PageForm,
): Promise<Response | FormFailure> {
  const failure = await provePassword(context, visit, form);
  if (failure !== undefined) return failure;
  const fresh = newSecret(context.random);
  const { accountId } = sessionOf(visit);
  await context.security.renewRecoveryCodes(accountId, fresh);
  context.audit.record({
    event: "account.renew_recovery_codes",
    outcome: "ok",
    accountId,
    remoteAddress: visit.caller.remoteAddress,
  });
  keepRecoverySeed(visit, fresh);
  return visit.redirect("/account/recovery-codes");
}

/** The secret that the codes of whoever is signed in follow from: a browser that others use too may keep somebody else's. */
async function ownSeed(context: AccountPagesContext, visit: Visit): Promise<string | undefined> {
  const seed = cookieOf(visit.request, cookieNames.recovery);
  if (seed === undefined) return undefined;
  const { accountId } = sessionOf(visit);
  return (await context.security.hasRecoveryCodes(accountId, seed)) ? seed : undefined;
}

function showCodes(visit: Visit, seed: string): Promise<Response> {
  const words = wordsOf(visit);
  const codes = recoveryCodesOf(seed);
  return visit.page({
    title: words.recoveryCodes.title,
    narrow: false,
    content: html`${notice(words.recoveryCodes.show)}
      <div class="card">
        <p>${words.recoveryCodes.lead}</p>
        <ol class="codes" aria-label="${words.recoveryCodes.list}">
          ${codes.map((code) => html`<li>${code}</li>`)}
        </ol>
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose)}
          <p class="actions">
            <button name="action" value="saved">${words.recoveryCodes.saved}</button>
          </p>
        </form>
      </div>`,
  });
}
