// A multipart reader as strict as the one in speakers that shipped: the first byte must be a dash, header names are letters
// and dashes, a part is over when the whole delimiter line is here, and after one error the rest is ignored for good.

/** One part of a response. */
export interface FirmwarePart {
  /** In order, to the letter. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A directive that the firmware acts on. */
export interface FirmwareDirective {
  readonly name: string;
  readonly header: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What the reader waits for next. */
type State =
  | "first delimiter"
  | "header name"
  | "header value"
  | "line feed of a header"
  | "line feed of the headers"
  | "data"
  | "after delimiter"
  | "line feed of a delimiter"
  | "final dash"
  | "end";

const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;
const colon = 0x3a;
const space = 0x20;

export class FirmwareReader {
  /** The parts that are over. */
  readonly parts: FirmwarePart[] = [];
  /** What it choked on; from then on everything is ignored. */
  error: string | undefined;
  readonly #first: Buffer;
  readonly #delimiter: Buffer;
  #state: State = "first delimiter";
  #position = 0;
  #offset = 0;
  #headers: [name: string, value: string][] = [];
  #text = "";
  #body: number[] = [];

  /** @param contentType of the response, scanned for `boundary=` up to the next semicolon or the end */
  constructor(contentType: unknown) {
    const boundary = /boundary=([^;\r\n]*)/.exec(String(contentType))?.[1];
    if (boundary === undefined) throw new Error(`no boundary in ${String(contentType)}`);
    this.#first = Buffer.from(`--${boundary}\r\n`, "latin1");
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  /** Whether the closing delimiter was read. */
  get closed(): boolean {
    return this.#state === "end";
  }

  /** Whether a delimiter line was the last that came: a further part may follow, or the end of the stream. */
  get betweenParts(): boolean {
    return this.#state === "header name" && this.#headers.length === 0 && this.#text === "";
  }

  /** The directives among the parts that are over: JSON parts whose header is to the letter. */
  get directives(): FirmwareDirective[] {
    return this.parts.flatMap(({ headers, body }) => {
      const [name, value] = headers.at(-1) ?? [];
      if (name !== "Content-Type" || value !== "application/json; charset=utf-8") return [];
      const { directive } = JSON.parse(body.toString("utf8")) as {
        directive: Omit<FirmwareDirective, "name">;
      };
      const { header, payload } = directive;
      return [{ name: `${header["namespace"]}.${header["name"]}`, header, payload }];
    });
  }

  /** The body of the attachment that a directive names by `cid:`. */
  attachment(contentId: string): Buffer | undefined {
    return this.parts.find(({ headers }) =>
      headers.some(([name, value]) => name === "Content-Id" && value === contentId),
    )?.body;
  }

  push(bytes: Uint8Array): this {
    for (const byte of bytes) {
      if (this.error !== undefined) return this;
      this.#take(byte);
      this.#offset++;
    }
    return this;
  }

  #take(byte: number): void {
    switch (this.#state) {
      case "first delimiter":
        if (byte !== this.#first[this.#position]) return this.#fail(byte);
        if (++this.#position === this.#first.length) this.#beginPart();
        return;
      case "header name":
        if (byte === cr) this.#state = "line feed of the headers";
        else if (byte === colon) {
          this.#headers.push([this.#text, ""]);
          this.#text = "";
          this.#state = "header value";
        } else if (byte === dash || /[a-z]/i.test(String.fromCharCode(byte))) {
          this.#text += String.fromCharCode(byte);
        } else this.#fail(byte);
        return;
      case "header value":
        if (byte === cr) {
          this.#headers.at(-1)![1] = this.#text;
          this.#text = "";
          this.#state = "line feed of a header";
        } else if (byte !== space || this.#text !== "") {
          this.#text += String.fromCharCode(byte);
        }
        return;
      case "line feed of a header":
        if (byte === lf) this.#state = "header name";
        else this.#fail(byte);
        return;
      case "line feed of the headers":
        if (byte !== lf) return this.#fail(byte);
        this.#state = "data";
        this.#position = 0;
        return;
      case "data":
        this.#data(byte);
        return;
      case "after delimiter":
        if (byte === cr) this.#state = "line feed of a delimiter";
        else if (byte === dash) this.#state = "final dash";
        else this.#fail(byte);
        return;
      case "line feed of a delimiter":
        if (byte !== lf) return this.#fail(byte);
        this.#endPart();
        this.#beginPart();
        return;
      case "final dash":
        if (byte !== dash) return this.#fail(byte);
        this.#endPart();
        this.#state = "end";
        return;
      case "end":
        return;
    }
  }

  /** Bytes that only look like a delimiter are data after all. */
  #data(byte: number): void {
    if (byte === this.#delimiter[this.#position]) {
      if (++this.#position === this.#delimiter.length) this.#state = "after delimiter";
      return;
    }
    this.#body.push(...this.#delimiter.subarray(0, this.#position));
    this.#position = byte === cr ? 1 : 0;
    if (this.#position === 0) this.#body.push(byte);
  }

  #beginPart(): void {
    this.#headers = [];
    this.#body = [];
    this.#text = "";
    this.#state = "header name";
  }

  #endPart(): void {
    this.parts.push({ headers: this.#headers, body: Buffer.from(this.#body) });
  }

  #fail(byte: number): void {
    this.error = `byte ${byte} at ${this.#offset} where the ${this.#state} was expected`;
  }
}

/** Reads a whole response body at once. @throws where the firmware would choke on it */
export function readAsFirmware(contentType: unknown, body: Uint8Array): FirmwareReader {
  const reader = new FirmwareReader(contentType).push(body);
  if (reader.error !== undefined) throw new Error(`the firmware chokes: ${reader.error}`);
  return reader;
}
