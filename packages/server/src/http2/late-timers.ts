// Timers that come late: after a sleep of the machine, or a long stall, a deadline seems to have passed although what would have
// met it has long been sent and only waits to be read.

/**
 * Runs something when the input that waits by now has been read. That is by the second turn of the event loop from here: the first
 * may be one that has looked for input already.
 */
export function onceInputIsRead(run: () => void): void {
  setImmediate(() => setImmediate(run));
}
