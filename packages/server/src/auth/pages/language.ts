// Which language a page speaks: the one that was picked, else the browser's first that we have.

/** The languages that pages are written in; the first is spoken to whoever wants none of them. */
export const languages = ["en", "ja", "ko"] as const;
export type Language = (typeof languages)[number];

/** What each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: "English",
  ja: "日本語",
  ko: "한국어",
};

/** As much of an `Accept-Language` as is read. Characters. */
const maxHeader = 512;

/**
 * The best of {@link languages} for an `Accept-Language` header. A region does not matter: `ja-JP` is Japanese.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function acceptedLanguage(header: string | null | undefined): Language {
  let best: Language = "en";
  let bestWeight = 0;
  for (const range of (header ?? "").slice(0, maxHeader).split(",")) {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
    const [primary = ""] = tag.toLowerCase().split("-");
    const weight = weightOf(parameters);
    // The earlier one wins where two are wanted alike.
    if (weight <= bestWeight) continue;
    const language = primary === "*" ? "en" : asLanguage(primary);
    if (language === undefined) continue;
    best = language;
    bestWeight = weight;
  }
  return best;
}

/** A text as one of {@link languages}, or undefined. */
export function asLanguage(text: string | null | undefined): Language | undefined {
  return languages.find((language) => language === text);
}

function weightOf(parameters: readonly string[]): number {
  const value = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
  if (value === undefined) return 1;
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value) ? Number(value) : 0;
}
