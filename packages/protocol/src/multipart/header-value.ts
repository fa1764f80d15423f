// The grammar that Content-Type and Content-Disposition share: a value, then `; name=value` parameters (RFC 2045, RFC 2183).

/** A structured header value: what stands before the first semicolon, and the parameters after it. */
export interface HeaderValue {
  /** Lower case, without surrounding space. */
  readonly value: string;
  /** Names in lower case; of a repeated name the first one counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Most parameters that are read from one header; what follows is ignored. */
const maxParameters = 32;

/**
 * Reads a header value with parameters in one pass. Peers are taken as they come: space around `;` and `=`, any case,
 * quoted or unquoted values, an unquoted value with characters that ought to be quoted, a quote that never closes.
 * @param text the header's value; the caller bounds its length
 */
export function parseHeaderValue(text: string): HeaderValue {
  const parameters = new Map<string, string>();
  let position = text.indexOf(";");
  const value = (position === -1 ? text : text.slice(0, position)).trim().toLowerCase();
  while (position !== -1 && position < text.length && parameters.size < maxParameters) {
    const start = position + 1;
    let end = start;
    while (end < text.length && text[end] !== "=" && text[end] !== ";") end++;
    const name = text.slice(start, end).trim().toLowerCase();
    if (end >= text.length || text[end] === ";") {
      position = end;
      continue;
    }
    const parameter = parseParameterValue(text, end + 1);
    if (name !== "" && !parameters.has(name)) parameters.set(name, parameter.value);
    position = parameter.end;
  }
  return { value, parameters };
}

/** A parameter's value from just after its `=`; `end` is where the next semicolon stands, or the text's length. */
function parseParameterValue(text: string, from: number): { value: string; end: number } {
  let start = from;
  while (text[start] === " " || text[start] === "\t") start++;
  if (text[start] !== '"') {
    const semicolon = text.indexOf(";", start);
    const end = semicolon === -1 ? text.length : semicolon;
    return { value: text.slice(start, end).trim(), end };
  }
  let value = "";
  let position = start + 1;
  while (position < text.length && text[position] !== '"') {
    // A backslash quotes the character after it (RFC 2045 by way of RFC 822).
    if (text[position] === "\\" && position + 1 < text.length) position++;
    value += text[position];
    position++;
  }
  const semicolon = text.indexOf(";", position);
  return { value, end: semicolon === -1 ? text.length : semicolon };
}
