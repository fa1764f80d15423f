// The headers of one part: read from bytes into a record, and the questions that are asked of them.

import { TrefoilError } from "../errors/index.js";
import { type ContentType, parseContentType } from "./content-type.js";
import { parseHeaderValue } from "./header-value.js";

/** Where a {@link PartHeaders} keeps its lines; a symbol, so that no header's name can meet it. */
const rawLines: unique symbol = Symbol("rawLines");

/**
 * The headers of one part: values by lower-case name, in a record without a prototype, so that a header named
 * `__proto__` or `constructor` is a header like any other. A repeated header's values are joined with `, `.
 */
export interface PartHeaders {
  readonly [name: string]: string | undefined;
  readonly [rawLines]: readonly string[];
}

interface MutablePartHeaders {
  [name: string]: string | undefined;
  [rawLines]: readonly string[];
}

/** A field name: an RFC 9110 token. */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What no header value may hold: control characters other than the tab. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * The names that parts have. Their strings live as long as the program, and V8 takes them as property keys at once; a
 * name that was cut out of a text has to be looked up in its table of all strings first, which takes longer than the rest
 * of a header does.
 */
const usualNames: ReadonlyMap<string, string> = new Map(
  ["content-disposition", "content-type", "content-id", "content-transfer-encoding"].map((name) => [
    name,
    name,
  ]),
);

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a part's header block. Folded lines are joined by one space (RFC 5322 section 2.2.3); bytes that are not UTF-8
 * become U+FFFD.
 * @param bytes the lines without the CRLF of the last one; empty where the part has no headers
 * @throws {TrefoilError} `malformed_multipart`: a line without a name, a name or value with forbidden characters
 */
export function parsePartHeaders(bytes: Uint8Array): PartHeaders {
  const text = bytes.length === 0 ? "" : utf8.decode(bytes);
  const lines = text === "" ? [] : text.split("\r\n");
  const headers = Object.create(null) as MutablePartHeaders;
  headers[rawLines] = lines;
  let name = "";
  for (const line of lines) {
    if (forbiddenInValue.test(line)) {
      throw new TrefoilError("malformed_multipart", "A part header holds a control character.");
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (name === "") {
        throw new TrefoilError(
          "malformed_multipart",
          "A part's first header line is a folded one.",
        );
      }
      headers[name] = `${headers[name]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(":");
    const lowerCase = line.slice(0, Math.max(colon, 0)).toLowerCase();
    name = usualNames.get(lowerCase) ?? lowerCase;
    if (!fieldName.test(name)) {
      throw new TrefoilError(
        "malformed_multipart",
        "A part's header line is not of the form `Name: value`; an empty line must follow the last one.",
      );
    }
    const value = line.slice(colon + 1).trim();
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}

/** The header lines of a part as they came, in order, without their CRLFs. */
export function rawLinesOf(headers: PartHeaders): readonly string[] {
  return headers[rawLines];
}

/**
 * The `name` of a part's Content-Disposition, as in `form-data; name="metadata"`; undefined where there is none.
 * @see https://www.rfc-editor.org/rfc/rfc7578#section-4.2
 */
export function dispositionName(headers: PartHeaders): string | undefined {
  const value = headers["content-disposition"];
  return value === undefined ? undefined : parseHeaderValue(value).parameters.get("name");
}

/**
 * A part's Content-Type; undefined where there is none.
 * @throws {TrefoilError} `unsupported_media_type` where it is longer than 1,024 characters
 */
export function contentTypeOf(headers: PartHeaders): ContentType | undefined {
  const value = headers["content-type"];
  return value === undefined ? undefined : parseContentType(value);
}

/**
 * A part's Content-Id without the angle brackets that RFC 2392 puts around it: what follows `cid:` in the directive
 * that names the part. Undefined where there is none.
 */
export function contentIdOf(headers: PartHeaders): string | undefined {
  const value = headers["content-id"];
  return value?.startsWith("<") && value.endsWith(">") ? value.slice(1, -1) : value;
}
