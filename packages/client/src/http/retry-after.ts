// The header Retry-After, in both of its forms.

/** Longest wait that is taken from a peer: an hour. */
const maxSeconds = 3600;

/**
 * Seconds to wait.
 * @param value the header: a number of seconds, or a date
 * @param now milliseconds since the epoch, for the second form
 * @returns at most an hour; undefined where the header is absent or says nothing
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterSeconds(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text), maxSeconds);
  // Date.parse takes far more than HTTP dates: "-5" would be a day in 2001.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const date = Date.parse(text);
  if (Number.isNaN(date)) return undefined;
  return Math.min(Math.max(0, Math.ceil((date - now) / 1000)), maxSeconds);
}
