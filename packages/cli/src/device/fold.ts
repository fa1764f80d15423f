// JSON on one line of a terminal: what is deep is folded away before anything is cut off.

/** How much of it is opened: at 0 everything is. */
type Depth = number;

/**
 * JSON in at most so many characters. Objects and arrays are folded to `{…}` and `[3]`, the deepest first, then long
 * strings; at last the end is cut off.
 */
export function fold(value: unknown, width: number): string {
  const whole = JSON.stringify(value);
  if (whole.length <= width) return whole;
  for (let depth: Depth = 6; depth >= 1; depth--) {
    const folded = foldedAt(value, depth, 60);
    if (folded.length <= width) return folded;
  }
  const short = foldedAt(value, 1, 16);
  return short.length <= width ? short : `${short.slice(0, Math.max(0, width - 1))}…`;
}

function foldedAt(value: unknown, depth: Depth, longest: number): string {
  if (typeof value === "string") return JSON.stringify(cut(value, longest));
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    if (depth === 0) return `[${value.length}]`;
    return `[${value.map((each) => foldedAt(each, depth - 1, longest)).join(",")}]`;
  }
  const members = Object.entries(value);
  if (members.length === 0) return "{}";
  if (depth === 0) return "{…}";
  const inner = members.map(
    ([name, member]) => `${JSON.stringify(name)}:${foldedAt(member, depth - 1, longest)}`,
  );
  return `{${inner.join(",")}}`;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
