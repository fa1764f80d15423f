// A device's tokens, and when to replace them.

/** What `/token` gave. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When they were given, in milliseconds since the epoch. */
  readonly issuedAt: number;
  /** When the access token ends, likewise. */
  readonly expiresAt: number;
}

/** Longest time before the end that a refresh begins: an hour, as devices that shipped do. */
const longestMargin = 3_600_000;

/** Shortest time from being given to being refreshed, so that a server with tiny lifetimes is not asked without pause. */
const shortestUse = 1_000;

/**
 * When to refresh: before the end by an hour or a fifth of the lifetime, whichever is less, and up to as much again
 * earlier by chance, so that a fleet that came back together does not refresh together.
 * @param random 0 <= random < 1
 * @returns milliseconds since the epoch
 */
export function refreshTime(tokens: Tokens, random: number): number {
  const lifetime = Math.max(0, tokens.expiresAt - tokens.issuedAt);
  const margin = Math.min(longestMargin, lifetime / 5);
  return Math.max(tokens.expiresAt - margin * (1 + random), tokens.issuedAt + shortestUse);
}

/** Whether a value that was read from a store has the shape of {@link Tokens}. */
export function isTokens(value: unknown): value is Tokens {
  if (typeof value !== "object" || value === null) return false;
  const tokens = value as Record<string, unknown>;
  return (
    typeof tokens["accessToken"] === "string" &&
    /^[\x20-\x7e]+$/.test(tokens["accessToken"]) &&
    typeof tokens["refreshToken"] === "string" &&
    Number.isFinite(tokens["issuedAt"]) &&
    Number.isFinite(tokens["expiresAt"])
  );
}
