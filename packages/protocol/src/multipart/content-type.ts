// Content-Type as peers write it, and the boundary inside.

import { TrefoilError } from "../errors/index.js";
import { parseHeaderValue } from "./header-value.js";

/** A media type with its parameters. */
export interface ContentType {
  /** `type/subtype` in lower case; empty where the header says nothing of use. */
  readonly type: string;
  /** Parameters by lower-case name; values as written, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longest Content-Type that is read, in characters. */
const maxContentTypeLength = 1024;

/** Longest boundary, in characters (RFC 2046 section 5.1.1). */
const maxBoundaryLength = 70;

/** The characters of a boundary; a space may stand anywhere but at the end. */
const boundaryCharacters = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/;

/** The kinds of multipart that carry events and directives; the public guides use all three words. */
const multipartTypes: readonly string[] = [
  "multipart/form-data",
  "multipart/related",
  "multipart/mixed",
];

/**
 * Reads a Content-Type header. Tolerant to quotes, spaces and case.
 * @throws {TrefoilError} `unsupported_media_type` where it is longer than 1,024 characters
 * @see https://www.rfc-editor.org/rfc/rfc2045#section-5.1
 */
export function parseContentType(value: string): ContentType {
  if (value.length > maxContentTypeLength) {
    throw new TrefoilError(
      "unsupported_media_type",
      `The Content-Type header is longer than ${maxContentTypeLength} characters.`,
    );
  }
  const parsed = parseHeaderValue(value);
  return { type: parsed.value, parameters: parsed.parameters };
}

/**
 * The boundary of a multipart body. It may begin with dashes: `boundary=--abc` makes the delimiter line `----abc`.
 * @param contentType the request's or response's Content-Type header
 * @param allowed which media types are multipart here, in lower case
 * @throws {TrefoilError} `unsupported_media_type`: no Content-Type, or not one of `allowed`; `malformed_multipart`: no
 *   boundary, or one that is empty, longer than 70 characters or made of others than a boundary may have
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
 */
export function boundaryOf(
  contentType: string | undefined,
  allowed: readonly string[] = multipartTypes,
): string {
  const parsed = contentType === undefined ? undefined : parseContentType(contentType);
  if (parsed === undefined || !allowed.includes(parsed.type)) {
    const got = parsed === undefined ? "there is none" : `it is ${quoted(parsed.type)}`;
    throw new TrefoilError(
      "unsupported_media_type",
      `The Content-Type must be ${allowed.join(" or ")}, with a boundary; ${got}.`,
    );
  }
  const boundary = parsed.parameters.get("boundary");
  if (boundary === undefined || boundary === "") {
    throw new TrefoilError("malformed_multipart", "The Content-Type header names no boundary.");
  }
  checkBoundary(boundary);
  return boundary;
}

/**
 * Checks that a string can serve as a boundary.
 * @throws {TrefoilError} `malformed_multipart`
 */
export function checkBoundary(boundary: string): void {
  if (boundary.length > maxBoundaryLength) {
    throw new TrefoilError(
      "malformed_multipart",
      `The boundary is longer than ${maxBoundaryLength} characters.`,
    );
  }
  if (!boundaryCharacters.test(boundary)) {
    throw new TrefoilError(
      "malformed_multipart",
      "The boundary is empty, ends in a space or holds characters that RFC 2046 section 5.1.1 does not allow.",
    );
  }
}

/** What a peer wrote, short and harmless enough to go into a message. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
