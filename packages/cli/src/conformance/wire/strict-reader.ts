// Reads a multipart body as strictly as devices that shipped: one wrong byte, and everything after it is lost.
// @see docs/protocol.md#multipart

import { Violation } from "../verdict.js";

/** One part of an answer. */
export interface StrictPart {
  /** In order, to the letter. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A directive of an answer. */
export interface StrictDirective {
  /** `Namespace.Name` */
  readonly name: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

const crlf = Buffer.from("\r\n");
const headEnd = Buffer.from("\r\n\r\n");

/** The boundary as devices find it: what follows `boundary=`, up to the next semicolon. */
export function scanBoundary(contentType: string): string | undefined {
  return /boundary=([^;\r\n]*)/.exec(contentType)?.[1];
}

/** Reads what has come; push again when more has. */
export class StrictReader {
  /** Parts whose delimiter line is here, CRLF and all. */
  readonly parts: StrictPart[] = [];
  /** What a device chokes on. */
  problem: string | undefined;
  /** Whether the closing delimiter was read. */
  closed = false;
  /** Bytes after the last delimiter line: a part that is not over. */
  rest: Buffer = Buffer.alloc(0);
  readonly #opening: Buffer;
  readonly #delimiter: Buffer;
  #begun = false;

  /** @throws {Violation} where the content type names no boundary */
  constructor(contentType: string) {
    const boundary = scanBoundary(contentType);
    if (boundary === undefined || boundary === "") {
      throw new Violation(
        "Content-Type: multipart/related; boundary=...",
        contentType === "" ? "no Content-Type" : `Content-Type: ${contentType}`,
      );
    }
    this.#opening = Buffer.from(`--${boundary}\r\n`, "latin1");
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  push(bytes: Buffer): this {
    this.rest = Buffer.concat([this.rest, bytes]);
    if (!this.#begun) this.#begin();
    while (this.#begun && this.problem === undefined && !this.closed && this.#takePart());
    return this;
  }

  /** The directives among the parts that are over. @throws {Violation} where one is not a directive's JSON */
  get directives(): StrictDirective[] {
    return this.parts.filter(isJson).map(({ body }) => directiveOf(body));
  }

  #begin(): void {
    const given = this.rest.subarray(0, this.#opening.length);
    if (!given.equals(this.#opening.subarray(0, given.length))) {
      this.problem = `the body begins with ${JSON.stringify(given.toString("latin1"))}`;
    } else if (given.length === this.#opening.length) {
      this.#begun = true;
      this.rest = this.rest.subarray(this.#opening.length);
    }
  }

  #takePart(): boolean {
    const at = this.rest.indexOf(this.#delimiter);
    if (at === -1) return false;
    const after = at + this.#delimiter.length;
    const tail = this.rest.subarray(after, after + 2);
    if (tail.length < 2) return false;
    const text = tail.toString("latin1");
    if (text !== "\r\n" && text !== "--") {
      this.problem = `${JSON.stringify(text)} after a delimiter`;
      return false;
    }
    const part = this.rest.subarray(0, at);
    const end = part.indexOf(headEnd);
    if (end === -1) {
      this.problem = "a part without an empty line after its headers";
      return false;
    }
    this.parts.push({ headers: headersOf(part.subarray(0, end)), body: part.subarray(end + 4) });
    this.rest = this.rest.subarray(after + 2);
    this.closed = text === "--";
    return true;
  }
}

function headersOf(head: Buffer): [string, string][] {
  const lines = head.toString("latin1").split(crlf.toString("latin1"));
  return lines.map((line) => {
    const colon = line.indexOf(": ");
    return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
  });
}

/** Whether a part is a directive's, by its Content-Type in any case. */
export function isJson({ headers }: StrictPart): boolean {
  return headers.some(
    ([name, value]) => /^content-type$/i.test(name) && /^application\/json/i.test(value),
  );
}

function directiveOf(body: Buffer): StrictDirective {
  const expected = '{"directive":{"header":{...},"payload":{...}}} in UTF-8';
  const seen = () => JSON.stringify(body.toString("utf8").slice(0, 160));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Violation(expected, seen());
  }
  const directive = objectOf(objectOf(value)?.["directive"]);
  const header = objectOf(directive?.["header"]);
  const payload = objectOf(directive?.["payload"]);
  if (header === undefined || payload === undefined) throw new Violation(expected, seen());
  return { name: `${String(header["namespace"])}.${String(header["name"])}`, header, payload };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
