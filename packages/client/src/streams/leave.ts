// Leaving a source of bytes that somebody else made.

/**
 * Tells a source that nobody will read on. Not waited for: a generator that waits for the microphone returns only when that
 * has given its next chunk. What goes wrong there is the source's own.
 */
export function leave(source: AsyncIterator<unknown>): void {
  try {
    void Promise.resolve(source.return?.()).then(undefined, () => undefined);
  } catch {
    // As above.
  }
}
