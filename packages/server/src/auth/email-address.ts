// E-mail addresses as names to sign in by: written in one way, so that no two accounts have names that look the same by a trick
// of Unicode.
// @see https://www.unicode.org/reports/tr36/

/** Longest e-mail address. Bytes. @see https://www.rfc-editor.org/errata/eid1690 */
export const maxEmailBytes = 254;

/** What nobody sees, or what turns around what one sees: control and format characters, fillers, what is not assigned. */
const unseen = /[\s\p{C}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The address as it is stored and looked up: those that differ in case alone, in how letters are composed, or in wide letters
 * of Japanese keyboards are one account.
 */
export function normalisedEmail(email: string): string {
  return email.trim().normalize("NFKC").toLowerCase().normalize("NFKC");
}

/** Whether a text, once it is normalised, has the form of an address. Whose it is, and whether mail arrives, is not known. */
export function isEmailAddress(email: string): boolean {
  const address = normalisedEmail(email);
  return (
    /^[^@]+@[^@]+$/.test(address) &&
    !unseen.test(address) &&
    Buffer.byteLength(address) <= maxEmailBytes
  );
}
