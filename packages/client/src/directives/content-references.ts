// Which attachments a directive's payload names: every string in it that begins with `cid:` (RFC 2392).

import type { Payload } from "@trefoil/protocol/messages";

/** Deepest nesting that is searched. */
const maxDepth = 32;
/** Most references that are taken from one directive. */
const maxReferences = 32;

/**
 * The content ids that a payload refers to, in order, each once.
 * @see https://www.rfc-editor.org/rfc/rfc2392#section-2
 */
export function contentReferences(payload: Payload): string[] {
  const found = new Set<string>();
  collect(payload, 0, found);
  return [...found];
}

/** The id that a `cid:` URL names; undefined for any other text. */
export function contentIdOfUrl(url: string): string | undefined {
  if (!/^cid:/i.test(url)) return undefined;
  const id = url.slice(4);
  return id === "" ? undefined : id;
}

function collect(value: unknown, depth: number, found: Set<string>): void {
  if (found.size >= maxReferences || depth > maxDepth) return;
  if (typeof value === "string") {
    const id = contentIdOfUrl(value);
    if (id !== undefined) found.add(id);
  } else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) collect(member, depth + 1, found);
  }
}
