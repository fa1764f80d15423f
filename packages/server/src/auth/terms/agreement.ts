// What an account still has to agree to: decisions over the configured documents and the consents on record.

import type { TermsDocument } from "../../config/index.js";
import type { ConsentRecord } from "../../storage/index.js";
import type { Language } from "../pages/language.js";

/** A document of the terms, and when the account agreed to the version that is in force. */
export interface DocumentState {
  readonly document: TermsDocument;
  /** Milliseconds since the epoch; null where it did not, or took it back. */
  readonly agreedAt: number | null;
}

/** Each configured document with the account's agreement to its present version. */
export function documentStates(
  documents: readonly TermsDocument[],
  consents: readonly ConsentRecord[],
): readonly DocumentState[] {
  return documents.map((document) => {
    const consent = consents.find(
      ({ termsId, version, withdrawnAt }) =>
        termsId === document.id && version === document.version && withdrawnAt === null,
    );
    return { document, agreedAt: consent?.agreedAt ?? null };
  });
}

/** Whether a required document is not agreed to in its present version: then no device gets in. */
export function isOutstanding(states: readonly DocumentState[]): boolean {
  return states.some(({ document, agreedAt }) => document.required && agreedAt === null);
}

/** What a person decided on the page. */
export type TermsDecision =
  /** The documents that are agreed to now, besides those that were before. */
  | { readonly kind: "agreed"; readonly documents: readonly TermsDocument[] }
  /** A required document was left unticked. */
  | { readonly kind: "terms_not_agreed" }
  | { readonly kind: "user-disagreement" };

/**
 * @param declined whether the person pressed "decline", whatever is ticked
 * @param isTicked whether the box of a document is ticked; asked for documents that are not agreed to yet
 */
export function decideTerms(
  states: readonly DocumentState[],
  declined: boolean,
  isTicked: (document: TermsDocument) => boolean,
): TermsDecision {
  if (declined) return { kind: "user-disagreement" };
  const open = states.flatMap(({ document, agreedAt }) => (agreedAt === null ? [document] : []));
  const ticked = open.filter(isTicked);
  if (open.some((document) => document.required && !ticked.includes(document))) {
    return { kind: "terms_not_agreed" };
  }
  return { kind: "agreed", documents: ticked };
}

/** A text in one language, and which that is. */
export interface LocalisedText {
  readonly language: Language;
  readonly text: string;
}

/** In which order languages stand in for one that a document lacks. */
const fallbacks = ["en", "ja", "ko"] as const;

/** A text in the wanted language, else in another that it has. */
export function localised(
  texts: TermsDocument["title"] | undefined,
  wanted: Language,
): LocalisedText | undefined {
  for (const language of [wanted, ...fallbacks]) {
    const text = texts?.[language];
    if (text !== undefined) return { language, text };
  }
  return undefined;
}
