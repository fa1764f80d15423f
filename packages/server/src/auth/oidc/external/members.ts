// Reading answers of providers, which name things as they like.

/**
 * A member of an answer as a text.
 * @param path dots lead into objects: `response.id`
 * @returns undefined where there is none, or it is neither a text nor a number, or too long to be what it should be
 */
export function memberOf(answer: unknown, path: string): string | undefined {
  let value = answer;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= 256 ? text : undefined;
}

/** Whether a member names one of ours: it is one of them, or a list that has one. */
export function namesOneOf(answer: unknown, path: string, ours: readonly string[]): boolean {
  const single = memberOf(answer, path);
  if (single !== undefined) return ours.includes(single);
  const list = (answer as Readonly<Record<string, unknown>> | null)?.[path];
  return Array.isArray(list) && list.some((one) => ours.includes(String(one)));
}
