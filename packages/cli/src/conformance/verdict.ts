// What a check can come to, and how a check says so from wherever in its steps it stands.

/** What came of one check. */
export type Verdict =
  | { readonly kind: "pass"; readonly note?: string }
  /** The server does something else than the sentence says. */
  | { readonly kind: "fail"; readonly expected: string; readonly seen: string }
  /** The sentence could not be put to the test here. */
  | { readonly kind: "skip"; readonly reason: string };

/** Ends a check: the server is not as the sentence says. Caught by the judge, never seen outside of this room. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: string) {
    super(`expected ${expected}, saw ${seen}`);
    this.expected = expected;
    this.seen = seen;
  }
}

/** Ends a check: it cannot be made here. Caught by the judge, never seen outside of this room. */
export class Inapplicable extends Error {
  override readonly name = "Inapplicable";
}

/** Holds, or the check ends as failed. @param seen what was there instead */
export function holds(condition: boolean, expected: string, seen: string): asserts condition {
  if (!condition) throw new Violation(expected, seen);
}
