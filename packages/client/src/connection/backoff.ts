// How long to wait before the next try: exponential backoff with full jitter.

/** The bounds of the waits, in milliseconds. */
export interface Backoff {
  /** The first wait is anything from 0 to this. */
  readonly first: number;
  /** The bound doubles with each try up to this. */
  readonly longest: number;
}

/**
 * The wait before a try.
 * @param attempt how many tries have waited before, from 0
 * @param random 0 <= random < 1
 * @returns milliseconds: anything from 0 to the bound, so that clients that were cut off together come back apart
 */
export function backoffDelay(backoff: Backoff, attempt: number, random: number): number {
  const bound = Math.min(backoff.longest, backoff.first * 2 ** Math.min(attempt, 40));
  return random * bound;
}

/**
 * The wait that a peer asked for by Retry-After, with as much again of a backoff on top, so that not everybody whom it
 * turned away returns in the same second.
 * @param retryAfter seconds; undefined where it asked for none
 * @param longest most seconds that are granted
 */
export function retryDelay(
  backoff: Backoff,
  attempt: number,
  random: number,
  retryAfter: number | undefined,
  longest: number,
): number {
  const asked = Math.min(retryAfter ?? 0, longest) * 1000;
  return asked + backoffDelay(backoff, attempt, random);
}
