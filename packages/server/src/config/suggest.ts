// Did you mean: the known name that a misspelt one was probably meant to be.

/**
 * The candidate nearest to `word`, or undefined when none is near. Case and the marks `-`, `_` and `.` do not count, so
 * that `max_parts` and `MaxParts` find `maxParts`.
 * @param word what was written
 * @param candidates what could have been meant
 */
export function closestName(word: string, candidates: Iterable<string>): string | undefined {
  const plain = simplify(word);
  if (plain.length > 128) return undefined;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    const other = simplify(name);
    const allowed = Math.floor(Math.max(plain.length, other.length) / 4) + 1;
    const distance = editDistance(plain, other);
    if (distance > allowed || distance >= other.length) continue;
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best?.name;
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
