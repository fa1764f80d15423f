// Who does something to clients, accounts and devices, for the audit log.

/** Whoever acts. */
export interface Actor {
  readonly by: "account" | "administrator";
  /** From where; left out where the program that runs the server acts. */
  readonly remoteAddress?: string | undefined;
}

/** Who acts where nobody says: the program that runs the server. */
export const operator: Actor = { by: "administrator" };

/** What the audit log says of an actor. */
export function auditOf({ by, remoteAddress }: Actor) {
  return { remoteAddress, detail: `by ${by}` };
}
