// `/sign-up`: makes an account, signs it in, and leads to its recovery codes.

import { html } from "hono/html";
import { isTrefoilError } from "@trefoil/protocol/errors";
import { newSecret } from "../../secrets.js";
import { continueParameter, continuePath } from "../continue-path.js";
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
import { keepRecoverySeed } from "./recovery-codes.js";
import { countTry } from "./tries.js";

export async function signUpPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  if (!context.config.signUp || context.outside !== undefined) return showOff(visit);
  const next = continuePath(visit.query(continueParameter));
  const onwards = new URLSearchParams({ [continueParameter]: next }).toString();
  return answerForm(visit, {
    purpose: "sign-up",
    secret: visit.visitorSecret,
    title: words.signUp.title,
    lead: words.signUp.lead,
    fields: (typed, problems) =>
      html`${emailField(words, typed?.text("email") ?? "", problems)}
        ${newPasswordField(words, words.password, problems)}
        <p><button class="wide">${words.signUp.submit}</button></p>`,
    after: html`<p>
      ${words.signUp.haveAccount} <a href="/sign-in?${onwards}">${words.signIn.title}</a>
    </p>`,
    check: (form) => [
      ...emailProblems(words, form.text("email")),
      ...newPasswordProblems(words, form.text("new_password"), form.text("email")),
    ],
    act: (form) => signUp(context, visit, form, onwards),
    wrong: { sentence: words.signIn.wrong },
  });
}

function showOff(visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  return visit.page({
    title: words.signUp.title,
    status: 403,
    content: html`<div class="card">
      <p>${words.signUp.off}</p>
      <p><a href="/sign-in">${words.signIn.title}</a></p>
    </div>`,
  });
}

async function signUp(
  context: AccountPagesContext,
  visit: Visit,
  form: PageForm,
  onwards: string,
): Promise<Response | FormFailure> {
  countTry(context, "sign-up", visit.caller);
  const { remoteAddress } = visit.caller;
  const accountId = await makeAccount(context, form);
  if (accountId === undefined) {
    const sentence = wordsOf(visit).signUp.taken;
    return { problems: [{ field: "email", sentence }], status: 409 };
  }
  context.audit.record({ event: "account.sign_up", outcome: "ok", accountId, remoteAddress });
  const seed = newSecret(context.random);
  await context.security.renewRecoveryCodes(accountId, seed);
  await visit.signIn(accountId);
  keepRecoverySeed(visit, seed);
  return visit.redirect(`/account/recovery-codes?${onwards}`);
}

/** @returns the account's id, or undefined where the address is taken */
async function makeAccount(
  { accounts }: AccountPagesContext,
  form: PageForm,
): Promise<string | undefined> {
  const request = { email: form.text("email"), password: form.text("new_password") };
  try {
    return (await accounts.createLocal(request)).accountId;
  } catch (thrown) {
    if (isTrefoilError(thrown) && thrown.code === "conflict") return undefined;
    throw thrown;
  }
}
