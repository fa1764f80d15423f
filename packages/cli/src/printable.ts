// Text of a peer on a terminal: it may say what it likes, but not move the cursor.

// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const controls = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text with every control character written out, as in `\u001b`. */
export function printable(text: string): string {
  return text.replace(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
