// The writer, to the letter, and against a reader as strict as the one in devices that shipped.

import { describe, expect, it } from "vitest";
import {
  attachmentPartHead,
  audioPartHead,
  closingDelimiter,
  delimiter,
  directivePartHead,
  metadataPartHead,
  openingDelimiter,
  partHead,
} from "./part-head.js";
import { bytes, latin1, readBody, thrown } from "./recorded.test.support.js";
import { MultipartWriter } from "./writer.js";

/**
 * Reads as the firmware's reader does: the first byte is the delimiter's dash; a part counts when the delimiter line after
 * it has come with its CRLF; the last header of a part is its type, compared to the letter; a closing line right after a
 * delimiter line is fatal.
 */
function readAsDevice(boundary: string, body: string): { type: string; data: string }[] {
  const opening = `--${boundary}\r\n`;
  if (!body.startsWith(opening)) throw new Error("fatal: the first byte is not the delimiter's");
  const parts: { type: string; data: string }[] = [];
  let rest = body.slice(opening.length);
  while (rest !== "") {
    if (rest.startsWith("--")) throw new Error("fatal: a closing line after a delimiter line");
    const headEnd = rest.indexOf("\r\n\r\n");
    const partEnd = rest.indexOf(`\r\n--${boundary}`);
    if (headEnd === -1 || partEnd === -1) break;
    const lastHeader = rest.slice(0, headEnd).split("\r\n").at(-1) ?? "";
    const lineEnd = rest.slice(partEnd + boundary.length + 4);
    if (lineEnd.startsWith("--\r\n")) {
      parts.push({ type: lastHeader, data: rest.slice(headEnd + 4, partEnd) });
      break;
    }
    if (!lineEnd.startsWith("\r\n")) break;
    parts.push({ type: lastHeader, data: rest.slice(headEnd + 4, partEnd) });
    rest = lineEnd.slice(2);
  }
  return parts;
}

const boundary = "0f".repeat(30);
const hello = '{"directive":{"header":{"namespace":"Clova","name":"Hello"}}}';
const speak = '{"directive":{"header":{"namespace":"SpeechSynthesizer","name":"Speak"}}}';
const directiveType = "Content-Type: application/json; charset=utf-8";
const attachmentType = "Content-Type: application/octet-stream";
const join = (pieces: readonly Uint8Array[]) => pieces.map((piece) => latin1(piece)).join("");

describe("the pieces of a body", () => {
  it("are the delimiter lines, the first without a leading CRLF", () => {
    expect(latin1(openingDelimiter("b"))).toBe("--b\r\n");
    expect(latin1(delimiter("b"))).toBe("\r\n--b\r\n");
    expect(latin1(closingDelimiter("b"))).toBe("\r\n--b--\r\n");
  });

  it("are header blocks to the letter, Content-Type last", () => {
    expect(latin1(directivePartHead)).toBe(
      'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n',
    );
    expect(latin1(attachmentPartHead("5f3c-id"))).toBe(
      'Content-Disposition: form-data; name="attachment"\r\nContent-Id: 5f3c-id\r\nContent-Type: application/octet-stream\r\n\r\n',
    );
    expect(latin1(metadataPartHead)).toBe(
      'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n',
    );
    expect(latin1(audioPartHead)).toBe(
      'Content-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n',
    );
  });

  it("cannot be made to hold a line more than was meant", () => {
    for (const [name, value] of [
      ["X", "a\r\nInjected: b"],
      ["X", "a\nb"],
      ["X", "a\rb"],
      ["X", "a\0b"],
      ["X\r\nInjected", "a"],
      ["X:", "a"],
      ["X Y", "a"],
      ["", "a"],
    ] as const) {
      expect(thrown(() => partHead([[name, value]]))).toMatchObject({ code: "internal" });
    }
    expect(thrown(() => attachmentPartHead("a\r\nX: y"))).toMatchObject({ code: "internal" });
    expect(thrown(() => attachmentPartHead(""))).toMatchObject({ code: "internal" });
  });
});

