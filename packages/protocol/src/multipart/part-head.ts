// The bytes around a part's body: delimiter lines and header blocks, to the letter as devices that shipped match them.

import { TrefoilError } from "../errors/index.js";

const encoder = new TextEncoder();

/** {@link openingDelimiter} as text. */
export function openingDelimiterText(boundary: string): string {
  return `--${boundary}\r\n`;
}

/** {@link delimiter} as text. */
export function delimiterText(boundary: string): string {
  return `\r\n--${boundary}\r\n`;
}

/** The first delimiter line; a body begins with its dash, as a leading CRLF is a fatal error to devices. */
export function openingDelimiter(boundary: string): Uint8Array {
  return encoder.encode(openingDelimiterText(boundary));
}

/** The delimiter line that ends one part and begins the next. */
export function delimiter(boundary: string): Uint8Array {
  return encoder.encode(delimiterText(boundary));
}

/** The delimiter line that ends the last part and the body. */
export function closingDelimiter(boundary: string): Uint8Array {
  return encoder.encode(`\r\n--${boundary}--\r\n`);
}

/** A field name: an RFC 9110 token. */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What may not stand in a value: anything that could end the line, and other control characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * A part's header block with the empty line that ends it. Names and order stay as given.
 * @param headers names and values
 * @throws {TrefoilError} `internal` where a name is none or a value holds CR, LF or another control character
 */
export function partHead(headers: readonly (readonly [string, string])[]): Uint8Array {
  let text = "";
  for (const [name, value] of headers) {
    if (!fieldName.test(name) || forbiddenInValue.test(value)) {
      throw new TrefoilError(
        "internal",
        `The part header ${JSON.stringify(name.slice(0, 80))} cannot be written: its name or value holds characters that headers may not have.`,
      );
    }
    text += `${name}: ${value}\r\n`;
  }
  return encoder.encode(`${text}\r\n`);
}

/**
 * The header block of a directive's part. Devices compare the Content-Type to the letter and take only the last header
 * for it. The bytes are shared: do not write to them.
 */
export const directivePartHead: Uint8Array = partHead([
  ["Content-Disposition", 'form-data; name="metadata"'],
  ["Content-Type", "application/json; charset=utf-8"],
]);

/** {@link directivePartHead} as text. */
export const directivePartHeadText: string = new TextDecoder().decode(directivePartHead);

/** The header block of an event's `metadata` part, as clients send it. The bytes are shared: do not write to them. */
export const metadataPartHead: Uint8Array = partHead([
  ["Content-Disposition", 'form-data; name="metadata"'],
  ["Content-Type", "application/json; charset=UTF-8"],
]);

/** The header block of an event's `audio` part, as clients send it. The bytes are shared: do not write to them. */
export const audioPartHead: Uint8Array = partHead([
  ["Content-Disposition", 'form-data; name="audio"'],
  ["Content-Type", "application/octet-stream"],
]);

/**
 * The header block of an attachment's part in a response.
 * @param contentId what follows `cid:` in the directive that names the attachment
 * @throws {TrefoilError} `internal` where the id is empty or cannot stand in a header
 */
export function attachmentPartHead(contentId: string): Uint8Array {
  if (contentId === "") {
    throw new TrefoilError("internal", "An attachment needs a Content-Id.");
  }
  return partHead([
    ["Content-Disposition", 'form-data; name="attachment"'],
    ["Content-Id", contentId],
    ["Content-Type", "application/octet-stream"],
  ]);
}
