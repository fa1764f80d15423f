// Sends one directive to each of many devices from within a server, each stamped with the time of its sending.

/** What is to be sent. */
export interface PushOrder {
  /** Which devices, one after the other. */
  readonly devices: readonly string[];
  /** How many sends may be under way at once. */
  readonly concurrency: number;
  /** Seconds that a directive may wait; the server's default unless given. */
  readonly ttl?: number;
  /** Of the bare server: whether a PING follows each directive, and its ACK is awaited before it is forgotten. */
  readonly acknowledged?: boolean;
}

/** How long a directive of the benchmark is: all of its JSON. Bytes. */
export const directiveBytes = 400;

/** How many digits a time has. */
const digits = 20;

/** The header that directives have where it is not Trefoil that makes them. */
export const directiveHeader = {
  namespace: "Clova",
  name: "RenderText",
  messageId: "00000000-0000-4000-8000-000000000000",
};

function directiveOf(text: string, sentAt: string): string {
  const payload = { type: "RenderText", text, sentAt };
  return JSON.stringify({ directive: { header: directiveHeader, payload } });
}

/** So long that the whole of the JSON, with its header, comes to {@link directiveBytes}. */
const padding = "x".repeat(directiveBytes - directiveOf("", "0".repeat(digits)).length);

/** The payload of a directive: `Clova.RenderText` with padding up to the size that all peers send. */
export function payloadOf(sentAt: string): Record<string, string> {
  return { type: "RenderText", text: padding, sentAt };
}

/** A whole directive as it travels, stamped with the present time. */
export function directiveText(): string {
  return directiveOf(padding, timestamp());
}

/** Monotonic time: the same clock in every process of a machine. Nanoseconds, as text of one length. */
export function timestamp(): string {
  return process.hrtime.bigint().toString().padStart(digits, "0");
}

const marker = Buffer.from('"sentAt":"');

/** When the directives were sent whose payloads these bytes hold. Nanoseconds. */
export function* sendTimes(bytes: Buffer): Generator<bigint> {
  for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker, at + 1)) {
    const start = at + marker.length;
    yield BigInt(bytes.toString("latin1", start, start + digits));
  }
}

/**
 * Carries an order out. Each sender gives the event loop a turn after each send, as a program that does other things
 * besides does.
 */
export async function push(
  order: PushOrder,
  send: (device: string) => Promise<unknown> | void,
): Promise<void> {
  const waiting = order.devices.values();
  const sender = async (): Promise<void> => {
    for (const device of waiting) {
      await send(device);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, sender));
}
