// Who is calling, as far as the connection and the headers tell.

/** What the listener hands to the app along with a request. */
export interface AuthBindings {
  /** The peer's address; without it the socket of `incoming` is asked, as `@hono/node-server` provides it. */
  readonly remoteAddress?: string;
  readonly incoming?: {
    readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
  };
}

/** What is known of the caller. */
export interface Caller {
  readonly remoteAddress: string;
  /** How the device calls itself, from `X-DEVICE-NAME`. */
  readonly deviceName: string | undefined;
  /** From `X-DEVICE-RUID`. */
  readonly deviceRuid: string | undefined;
}

/** Longest header value that is kept. Characters. */
const maxReported = 128;

export function callerOf(request: Request, bindings: AuthBindings | undefined): Caller {
  return {
    remoteAddress:
      bindings?.remoteAddress ?? bindings?.incoming?.socket?.remoteAddress ?? "unknown",
    deviceName: reported(request.headers.get("x-device-name")),
    deviceRuid: reported(request.headers.get("x-device-ruid")),
  };
}

/** Marks that turn the direction of what comes after them: a name must not turn the page that shows it. */
export const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Header bytes are read as Latin-1; devices send UTF-8. Whatever it is, it ends up short and printable. */
function reported(value: string | null): string | undefined {
  if (value === null) return undefined;
  const bytes = Buffer.from(value, "latin1");
  let text = value;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: Latin-1 it is.
  }
  const printable = text
    .replaceAll(/\p{Cc}/gu, "")
    .replaceAll(directionMarks, "")
    .trim();
  return printable === "" ? undefined : Array.from(printable).slice(0, maxReported).join("");
}