describe("a finite response", () => {
  it("of one directive is exact to the byte", () => {
    const writer = new MultipartWriter(boundary);
    const body = join([writer.directive(bytes(hello)), writer.close()]);
    expect(body).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\n${directiveType}\r\n\r\n${hello}\r\n--${boundary}--\r\n`,
    );
  });

  it("of a directive and its attachment is read by a device", () => {
    const writer = new MultipartWriter(boundary);
    const body = join([
      writer.directive(bytes(speak)),
      writer.attachment("5f3c"),
      bytes("mp3 "),
      bytes("frames"),
      writer.directive(bytes(hello)),
      writer.close(),
    ]);
    expect(readAsDevice(boundary, body)).toEqual([
      { type: directiveType, data: speak },
      { type: attachmentType, data: "mp3 frames" },
      { type: directiveType, data: hello },
    ]);
    expect(readBody(boundary, body).bodies).toEqual([speak, "mp3 frames", hello]);
  });

  it("that began with the opening delimiter alone does not repeat it", () => {
    const writer = new MultipartWriter(boundary);
    const body = join([writer.opening(), writer.directive(bytes(hello)), writer.close()]);
    expect(readAsDevice(boundary, body)).toEqual([{ type: directiveType, data: hello }]);
  });

  it("may hold parts with headers of one's own", () => {
    const writer = new MultipartWriter("b");
    const body = join([
      writer.part([["Content-Type", "text/plain"]]),
      bytes("x"),
      writer.part([]),
      bytes("y"),
      writer.close(),
    ]);
    expect(body).toBe("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n");
  });

  it("can end a part early, and is then closed by the end of the stream alone", () => {
    const writer = new MultipartWriter(boundary);
    const early = join([writer.directive(bytes(speak)), writer.delimiter()]);
    expect(readAsDevice(boundary, early)).toEqual([{ type: directiveType, data: speak }]);
    expect(writer.close()).toHaveLength(0);
  });

  it("in which nothing was written is empty", () => {
    expect(new MultipartWriter(boundary).close()).toHaveLength(0);
  });
});

describe("a downchannel", () => {
  it("begins with the first delimiter's dash and sends each part with the delimiter line that ends it", () => {
    const writer = new MultipartWriter(boundary);
    let body = latin1(writer.opening());
    expect(body).toBe(`--${boundary}\r\n`);
    for (const [index, json] of [hello, speak, hello].entries()) {
      body += writer.finishedDirective(json);
      expect(body.endsWith(`\r\n--${boundary}\r\n`)).toBe(true);
      expect(readAsDevice(boundary, body)).toHaveLength(index + 1);
    }
    expect(writer.close()).toHaveLength(0);
    expect(readAsDevice(boundary, body)).toEqual(
      [hello, speak, hello].map((data) => ({ type: directiveType, data })),
    );
    expect(readBody(boundary, body).bodies).toEqual([hello, speak, hello]);
  });

  it("may send its first part together with the opening delimiter", () => {
    const writer = new MultipartWriter("b");
    expect(writer.finishedDirective("{}")).toBe(`--b\r\n${latin1(directivePartHead)}{}\r\n--b\r\n`);
  });

  it("may carry an attachment", () => {
    const writer = new MultipartWriter(boundary);
    const body = join([
      writer.opening(),
      bytes(writer.finishedDirective(speak)),
      writer.attachment("5f3c"),
      bytes("mp3"),
      writer.delimiter(),
      bytes(writer.finishedDirective(hello)),
    ]);
    expect(readAsDevice(boundary, body).map((part) => part.data)).toEqual([speak, "mp3", hello]);
  });
});

describe("the writer", () => {
  it("names its boundary unquoted", () => {
    expect(new MultipartWriter(boundary).contentType).toBe(
      `multipart/related; boundary=${boundary}`,
    );
  });

  it("refuses what would break the body", () => {
    const afterStart = new MultipartWriter("b");
    afterStart.directive(bytes("{}"));
    expect(thrown(() => afterStart.opening())).toMatchObject({ code: "internal" });

    const nothingOpen = new MultipartWriter("b");
    expect(thrown(() => nothingOpen.delimiter())).toMatchObject({ code: "internal" });
    nothingOpen.finishedDirective("{}");
    expect(thrown(() => nothingOpen.delimiter())).toMatchObject({ code: "internal" });

    const closed = new MultipartWriter("b");
    closed.directive(bytes("{}"));
    closed.close();
    expect(thrown(() => closed.directive(bytes("{}")))).toMatchObject({ code: "internal" });
    expect(thrown(() => closed.finishedDirective("{}"))).toMatchObject({ code: "internal" });
    expect(thrown(() => closed.attachment("x"))).toMatchObject({ code: "internal" });
    expect(closed.close()).toHaveLength(0);

    expect(thrown(() => new MultipartWriter("a".repeat(71)))).toMatchObject({
      code: "malformed_multipart",
    });
  });

  it("stays where it was when a header cannot be written", () => {
    const writer = new MultipartWriter("b");
    thrown(() => writer.attachment("a\r\nb"));
    thrown(() => writer.part([["a b", "c"]]));
    expect(latin1(writer.opening())).toBe("--b\r\n");
  });

  it("gives away bytes that are the taker's own", () => {
    const writer = new MultipartWriter("b");
    writer.directive(bytes("{}")).fill(0);
    writer.delimiter().fill(0);
    writer.directive(bytes("{}")).fill(0);
    expect(latin1(writer.delimiter())).toBe("\r\n--b\r\n");
    expect(latin1(writer.directive(bytes("{}")))).toBe(`${latin1(directivePartHead)}{}`);
  });
});
