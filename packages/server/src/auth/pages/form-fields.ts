// The parts of forms: fields with their labels, hints and problems tied to them, so that a screen reader reads them together.
// @see https://www.w3.org/WAI/tutorials/forms/

import { html, raw } from "hono/html";
import type { Language } from "./language.js";
import type { Html } from "./page.js";
import { pageWords } from "./page-words.js";

/** What is wrong with a form, in a sentence of the page's language. */
export interface FormProblem {
  readonly sentence: string;
  /** The field that it is about; left out where it is about the form as a whole. */
  readonly field?: string | undefined;
}

/** The name of the hidden field that carries the form token. */
export const tokenField = "form_token";

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** The list at the top of a page whose form was not in order. It takes the focus, so that it is read out first. */
export function problemSummary(language: Language, problems: readonly FormProblem[]): Html {
  if (problems.length === 0) return html``;
  const items = problems.map(({ sentence, field }) =>
    field === undefined
      ? html`<li>${sentence}</li>`
      : html`<li><a href="#${fieldId(field)}">${sentence}</a></li>`,
  );
  return html`<div class="problem" role="alert" tabindex="-1" autofocus>
    <h2>${pageWords[language].problems}</h2>
    <ul>
      ${items}
    </ul>
  </div>`;
}

/** A message that something was done. */
export function notice(sentence: string | undefined): Html {
  return sentence === undefined
    ? html``
    : html`<div class="notice" role="status"><p>${sentence}</p></div>`;
}

export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password";
  readonly hint?: string;
  readonly value?: string;
  /** As HTML names it: what a password manager goes by. */
  readonly autocomplete: string;
  /** Characters. */
  readonly maxLength: number;
  readonly required?: boolean;
  /** A code that is read off another screen: large letters. */
  readonly isCode?: boolean;
}

/** @param problems those about this field stand beside it */
export function textField(field: TextField, problems: readonly FormProblem[]): Html {
  const { name, label, type = "text", hint, value = "", autocomplete, maxLength } = field;
  const { sentences, describedBy } = describe(name, hint, problems);
  const optional = [
    field.required === false ? "" : " required",
    sentences.length === 0 ? "" : ' aria-invalid="true"',
    field.isCode === true ? ' class="code" autocapitalize="characters"' : "",
    type === "text" ? ' spellcheck="false"' : "",
  ].join("");
  return html`<div class="field">
    <label for="${fieldId(name)}">${label}</label>
    ${hint === undefined ? "" : html`<span class="hint" id="${hintId(name)}">${hint}</span>`}
    ${wrong(name, sentences)}
    <input
      id="${fieldId(name)}"
      name="${name}"
      type="${type}"
      value="${value}"
      autocomplete="${autocomplete}"
      maxlength="${maxLength}"
      ${raw(optional)}${describedBy}
    />
  </div>`;
}

export interface TickBox {
  readonly name: string;
  readonly label: string | Html;
  readonly hint?: string;
  readonly checked?: boolean;
}

/** A box to tick; ticked, its value is `on`. */
export function tickBox(box: TickBox, problems: readonly FormProblem[] = []): Html {
  const { name, label, hint } = box;
  const { sentences, describedBy } = describe(name, hint, problems);
  const optional = [
    box.checked === true ? " checked" : "",
    sentences.length === 0 ? "" : ' aria-invalid="true"',
  ].join("");
  return html`<div class="tick">
    <input
      id="${fieldId(name)}"
      name="${name}"
      type="checkbox"
      value="on"
      ${raw(optional)}${describedBy}
    />
    <label for="${fieldId(name)}">${label}</label>
    ${hint === undefined ? "" : html`<span class="hint" id="${hintId(name)}">${hint}</span>`}
    ${wrong(name, sentences)}
  </div>`;
}

function describe(name: string, hint: string | undefined, problems: readonly FormProblem[]) {
  const sentences = problems.filter(({ field }) => field === name).map(({ sentence }) => sentence);
  const ids = [
    ...(sentences.length === 0 ? [] : [wrongId(name)]),
    ...(hint === undefined ? [] : [hintId(name)]),
  ];
  return {
    sentences,
    describedBy: ids.length === 0 ? "" : html` aria-describedby="${ids.join(" ")}"`,
  };
}

function wrong(name: string, sentences: readonly string[]): Html | "" {
  return sentences.length === 0
    ? ""
    : html`<span class="wrong" id="${wrongId(name)}">${sentences.join(" ")}</span>`;
}

const fieldId = (name: string) => `field-${name}`;
const hintId = (name: string) => `hint-${name}`;
const wrongId = (name: string) => `wrong-${name}`;
