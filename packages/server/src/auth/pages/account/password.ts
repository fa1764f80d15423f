// `/account/password`: a new password for who knows the present one; `/recover`: for who has a recovery code.

import { html } from "hono/html";
import { recoveryCodeLength } from "../../account-security.js";
import { type FormProblem, textField } from "../form-fields.js";
import type { Visit } from "../visit.js";
import {
  type AccountPagesContext,
  backLink,
  emailField,
  emailProblems,
  formCard,
  newPasswordField,
  newPasswordProblems,
  passwordField,
  problemOf,
  problemStatus,
  sessionOf,
  wordsOf,
} from "./context.js";
import { provePassword } from "./prove-password.js";
import { countTry } from "./tries.js";

/** `/account/password` */
export async function passwordPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  if (!visit.isPost) return showChange(visit, [], 200);
  const words = wordsOf(visit);
  const { form, refused } = await visit.readForm("change-password");
  if (refused !== undefined) {
    return showChange(visit, [{ sentence: refused.sentence }], refused.status);
  }
  const next = form.text("new_password");
  const problems = newPasswordProblems(words, next);
  if (problems.length > 0) return showChange(visit, problems, problemStatus);
  const failure = await provePassword(context, visit, form);
  if (failure !== undefined) return showChange(visit, [failure.problem], failure.status);
  const { accountId } = sessionOf(visit);
  await context.security.changePassword(accountId, next);
  context.audit.record({
    event: "account.change_password",
    outcome: "ok",
    accountId,
    remoteAddress: visit.caller.remoteAddress,
  });
  // All sessions have ended, this one too: this browser goes on with a new one.
  await visit.signIn(accountId);
  return visit.redirect("/account?done=password");
}

function showChange(
  visit: Visit,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = wordsOf(visit);
  return visit.page({
    title: words.changePassword.title,
    status,
    hasProblem: problems.length > 0,
    content: html`<p class="lead">${words.changePassword.lead}</p>
      ${formCard(
        visit,
        problems,
        html`<form method="post" action="${visit.here}" novalidate>
          ${visit.formToken("change-password")}
          <input
            type="email"
            name="email"
            value="${sessionOf(visit).label}"
            autocomplete="username"
            readonly
            hidden
          />
          ${passwordField(words, words.changePassword.present, problems)}
          ${newPasswordField(words, words.changePassword.next, problems)}
          <p><button>${words.changePassword.submit}</button></p>
        </form>`,
      )}
      ${backLink(words)}`,
  });
}

/** `/recover` */
export async function recoverPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  if (!visit.isPost) return showRecover(visit, "", [], 200);
  const words = wordsOf(visit);
  const { form, refused } = await visit.readForm("recover", visit.visitorSecret);
  const email = form.text("email");
  const code = form.text("code");
  const next = form.text("new_password");
  if (refused !== undefined) {
    return showRecover(visit, email, [{ sentence: refused.sentence }], refused.status);
  }
  const problems = [
    ...emailProblems(words, email),
    ...(code.trim() === "" ? [{ field: "code", sentence: words.recover.codeMissing }] : []),
    ...newPasswordProblems(words, next),
  ];
  if (problems.length > 0) return showRecover(visit, email, problems, problemStatus);
  const { caller } = visit;
  try {
    countTry(context, "recover", caller);
    const accountId = await context.security.recover(email, code, next);
    context.audit.record({
      event: "account.recover",
      outcome: accountId === undefined ? "access_denied" : "ok",
      accountId: accountId ?? (await context.accounts.findByEmail(email))?.accountId,
      remoteAddress: caller.remoteAddress,
    });
    if (accountId === undefined) {
      return await showRecover(visit, email, [{ sentence: words.recover.wrong }], 403);
    }
    await visit.signIn(accountId);
    return visit.redirect("/account?done=recovered");
  } catch (thrown) {
    const { problem, status } = problemOf(words, thrown, { sentence: words.recover.wrong });
    return showRecover(visit, email, [problem], status);
  }
}

function showRecover(
  visit: Visit,
  email: string,
  problems: readonly FormProblem[],
  status: number,
): Promise<Response> {
  const words = wordsOf(visit);
  return visit.page({
    title: words.recover.title,
    status,
    hasProblem: problems.length > 0,
    content: html`<p class="lead">${words.recover.lead}</p>
      ${formCard(
        visit,
        problems,
        html`<form method="post" action="${visit.here}" novalidate>
          ${visit.formToken("recover", visit.visitorSecret)} ${emailField(words, email, problems)}
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
          <p><button class="wide">${words.recover.submit}</button></p>
        </form>`,
      )}
      <p class="quiet">${words.recover.noCodes}</p>
      <p><a href="/sign-in">${words.signIn.title}</a></p>`,
  });
}
