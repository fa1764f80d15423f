// What a step of the examination comes to.

/** What was found in one step. */
export type Finding =
  | { readonly kind: "good"; readonly says: string }
  /** It works, and will not for long, or not for everyone. */
  | { readonly kind: "doubtful"; readonly says: string; readonly advice: string }
  /** A device would stop here. */
  | { readonly kind: "bad"; readonly says: string; readonly advice: string }
  /** It could not be looked at. */
  | { readonly kind: "skipped"; readonly says: string };

/** A step that was made. */
export interface Step {
  /** As in `certificate`. */
  readonly name: string;
  /** Which server, as in `localhost:8443`. */
  readonly server: string;
  readonly finding: Finding;
  /** Milliseconds. */
  readonly took: number;
  /** Figures in milliseconds by name. */
  readonly figures: Readonly<Record<string, number>>;
}

export const good = (says: string): Finding => ({ kind: "good", says });
export const doubtful = (says: string, advice: string): Finding => ({
  kind: "doubtful",
  says,
  advice,
});
export const bad = (says: string, advice: string): Finding => ({ kind: "bad", says, advice });
export const skipped = (says: string): Finding => ({ kind: "skipped", says });
