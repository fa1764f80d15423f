// Refusals of the gateway: a status, and one part that says why.
// @see docs/protocol.md#connection

import { holds } from "../verdict.js";
import type { Answer } from "../wire/answer.js";

/** Waits for the answer, which must be this status. The rest of it is not judged. */
export async function refusedWith(status: number, answer: Answer, what: string): Promise<Answer> {
  await answer.withStatus();
  holds(answer.status === status, `status ${status} for ${what}`, answer.describe());
  return answer;
}

/** Waits for the whole body, which must be the directive System.Exception with that status. */
export async function isException(answer: Answer): Promise<void> {
  await answer.whole();
  const reader = answer.read();
  const [directive, more] = reader.directives;
  holds(
    reader.problem === undefined && reader.parts.length === 1 && more === undefined,
    `a body of one part for status ${answer.status}`,
    reader.problem ?? answer.describe(),
  );
  holds(
    directive?.name === "System.Exception",
    `the directive System.Exception for status ${answer.status}`,
    directive?.name ?? answer.describe(),
  );
  const { code, description } = directive.payload;
  holds(
    code === answer.status && typeof description === "string" && description.trim() !== "",
    `code ${answer.status} and a description`,
    JSON.stringify(directive.payload),
  );
}
