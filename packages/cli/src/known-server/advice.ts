// What to say when a server cannot be reached: what was wrong, and what to do about it.

import { type TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";

/**
 * The one line for a failure.
 * @param server `developer`: the local one, by its dev.json; `named`: one that options named
 */
export function adviceOn(error: unknown, server: "developer" | "named"): string {
  if (!isTrefoilError(error)) return error instanceof Error ? error.message : String(error);
  const message = asClause(error.message);
  switch (causeOf(error)) {
    case "refused":
      return server === "developer"
        ? `${message}; start the developer server with \`npm start\``
        : `${message}; is the server running, and is the port right?`;
    case "untrusted":
      return server === "developer"
        ? `${message}; the data directory is another server's: say which with --data`
        : `${message} with --ca FILE, or accept any certificate with --insecure`;
    case "cut":
      // A listener of TLS cuts off whoever speaks plain HTTP to it: nothing else says so.
      return message.includes("http://") ? `${message}; try it with https://` : message;
    case "other":
      return message;
  }
}

function causeOf(error: TrefoilError): "refused" | "untrusted" | "cut" | "other" {
  if (error.code !== "unavailable") return "other";
  if (/connection refused/.test(error.message)) return "refused";
  if (/connection was cut/.test(error.message)) return "cut";
  return /not trusted/.test(error.message) ? "untrusted" : "other";
}

/** `Cannot reach it.` as it goes after `trefoil: `: no capital, no full stop, one line. */
function asClause(sentence: string): string {
  const [line = ""] = sentence.split("\n");
  // A name such as Clova.RenderText keeps its capital.
  const first = /^[A-Z][a-z]* /.test(line) ? line.charAt(0).toLowerCase() : line.charAt(0);
  return `${first}${line.slice(1).replace(/\.$/, "")}`;
}
