// What is pushed is read in order, at the reader's pace, and the reader hears how it ended.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AsyncQueue } from "./async-queue.js";

async function readAll<T>(queue: AsyncQueue<T>): Promise<{ items: T[]; error?: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of queue) items.push(item);
    return { items };
  } catch (error) {
    return { items, error };
  }
}

describe("the queue", () => {
  it("gives what was pushed, in order, whether the reader or the writer is ahead (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (steps) => {
        const queue = new AsyncQueue<number>();
        const reading = readAll(queue);
        let pushed = 0;
        for (const wait of steps) {
          if (wait) await Promise.resolve();
          else queue.push(++pushed);
        }
        queue.end();
        expect(await reading).toEqual({ items: Array.from({ length: pushed }, (_, n) => n + 1) });
      }),
    );
  });

  it("hands over what waits before it tells of a failure, once", async () => {
    const queue = new AsyncQueue<string>();
    queue.push("a");
    queue.fail(new Error("cut off"));
    queue.push("too late");
    const iterator = queue[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: "a" });
    await expect(iterator.next()).rejects.toThrow("cut off");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("tells a reader who waits of a failure", async () => {
    const queue = new AsyncQueue<string>();
    const reading = readAll(queue);
    await Promise.resolve();
    const error = new Error("cut off");
    queue.fail(error);
    expect(await reading).toEqual({ items: [], error });
  });

  it("counts an item as taken when it is read, not when it is pushed", async () => {
    const taken: string[] = [];
    const queue = new AsyncQueue<string>((item) => void taken.push(item));
    queue.push("a");
    queue.push("b");
    expect(taken).toEqual([]);
    const iterator = queue[Symbol.asyncIterator]();
    await iterator.next();
    expect(taken).toEqual(["a"]);
  });

  it("lets go of everything when its reader leaves early, and of what comes after", async () => {
    const taken: string[] = [];
    const queue = new AsyncQueue<string>((item) => void taken.push(item));
    for (const item of ["a", "b", "c"]) queue.push(item);
    for await (const item of queue) {
      expect(item).toBe("a");
      break;
    }
    queue.push("d");
    expect(taken).toEqual(["a", "b", "c", "d"]);
    expect(await readAll(queue)).toEqual({ items: [] });
  });

  it("ends a reader who waits when it is abandoned", async () => {
    const queue = new AsyncQueue<string>();
    const reading = readAll(queue);
    await Promise.resolve();
    queue.abandon();
    expect(await reading).toEqual({ items: [] });
  });

  it("serves several requests for the next item in the order in which they were made", async () => {
    const queue = new AsyncQueue<string>();
    const iterator = queue[Symbol.asyncIterator]();
    const asked = [iterator.next(), iterator.next(), iterator.next()];
    queue.push("a");
    queue.push("b");
    queue.end();
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
      { done: true, value: undefined },
    ]);
  });
});
