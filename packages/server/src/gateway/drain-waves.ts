// Sending connections away in waves: thousands that come back elsewhere all at once would be a flood of handshakes there.

/** Connections that are told at the same time. */
export interface DrainWave<T> {
  /** Milliseconds from the beginning of the drain. */
  readonly at: number;
  readonly members: readonly T[];
}

/** Time between two waves, at least. Milliseconds. */
const waveInterval = 250;

/**
 * Spreads connections over the first half of a drain, in waves of equal size, so that those of the last wave have the other
 * half to finish what they are about. The first wave is at once.
 * @param span the whole drain, in milliseconds
 */
export function drainWaves<T>(connections: readonly T[], span: number): readonly DrainWave<T>[] {
  const half = span / 2;
  const count = Math.max(1, Math.min(connections.length, Math.floor(half / waveInterval)));
  return Array.from({ length: count }, (_, wave) => ({
    at: (wave * half) / count,
    members: connections.slice(
      Math.ceil((wave * connections.length) / count),
      Math.ceil(((wave + 1) * connections.length) / count),
    ),
  }));
}
