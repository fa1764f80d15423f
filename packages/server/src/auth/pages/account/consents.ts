// What the account agreed to: a card of the overview, and the form that agrees to optional documents or takes that back.

import { html } from "hono/html";
import type { DocumentState } from "../../terms/agreement.js";
import { localised } from "../../terms/agreement.js";
import { dayOf } from "../moment.js";
import type { Html } from "../page.js";
import type { Visit } from "../visit.js";
import { type AccountPagesContext, sessionOf, wordsOf } from "./context.js";

const purpose = "consents";

/** The card, or nothing where the deployment has no terms. */
export async function consentsCard(context: AccountPagesContext, visit: Visit): Promise<Html> {
  const states = await context.terms.statesOf(sessionOf(visit).accountId);
  if (states.length === 0) return html``;
  const words = wordsOf(visit);
  return html`<section class="card" aria-labelledby="consents">
    <h2 id="consents">${words.account.consents}</h2>
    <form method="post" action="/account/consents">
      ${visit.formToken(purpose)}
      <ul class="plain">
        ${states.map((state) => html`<li>${consentItem(visit, state)}</li>`)}
      </ul>
    </form>
  </section>`;
}

function consentItem(visit: Visit, { document, agreedAt }: DocumentState): Html {
  const words = wordsOf(visit);
  const { language } = visit;
  const title = localised(document.title, language) ?? { language, text: document.id };
  const url = localised(document.url, language);
  const kind = document.required ? words.account.required : words.account.optional;
  const state =
    agreedAt === null ? words.account.notAgreed : words.account.agreedOn(dayOf(language, agreedAt));
  const button = agreedAt === null ? words.account.agree : words.account.takeBack;
  const name = agreedAt === null ? "agree" : "take_back";
  return html`<div class="row">
    <div>
      <h3 lang="${title.language}">${title.text}</h3>
      <span class="quiet">${kind} · ${words.account.version(document.version)} · ${state}</span>${
        url === undefined
          ? ""
          : html` ·
              <a href="${url.text}" hreflang="${url.language}" rel="noreferrer"
                >${words.account.read}</a
              >`
      }
    </div>
    ${
      document.required
        ? ""
        : html`<button
            class="second"
            name="${name}"
            value="${document.id}"
            aria-label="${button}: ${title.text}"
          >
            ${button}
          </button>`
    }
  </div>`;
}

/** `POST /account/consents` */
export async function consentsPage(context: AccountPagesContext, visit: Visit): Promise<Response> {
  if (!visit.isPost) return visit.redirect("/account");
  const { form, refused } = await visit.readForm(purpose);
  if (refused !== undefined) return visit.redirect("/account");
  const { accountId } = sessionOf(visit);
  const takenBack = form.text("take_back");
  const [termsId, agreed] = takenBack === "" ? [form.text("agree"), true] : [takenBack, false];
  await context.terms.setOptional(accountId, termsId, agreed, {
    language: visit.language,
    remoteAddress: visit.caller.remoteAddress,
  });
  return visit.redirect("/account?done=consent");
}
