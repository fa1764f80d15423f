// The form encoding of queries and bodies, read strictly: what is not UTF-8 in percent encoding is an error, not a guess.
// @see https://www.rfc-editor.org/rfc/rfc6749#appendix-B

/** One `name=value`; `value` is undefined where it is not well-formed. */
export interface FormField {
  readonly name: string;
  readonly value: string | undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const malformedEscape = /%(?![0-9a-f]{2})/i;

/**
 * Splits a form. Fields whose name is not well-formed cannot be one of ours and are left out.
 * @param text a query string without its `?`, or a body
 */
export function parseForm(text: string): readonly FormField[] {
  const fields: FormField[] = [];
  for (const piece of text.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const name = decodeField(equals === -1 ? piece : piece.slice(0, equals));
    if (name === undefined) continue;
    fields.push({ name, value: equals === -1 ? "" : decodeField(piece.slice(equals + 1)) });
  }
  return fields;
}

/** Decodes `+` and percent escapes. @returns undefined where that is not well-formed UTF-8 */
export function decodeField(text: string): string | undefined {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  if (malformedEscape.test(spaced)) return undefined;
  const pieces = spaced.split(/((?:%[0-9a-f]{2})+)/i);
  try {
    return pieces
      .map((piece, index) =>
        index % 2 === 0 ? piece : utf8.decode(Buffer.from(piece.replaceAll("%", ""), "hex")),
      )
      .join("");
  } catch {
    return undefined;
  }
}
