// What went wrong, in lines that an operator can act on.

import { isTrefoilError } from "@trefoil/protocol/errors";

/** The problems that an error tells of, a line each; never empty, never a stack. */
export function failureLines(error: unknown): readonly string[] {
  const text = error instanceof Error ? error.message : String(error);
  // The loader of the configuration finds all problems at once; other errors have one, whatever their length.
  const isList = isTrefoilError(error) && error.code === "invalid_configuration";
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const kept = isList ? lines : lines.slice(0, 1);
  return kept.length > 0 ? kept : ["failed for an unknown reason"];
}

/** The problems as one line. */
export function failureLine(problems: readonly string[]): string {
  if (problems.length === 1) return problems.join("");
  const numbered = problems.map((problem, index) => `(${index + 1}) ${problem}`);
  return `${problems.length} problems: ${numbered.join(" ")}`;
}
