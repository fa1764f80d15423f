// `/sign-in` and `/sign-out`.

import { html } from "hono/html";
import { type SignInOutside, outsidePath } from "../../oidc/external/sign-in-outside.js";
import { proveAccount } from "../../sign-in.js";
import { continueParameter, continuePath } from "../continue-path.js";
import type { Visit } from "../visit.js";
import { answerForm } from "./account-form.js";
import {
  type AccountPagesContext,
  emailField,
  emailProblems,
  formCard,
  formFailureOf,
  headersOf,
  passwordField,
  wordsOf,
} from "./context.js";

/** `/sign-in`: e-mail address and password. */
export async function signInPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  const next = continuePath(visit.query(continueParameter));
  // An app may want the person to prove themselves again.
  if (!visit.isPost && visit.session !== undefined && visit.query("again") === "") {
    return visit.redirect(next);
  }
  const onwards = new URLSearchParams({ [continueParameter]: next }).toString();
  if (context.outside !== undefined) return showOutside(context.outside, visit, onwards);
  return answerForm(visit, {
    purpose: "sign-in",
    secret: visit.visitorSecret,
    title: words.signIn.title,
    fields: (typed, problems) =>
      html`${emailField(words, typed?.text("email") ?? "", problems)}
        ${passwordField(words, words.password, problems)}
        <p><button class="wide">${words.signIn.submit}</button></p>
        <p><a href="/recover">${words.signIn.forgotten}</a></p>`,
    after: context.config.signUp
      ? html`<p>
          ${words.signIn.noAccount} <a href="/sign-up?${onwards}">${words.signIn.signUp}</a>
        </p>`
      : html``,
    formTargets: await context.formTargetsOf(next),
    check: (form) => [
      ...emailProblems(words, form.text("email")),
      ...(form.text("password") === ""
        ? [{ field: "password", sentence: words.passwordMissing }]
        : []),
    ],
    async act(form) {
      const { caller } = visit;
      const [email, password] = [form.text("email"), form.text("password")];
      const { accountId } = await proveAccount(context, email, password, caller);
      await visit.signIn(accountId);
      return visit.redirect(next);
    },
    wrong: { sentence: words.signIn.wrong },
  });
}

/** The way to a provider elsewhere. */
function showOutside({ name }: SignInOutside, visit: Visit, onwards: string): Promise<Response> {
  const words = wordsOf(visit);
  return visit.page({
    title: words.signIn.title,
    content: html`<div class="card">
      <p>${words.signIn.outside(name)}</p>
      <p>
        <a class="button wide" href="${outsidePath}?${onwards}">${words.signIn.with(name)}</a>
      </p>
    </div>`,
  });
}

/** The way back from a provider elsewhere; where it led nowhere, the sign-in is shown with what can be said of that. */
export async function outsideBack(outside: SignInOutside, visit: Visit): Promise<Response> {
  try {
    return await outside.comeBack(visit);
  } catch (thrown) {
    const words = wordsOf(visit);
    const wrong = { sentence: words.signIn.outsideFailed };
    const failure = formFailureOf(words, thrown, wrong);
    return visit.page({
      title: words.signIn.title,
      status: failure.status,
      hasProblem: true,
      headers: headersOf(failure),
      content: formCard(
        visit,
        failure.problems,
        html`<p><a class="button wide" href="/sign-in">${words.signIn.title}</a></p>`,
      ),
    });
  }
}

/** `POST /sign-out`: ends the session of this browser. A GET leads to the page that has the button. */
export async function signOutPage(visit: Visit): Promise<Response> {
  if (!visit.isPost) return visit.redirect("/account");
  const { refused } = await visit.readForm("sign-out");
  if (refused !== undefined) return visit.redirect("/account");
  await visit.signOut();
  return visit.redirect("/sign-in");
}
