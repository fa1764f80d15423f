// The bytes of an answer: what devices that shipped insist on, byte for byte.

import { TrefoilError } from "@trefoil/protocol/errors";
import { buildDirective } from "@trefoil/protocol/messages";
import { describe, expect, it } from "vitest";
import { FakeStream } from "../fake-stream.js";
import { AnswerWriter } from "./answer-writer.js";

const directive = (text: string) =>
  ({
    kind: "directive",
    directive: buildDirective("Clova.RenderText", { text }, { messageId: `m-${text}` }),
  }) as const;

const json = (text: string) =>
  `{"directive":{"header":{"namespace":"Clova","name":"RenderText","messageId":"m-${text}"},"payload":{"text":"${text}"}}}`;

const directiveHead =
  'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';

const attachmentHead = (id: string) =>
  `Content-Disposition: form-data; name="attachment"\r\nContent-Id: ${id}\r\nContent-Type: application/octet-stream\r\n\r\n`;

function open() {
  const stream = new FakeStream();
  const writer = new AnswerWriter(stream);
  const boundary = () =>
    /boundary=([0-9a-f]{60})$/.exec(stream.responseHeaders["content-type"] ?? "")![1]!;
  return { stream, writer, boundary };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

describe("an answer", () => {
  it("without directives is 204 without a body", () => {
    const { stream, writer } = open();
    writer.finish();
    expect(stream).toMatchObject({ status: 204, ended: true, body: "" });
  });

  it("has an unquoted boundary of 60 lower-case hex digits as its content type's only parameter", async () => {
    const { stream, writer } = open();
    await writer.write(directive("a"));
    expect(stream.responseHeaders["content-type"]).toMatch(
      /^multipart\/related; boundary=[0-9a-f]{60}$/,
    );
  });

  it("begins with the first delimiter's dash and ends with the closing delimiter's CRLF", async () => {
    const { stream, writer, boundary } = open();
    await writer.write(directive("a"));
    await writer.write(directive("b"));
    writer.finish();
    const b = boundary();
    expect(stream.body).toBe(
      `--${b}\r\n${directiveHead}${json("a")}\r\n--${b}\r\n${directiveHead}${json("b")}\r\n--${b}--\r\n`,
    );
    expect(stream.ended).toBe(true);
  });

  it("of one small directive goes out in one piece", async () => {
    const { stream, writer } = open();
    await writer.write(directive("a"));
    writer.finish();
    await nextTurn();
    expect(stream.chunks.length).toBe(1);
  });

  it("puts Content-Type last in every part, and an attachment right after its directive", async () => {
    const { stream, writer, boundary } = open();
    await writer.write(directive("a"));
    await writer.write({
      kind: "attachment",
      attachment: { contentId: "id-1", body: new TextEncoder().encode("sound") },
    });
    writer.finish();
    const b = boundary();
    expect(stream.body).toBe(
      `--${b}\r\n${directiveHead}${json("a")}\r\n--${b}\r\n${attachmentHead("id-1")}sound\r\n--${b}--\r\n`,
    );
  });

  it("ends a directive with its delimiter line when the handler keeps the device waiting", async () => {
    const { stream, writer, boundary } = open();
    await writer.write(directive("a"));
    await nextTurn();
    const b = boundary();
    const first = `--${b}\r\n${directiveHead}${json("a")}\r\n--${b}\r\n`;
    expect(stream.body).toBe(first);
    await writer.write(directive("b"));
    writer.finish();
    expect(stream.body).toBe(`${first}${directiveHead}${json("b")}\r\n--${b}--\r\n`);
  });

  it("never has a closing delimiter right after a delimiter line: an empty attachment stands between", async () => {
    const { stream, writer, boundary } = open();
    await writer.write(directive("a"));
    await nextTurn();
    writer.finish();
    const b = boundary();
    const filler = /Content-Id: ([0-9a-f-]{36})\r\n/.exec(stream.body)![1]!;
    expect(stream.body).toBe(
      `--${b}\r\n${directiveHead}${json("a")}\r\n--${b}\r\n${attachmentHead(filler)}\r\n--${b}--\r\n`,
    );
  });

  it("streams an attachment while it is made", async () => {
    const { stream, writer, boundary } = open();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await writer.write(directive("a"));
    const writing = writer.write({
      kind: "attachment",
      attachment: {
        contentId: "id-1",
        body: (async function* () {
          yield new TextEncoder().encode("so");
          await gate;
          yield new TextEncoder().encode("und");
        })(),
      },
    });
    await nextTurn();
    const b = boundary();
    const soFar = `--${b}\r\n${directiveHead}${json("a")}\r\n--${b}\r\n${attachmentHead("id-1")}so`;
    expect(stream.body).toBe(soFar);
    release();
    await writing;
    writer.finish();
    expect(stream.body).toBe(`${soFar}und\r\n--${b}--\r\n`);
  });

  it("that fails before it began has the error's status and one System.Exception", () => {
    const { stream, writer } = open();
    writer.fail(new TrefoilError("internal", "It broke."));
    expect(stream.status).toBe(500);
    expect(stream.body).toContain('"namespace":"System","name":"Exception"');
    expect(stream.body).toContain('"payload":{"code":500,"description":"It broke."}');
    expect(stream.ended).toBe(true);
  });

  it("that fails on its way ends with System.Exception as its last directive", async () => {
    const { stream, writer } = open();
    await writer.write(directive("a"));
    writer.fail(new TrefoilError("internal", "It broke."));
    expect(stream.status).toBe(200);
    expect(stream.body).toMatch(/"name":"Exception".*"code":500.*\r\n--[0-9a-f]{60}--\r\n$/s);
  });
});
