// Keeps text from steering a terminal.

/** C0 except tab, DEL, C1, and the marks that reverse the direction of writing. */
// oxlint-disable-next-line no-control-regex -- these are what the function is for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text with control characters written as `\x1b` or `\u202e`: safe to print as one line on a terminal. */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
