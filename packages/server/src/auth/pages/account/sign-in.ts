// `/sign-in`, `/sign-up` and `/sign-out`.

import { html } from "hono/html";
import { isTrefoilError } from "@trefoil/protocol/errors";
import { type SignInOutside, outsidePath } from "../../oidc/external/sign-in-outside.js";
import { newSecret } from "../../secrets.js";
import { proveAccount } from "../../sign-in.js";
import { continueParameter, continuePath } from "../continue-path.js";
import type { FormProblem } from "../form-fields.js";
import type { Visit } from "../visit.js";
import {
  type AccountPagesContext,
  emailField,
  emailProblems,
  formCard,
  newPasswordField,
  newPasswordProblems,
  passwordField,
  problemOf,
  problemStatus,
  wordsOf,
} from "./context.js";
import { keepRecoverySeed } from "./recovery-codes.js";
import { countTry } from "./tries.js";

interface Failure {
  readonly problems: readonly FormProblem[];
  readonly status: number;
}
const noFailure: Failure = { problems: [], status: 200 };

/** `/sign-in`: e-mail address and password. */
export async function signInPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const next = continuePath(visit.query(continueParameter));
  if (!visit.isPost) {
    // An app may want the person to prove themselves again.
    return visit.session === undefined || visit.query("again") !== ""
      ? showSignIn(context, visit, next, "", noFailure)
      : visit.redirect(next);
  }
  const words = wordsOf(visit);
  if (context.outside !== undefined) return showSignIn(context, visit, next, "", noFailure);
  const { form, refused } = await visit.readForm("sign-in", visit.visitorSecret);
  const email = form.text("email");
  const password = form.text("password");
  if (refused !== undefined) {
    const { sentence, status } = refused;
    return showSignIn(context, visit, next, email, { problems: [{ sentence }], status });
  }
  const problems = [
    ...emailProblems(words, email),
    ...(password === "" ? [{ field: "password", sentence: words.passwordMissing }] : []),
  ];
  if (problems.length > 0) {
    return showSignIn(context, visit, next, email, { problems, status: problemStatus });
  }
  try {
    const { accountId } = await proveAccount(context, email, password, visit.caller);
    await visit.signIn(accountId);
    return visit.redirect(next);
  } catch (thrown) {
    const { problem, status } = problemOf(words, thrown, { sentence: words.signIn.wrong });
    return showSignIn(context, visit, next, email, { problems: [problem], status });
  }
}

async function showSignIn(
  context: AccountPagesContext,
  visit: Visit,
  next: string,
  email: string,
  { problems, status }: Failure,
): Promise<Response> {
  const words = wordsOf(visit);
  const onwards = new URLSearchParams({ [continueParameter]: next }).toString();
  if (context.outside !== undefined) {
    const { name } = context.outside;
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
  return visit.page({
    title: words.signIn.title,
    status,
    hasProblem: problems.length > 0,
    formTargets: await context.formTargetsOf(next),
    content: html`${formCard(
      visit,
      problems,
      html`<form method="post" action="${visit.here}" novalidate>
        ${visit.formToken("sign-in", visit.visitorSecret)} ${emailField(words, email, problems)}
        ${passwordField(words, words.password, problems)}
        <p><button class="wide">${words.signIn.submit}</button></p>
        <p><a href="/recover">${words.signIn.forgotten}</a></p>
      </form>`,
    )}
    ${
      context.config.signUp
        ? html`<p>
            ${words.signIn.noAccount} <a href="/sign-up?${onwards}">${words.signIn.signUp}</a>
          </p>`
        : ""
    }`,
  });
}

/** The way back from a provider elsewhere; where it led nowhere, the sign-in is shown with what can be said of that. */
export async function outsideBack(outside: SignInOutside, visit: Visit): Promise<Response> {
  try {
    return await outside.comeBack(visit);
  } catch (thrown) {
    const words = wordsOf(visit);
    const wrong = { sentence: words.signIn.outsideFailed };
    const { problem, status } = problemOf(words, thrown, wrong);
    return visit.page({
      title: words.signIn.title,
      status,
      hasProblem: true,
      content: formCard(
        visit,
        [problem],
        html`<p><a class="button wide" href="/sign-in">${words.signIn.title}</a></p>`,
      ),
    });
  }
}

/** `/sign-up`: makes an account, signs it in, and leads to its recovery codes. */
export async function signUpPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  const words = wordsOf(visit);
  const next = continuePath(visit.query(continueParameter));
  if (!context.config.signUp || context.outside !== undefined) {
    return visit.page({
      title: words.signUp.title,
      status: 403,
      content: html`<div class="card">
        <p>${words.signUp.off}</p>
        <p><a href="/sign-in">${words.signIn.title}</a></p>
      </div>`,
    });
  }
  if (!visit.isPost) return showSignUp(visit, next, "", noFailure);
  const { form, refused } = await visit.readForm("sign-up", visit.visitorSecret);
  const email = form.text("email");
  const password = form.text("new_password");
  if (refused !== undefined) {
    const { sentence, status } = refused;
    return showSignUp(visit, next, email, { problems: [{ sentence }], status });
  }
  const problems = [...emailProblems(words, email), ...newPasswordProblems(words, password)];
  if (problems.length > 0) {
    return showSignUp(visit, next, email, { problems, status: problemStatus });
  }
  const { caller } = visit;
  try {
    countTry(context, "sign-up", caller);
    const { accountId } = await context.accounts.createLocal({ email, password });
    context.audit.record({
      event: "account.sign_up",
      outcome: "ok",
      accountId,
      remoteAddress: caller.remoteAddress,
    });
    const seed = newSecret(context.random);
    await context.security.renewRecoveryCodes(accountId, seed);
    await visit.signIn(accountId);
    keepRecoverySeed(visit, seed);
    const onwards = new URLSearchParams({ [continueParameter]: next }).toString();
    return visit.redirect(`/account/recovery-codes?${onwards}`);
  } catch (thrown) {
    const failure = isConflict(thrown)
      ? { problem: { field: "email", sentence: words.signUp.taken }, status: 409 }
      : problemOf(words, thrown, { sentence: words.signIn.wrong });
    const { problem, status } = failure;
    return showSignUp(visit, next, email, { problems: [problem], status });
  }
}

function isConflict(thrown: unknown): boolean {
  return isTrefoilError(thrown) && thrown.code === "conflict";
}

function showSignUp(
  visit: Visit,
  next: string,
  email: string,
  { problems, status }: Failure,
): Promise<Response> {
  const words = wordsOf(visit);
  const onwards = new URLSearchParams({ [continueParameter]: next }).toString();
  return visit.page({
    title: words.signUp.title,
    status,
    hasProblem: problems.length > 0,
    content: html`<p class="lead">${words.signUp.lead}</p>
      ${formCard(
        visit,
        problems,
        html`<form method="post" action="${visit.here}" novalidate>
          ${visit.formToken("sign-up", visit.visitorSecret)} ${emailField(words, email, problems)}
          ${newPasswordField(words, words.password, problems)}
          <p><button class="wide">${words.signUp.submit}</button></p>
        </form>`,
      )}
      <p>${words.signUp.haveAccount} <a href="/sign-in?${onwards}">${words.signIn.title}</a></p>`,
  });
}

/** `POST /sign-out`: ends the session of this browser. A GET leads to the page that has the button. */
export async function signOutPage(visit: Visit): Promise<Response> {
  if (!visit.isPost) return visit.redirect("/account");
  const { refused } = await visit.readForm("sign-out");
  if (refused !== undefined) return visit.redirect("/account");
  await visit.signOut();
  return visit.redirect("/sign-in");
}
