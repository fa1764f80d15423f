// HPACK's Huffman code, read four bits at a time through a table of states.
// @see https://www.rfc-editor.org/rfc/rfc7541#appendix-B

import { CompressionError } from "./compression-error.js";

/**
 * How many bits the code of each byte has; the last is the end of a string. The code is canonical: codes of one length follow
 * each other in the order of their bytes, so the lengths are all there is to know.
 */
// prettier-ignore
const codeLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const endOfString = 256;

/** A step through the code: what four bits lead to. */
const nextState = (entry: number): number => entry >>> 16;
/** Set where the step completes a byte, which stands in the low eight bits. */
const emits = 0x100;
/** Set where a string may end: the bits since the last byte are a beginning of the end of string, and fewer than eight. */
const accepts = 0x200;
/** Set where no string leads. */
const fails = 0x400;

/** For each state, sixteen steps. Made on first use. */
let steps: Uint32Array | undefined;

/** An inner node of the tree of codes: a child each for 0 and 1, either a node or the byte that is complete there. */
interface Node {
  readonly state: number;
  readonly depth: number;
  /** Whether only ones lead here, as they do towards the end of string. */
  readonly onlyOnes: boolean;
  readonly children: [Node | number | undefined, Node | number | undefined];
}

function treeOfCodes(): Node[] {
  const nodes: Node[] = [];
  const node = (depth: number, onlyOnes: boolean): Node => {
    const made: Node = { state: nodes.length, depth, onlyOnes, children: [undefined, undefined] };
    nodes.push(made);
    return made;
  };
  const root = node(0, true);
  const symbols = codeLengths.map((length, symbol) => ({ length, symbol }));
  symbols.sort((one, other) => one.length - other.length || one.symbol - other.symbol);
  let code = 0;
  let lastLength = 0;
  for (const { length, symbol } of symbols) {
    code *= 2 ** (length - lastLength);
    lastLength = length;
    let at = root;
    for (let bit = length - 1; bit > 0; bit--) {
      const branch = ((code >>> bit) & 1) as 0 | 1;
      const child = (at.children[branch] ??= node(at.depth + 1, at.onlyOnes && branch === 1));
      at = child as Node;
    }
    at.children[(code & 1) as 0 | 1] = symbol;
    code++;
  }
  return nodes;
}

function makeSteps(): Uint32Array {
  const nodes = treeOfCodes();
  const [root] = nodes as [Node];
  const table = new Uint32Array(nodes.length * 16);
  for (const start of nodes) {
    for (let nibble = 0; nibble < 16; nibble++) {
      table[start.state * 16 + nibble] = stepFrom(start, nibble, root);
    }
  }
  return table;
}

function stepFrom(start: Node, nibble: number, root: Node): number {
  let at = start;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = at.children[((nibble >>> bit) & 1) as 0 | 1];
    if (child === undefined || child === endOfString) return fails;
    if (typeof child === "number") {
      // The shortest code has five bits: four never complete two.
      emitted = emits | child;
      at = root;
    } else {
      at = child;
    }
  }
  return (at.state << 16) | emitted | (at.onlyOnes && at.depth < 8 ? accepts : 0);
}

/** Where a string is put together; grows to the longest that was read, which the bound of a header block limits. */
let scratch = Buffer.allocUnsafeSlow(1_024);

/**
 * Reads a string.
 * @param bytes the block it stands in, from `start` up to `end`
 * @returns its bytes as characters of Latin-1
 * @throws {CompressionError} where it holds the end of string, or padding that is longer than seven bits or not of ones
 * @see https://www.rfc-editor.org/rfc/rfc7541#section-5.2
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  const table = (steps ??= makeSteps());
  const longest = (end - start) * 2;
  if (scratch.byteLength < longest) scratch = Buffer.allocUnsafeSlow(longest);
  const out = scratch;
  let length = 0;
  let entry = accepts;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    entry = table[nextState(entry) * 16 + (byte >>> 4)] as number;
    if ((entry & emits) !== 0) out[length++] = entry;
    else if ((entry & fails) !== 0)
      throw new CompressionError("A Huffman code that does not exist.");
    entry = table[nextState(entry) * 16 + (byte & 15)] as number;
    if ((entry & emits) !== 0) out[length++] = entry;
    else if ((entry & fails) !== 0)
      throw new CompressionError("A Huffman code that does not exist.");
  }
  if ((entry & accepts) === 0) throw new CompressionError("A Huffman string with wrong padding.");
  return out.toString("latin1", 0, length);
}
