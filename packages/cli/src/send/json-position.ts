// Where a text stops being JSON: the parser of JavaScript does not always say.

/** A fault in a text that should be JSON. */
export interface JsonFault {
  /** Index of the first character that cannot be; the text's length where it ends too soon. */
  readonly position: number;
  /** What should stand there. */
  readonly expected: string;
}

class Fault extends Error {
  readonly position: number;
  readonly expected: string;

  constructor(position: number, expected: string) {
    super(expected);
    this.position = position;
    this.expected = expected;
  }
}

/**
 * The first fault of a text, or undefined where it is JSON.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const end = skipSpace(text, value(text, skipSpace(text, 0), 0));
    if (end < text.length) throw new Fault(end, "the end");
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { position: thrown.position, expected: thrown.expected };
  }
}

/** Deepest nesting that is followed. */
const maxDepth = 256;

/** Each reader answers where it stopped. */
function value(text: string, start: number, depth: number): number {
  if (depth > maxDepth) throw new Fault(start, "less nesting");
  switch (text[start]) {
    case "{":
      return list(text, start, "}", (at) => member(text, at, depth));
    case "[":
      return list(text, start, "]", (at) => value(text, at, depth + 1));
    case '"':
      return string(text, start);
    case "t":
      return word(text, start, "true");
    case "f":
      return word(text, start, "false");
    case "n":
      return word(text, start, "null");
    case undefined:
    default:
      return number(text, start);
  }
}

function list(text: string, start: number, close: string, element: (at: number) => number): number {
  let at = skipSpace(text, start + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, element(at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw new Fault(at, `a comma or ${close}`);
    at = skipSpace(text, at + 1);
  }
}

function member(text: string, start: number, depth: number): number {
  if (text[start] !== '"') throw new Fault(start, "a member's name in double quotes (\")");
  const colon = skipSpace(text, string(text, start));
  if (text[colon] !== ":") throw new Fault(colon, "a colon");
  return value(text, skipSpace(text, colon + 1), depth + 1);
}

function string(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character < " ") throw new Fault(at, "no control character in a string");
    if (character !== "\\") continue;
    at++;
    if (text[at] === "u") {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) {
        throw new Fault(at + 1, "four hex digits");
      }
      at += 4;
    } else if (!'"\\/bfnrt'.includes(text[at] ?? " ")) {
      throw new Fault(Math.min(at, text.length), "an escape such as \\n");
    }
  }
  throw new Fault(text.length, 'a closing double quote (")');
}

function number(text: string, start: number): number {
  const found = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/.exec(text.slice(start));
  if (found === null) throw new Fault(start, "a value");
  return start + found[0].length;
}

function word(text: string, start: number, expected: string): number {
  for (let index = 0; index < expected.length; index++) {
    if (text[start + index] !== expected[index]) throw new Fault(start + index, expected);
  }
  return start + expected.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
  return at;
}
