// The header list of a request as it is decoded: what RFC 9113 demands of it, and how much of it there may be.
// @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2

import { type FieldSink, fieldOverhead, isNameCharacter, isValueCharacter } from "./hpack/index.js";

/** How much of a header list is taken. */
export interface HeaderListLimits {
  /** Bytes of names and values, and 32 for each field. */
  readonly maxHeaderListSize: number;
  readonly maxHeaderPairs: number;
}

/** What became of a header list. `malformed`: it breaks a rule of HTTP. `too-large`: it is past a limit. */
export type HeaderVerdict = "fine" | "malformed" | "too-large";

/** Fields that belong to a connection of HTTP/1.1. @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2 */
const connectionFields = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

const colon = 0x3a;

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-9.1 */
const methodPattern = /^[!#$%&'*+.^_`|~\w-]+$/;

/** @see https://www.rfc-editor.org/rfc/rfc3986#section-3.1 */
const schemePattern = /^[a-z][\w+.-]*$/i;

export class RequestHeaders implements FieldSink {
  method: string | undefined;
  path: string | undefined;
  /** The `:authority`. */
  #authority: string | undefined;
  #scheme: string | undefined;
  /** Names and values in turn, as they came. */
  readonly #fields: string[] = [];
  #size = 0;
  #pairs = 0;
  /** Whether there was a pseudo field, and whether there was another one. */
  #isPseudo = false;
  #isRegular = false;
  #verdict: HeaderVerdict = "fine";
  readonly #limits: HeaderListLimits;

  constructor(limits: HeaderListLimits) {
    this.#limits = limits;
  }

  field(name: string, value: string): void {
    // Past a limit the rest is decoded, because the connection's table must stay right, but not looked at.
    if (this.#verdict === "too-large") return;
    this.#size += name.length + value.length + fieldOverhead;
    this.#pairs++;
    if (this.#size > this.#limits.maxHeaderListSize || this.#pairs > this.#limits.maxHeaderPairs) {
      this.#verdict = "too-large";
      this.#fields.length = 0;
      return;
    }
    if (name.charCodeAt(0) === colon) this.#pseudo(name, value);
    else this.#regular(name, value);
  }

  /**
   * What the list of a request comes to, once its block is decoded.
   * @param bodyless whether no body follows, so that none may be announced
   */
  verdict(bodyless: boolean): HeaderVerdict {
    if (this.#verdict !== "fine") return this.#verdict;
    const { method, path } = this;
    if (method === undefined || path === undefined || this.#scheme === undefined)
      return "malformed";
    const isTarget = path.startsWith("/") || (path === "*" && method === "OPTIONS");
    const length = this.contentLength();
    if (!isTarget || length === "malformed") return "malformed";
    return bodyless && length !== undefined && length > 0 ? "malformed" : "fine";
  }

  /** The same of fields that follow a body, which are read and let go. */
  trailerVerdict(): HeaderVerdict {
    return this.#isPseudo ? "malformed" : this.#verdict;
  }

  get authority(): string {
    return this.#authority ?? this.get("host") ?? "";
  }

  /** Bytes of the body that the request announces, if it does. */
  contentLength(): number | "malformed" | undefined {
    const text = this.get("content-length");
    if (text === undefined) return undefined;
    return /^\d{1,15}$/.test(text) ? Number(text) : "malformed";
  }

  /** A field by its lower-case name; several are joined, as RFC 9113 section 8.2.3 and RFC 9110 section 5.3 have it. */
  get(name: string): string | undefined {
    const fields = this.#fields;
    let found: string | undefined;
    for (let index = 0; index < fields.length; index += 2) {
      if (fields[index] !== name) continue;
      const value = fields[index + 1] as string;
      if (found === undefined) found = value;
      else found += (name === "cookie" ? "; " : ", ") + value;
    }
    return found;
  }

  /** All fields but the pseudo ones. */
  all(): Readonly<Record<string, string>> {
    const all = Object.create(null) as Record<string, string>;
    for (let index = 0; index < this.#fields.length; index += 2) {
      const name = this.#fields[index] as string;
      all[name] ??= this.get(name) as string;
    }
    return all;
  }

  #pseudo(name: string, value: string): void {
    this.#isPseudo = true;
    if (this.#isRegular || !isValue(value)) {
      this.#verdict = "malformed";
    } else if (name === ":method" && this.method === undefined && methodPattern.test(value)) {
      this.method = value;
    } else if (name === ":path" && this.path === undefined && !value.includes(" ")) {
      this.path = value;
    } else if (name === ":scheme" && this.#scheme === undefined && schemePattern.test(value)) {
      this.#scheme = value;
    } else if (name === ":authority" && this.#authority === undefined) {
      this.#authority = value;
    } else {
      this.#verdict = "malformed";
    }
  }

  #regular(name: string, value: string): void {
    this.#isRegular = true;
    if (
      !isName(name) ||
      !isValue(value) ||
      connectionFields.has(name) ||
      (name === "te" && value !== "trailers")
    ) {
      this.#verdict = "malformed";
      return;
    }
    // Spaces around a value say nothing; RFC 9113 forbids them, but the parsers of HTTP/1.1 have taught devices that they pass.
    this.#fields.push(name, isPadded(value) ? trimmed(value) : value);
  }
}

function isName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (!isNameCharacter(name.charCodeAt(index))) return false;
  }
  return name.length > 0;
}

function isValue(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    if (!isValueCharacter(value.charCodeAt(index))) return false;
  }
  return true;
}

function isPadded(value: string): boolean {
  return isSpace(value, 0) || isSpace(value, value.length - 1);
}

/** `trim` knows more kinds of spaces, of which some are parts of UTF-8; a pattern would look at long spaces again and again. */
function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value, start)) start++;
  while (end > start && isSpace(value, end - 1)) end--;
  return value.slice(start, end);
}

function isSpace(value: string, index: number): boolean {
  const code = value.charCodeAt(index);
  return code === 0x20 || code === 0x09;
}
