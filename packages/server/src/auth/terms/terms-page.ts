// How the terms page looks.

import { html } from "hono/html";
import { digestOf } from "../secrets.js";
import { type FormProblem, problemSummary, tickBox } from "../pages/form-fields.js";
import type { Language } from "../pages/language.js";
import type { Html } from "../pages/page.js";
import { type DocumentState, type LocalisedText, localised } from "./agreement.js";
import { type TermsWords, termsWords } from "./words.js";

/** The name of the button that was pressed, and its values. */
export const decisionField = "decision";
export const decisions = { agree: "agree", decline: "decline" } as const;

/** The name of a document's box. */
export const boxName = (documentId: string) => `agree-${documentId}`;

/**
 * What the page's form token is for. The documents and their versions are part of it: a page that was opened before the
 * terms changed agrees to nothing.
 */
export function purposeOf(states: readonly DocumentState[]): string {
  const names = states.map(({ document }) => [document.id, document.version, document.required]);
  return `terms ${digestOf(JSON.stringify(names))}`;
}

export interface TermsPageParts {
  readonly language: Language;
  readonly states: readonly DocumentState[];
  /** The hidden field with the form token. */
  readonly token: Html;
  /** Why the form is shown again. */
  readonly problems: readonly FormProblem[];
}

/** The content of the page. The form goes back to the address that the page has. */
export function termsContent({ language, states, token, problems }: TermsPageParts): Html {
  const words = termsWords[language];
  return html`${problemSummary(language, problems)}
    <p class="lead">${words.lead}</p>
    <form method="post">
      ${token} ${documentSections(states, language)}
      <p class="hint" id="decline-hint">${words.declineHint}</p>
      <div class="actions">
        <button name="${decisionField}" value="${decisions.agree}">${words.agree}</button>
        <button
          class="second"
          name="${decisionField}"
          value="${decisions.decline}"
          aria-describedby="decline-hint"
        >
          ${words.decline}
        </button>
      </div>
    </form>`;
}

/** The documents with their boxes, also for other pages that ask for agreement. */
export function documentSections(
  states: readonly DocumentState[],
  language: Language,
): readonly Html[] {
  return states.map((state) => documentSection(state, language, termsWords[language]));
}

function documentSection(state: DocumentState, language: Language, words: TermsWords): Html {
  const { document, agreedAt } = state;
  const { id, version, required } = document;
  const title = localised(document.title, language) ?? { language, text: id };
  const text = localised(document.text, language);
  const url = localised(document.url, language);
  const heading = `terms-${id}`;
  const kind = required ? words.required : words.optional;
  const label = (required ? words.agreeRequired : words.agreeOptional)(title.text);
  return html`<section class="card" aria-labelledby="${heading}">
    <div class="row">
      <h2 id="${heading}" lang="${title.language}">${title.text}</h2>
      <p class="quiet">
        <span class="badge${required ? "" : " off"}">${kind}</span> ${words.version(version)}
      </p>
    </div>
    ${text === undefined ? "" : fullText(title.text, text)}
    ${url === undefined ? "" : linkTo(words.read(title.text), url)}
    ${
      agreedAt === null
        ? tickBox({ name: boxName(id), label })
        : html`<p class="quiet">${words.agreedOn(agreedAt)}</p>`
    }
  </section>`;
}

/** In the tab order, so that it can be scrolled by keyboard; blank lines part paragraphs. */
function fullText(title: string, { language, text }: LocalisedText): Html {
  const paragraphs = text.trim().split(/\r?\n\s*\r?\n/);
  return html`<div class="document" tabindex="0" role="group" aria-label="${title}">
    <div lang="${language}">
      ${paragraphs.map((paragraph) => html`<p>${withBreaks(paragraph)}</p>`)}
    </div>
  </div>`;
}

function withBreaks(paragraph: string) {
  return paragraph.split(/\r?\n/).map((line, index) => (index === 0 ? line : html`<br />${line}`));
}

/** In a window of its own: the form stays where it is. */
function linkTo(label: string, { language, text }: LocalisedText): Html {
  return html`<p>
    <a href="${text}" hreflang="${language}" target="_blank" rel="noopener noreferrer">${label}</a>
  </p>`;
}

/** The content of a page that leads nowhere but back. */
export function deadEnd(lead: string, back: { readonly label: string; readonly href: string }) {
  return html`<p class="lead">${lead}</p>
    <p><a class="button" href="${back.href}">${back.label}</a></p>`;
}
