// Waiting for the user to begin to speak, and no longer than the platform wants to wait.

import type { Clock } from "@trefoil/protocol/clock";
import { leave } from "../streams/index.js";

/**
 * Waits for the first chunk of a source that gives none before somebody speaks.
 * @param timeout milliseconds
 * @param signal ends the wait too
 * @returns the source from its first chunk on; undefined where none came, and the source was told to stop
 * @throws whatever the source throws
 */
export async function speechWithin(
  source: AsyncIterable<Uint8Array>,
  timeout: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let settle!: (over: undefined) => void;
  const over = new Promise<undefined>((resolve) => (settle = resolve));
  const giveUp = () => settle(undefined);
  const timer = clock.after(timeout, giveUp);
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    const first = await Promise.race([over, iterator.next()]);
    if (first !== undefined && first.done !== true) return resumed(first.value, iterator);
    leave(iterator);
    return undefined;
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", giveUp);
  }
}

async function* resumed(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    leave(rest);
  }
}
