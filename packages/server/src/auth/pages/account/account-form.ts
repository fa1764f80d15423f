// A form of the account pages as all of them work: it is shown, sent, shown again with what was wrong, or acted on.

import { html } from "hono/html";
import type { FormProblem } from "../form-fields.js";
import type { Html } from "../page.js";
import type { PageForm } from "../page-form.js";
import type { Visit } from "../visit.js";
import {
  type FormFailure,
  formCard,
  formFailureOf,
  headersOf,
  problemStatus,
  wordsOf,
} from "./context.js";

const noFailure: FormFailure = { problems: [], status: 200 };

/** A page with one form. */
export interface AccountForm {
  /** What its token is for. */
  readonly purpose: string;
  /** What its token is bound to; default: the session of the browser. */
  readonly secret?: string;
  readonly title: string;
  /** Above the form. */
  readonly lead?: string;
  /** In its card, before it. */
  readonly before?: Html;
  /** Its fields and its button. @param typed what was sent; undefined where the page is opened */
  readonly fields: (typed: PageForm | undefined, problems: readonly FormProblem[]) => Html;
  /** Below it. */
  readonly after?: Html;
  /** Where it may lead besides this server. */
  readonly formTargets?: readonly string[];
  /** What is wrong with what was typed, before anything is done. */
  readonly check: (form: PageForm) => readonly FormProblem[];
  /** Does what the form is for. What it throws is shown, where the person can do something about it. */
  readonly act: (form: PageForm) => Promise<Response | FormFailure>;
  /** What to say where that throws `access_denied`. */
  readonly wrong: FormProblem;
}

/** Answers the requests of a page with one form. */
export async function answerForm(visit: Visit, form: AccountForm): Promise<Response> {
  if (!visit.isPost) return show(visit, form, noFailure, undefined);
  const { form: typed, refused } = await visit.readForm(form.purpose, form.secret);
  if (refused !== undefined) {
    const { sentence, status } = refused;
    return show(visit, form, { problems: [{ sentence }], status }, typed);
  }
  const problems = form.check(typed);
  if (problems.length > 0) return show(visit, form, { problems, status: problemStatus }, typed);
  const done = await form
    .act(typed)
    .catch((thrown: unknown) => formFailureOf(wordsOf(visit), thrown, form.wrong));
  return done instanceof Response ? done : show(visit, form, done, typed);
}

function show(
  visit: Visit,
  form: AccountForm,
  failure: FormFailure,
  typed: PageForm | undefined,
): Promise<Response> {
  const { problems, status } = failure;
  const { purpose, secret, title, lead, before, fields, after, formTargets = [] } = form;
  return visit.page({
    title,
    status,
    hasProblem: problems.length > 0,
    formTargets,
    headers: headersOf(failure),
    content: html`${lead === undefined ? "" : html`<p class="lead">${lead}</p>`}
    ${formCard(
      visit,
      problems,
      html`${before ?? ""}
        <form method="post" action="${visit.here}" novalidate>
          ${visit.formToken(purpose, secret)} ${fields(typed, problems)}
        </form>`,
    )}
    ${after ?? ""}`,
  });
}
