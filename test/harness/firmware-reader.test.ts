// The strict reader itself: it must choke on what the firmware chokes on, or the tests that use it prove nothing.

import { describe, expect, it } from "vitest";
import { FirmwareReader, readAsFirmware } from "./firmware-reader.js";

const type = "multipart/related; boundary=0a1b";
const json = (text: string) =>
  `Content-Type: application/json; charset=utf-8\r\n\r\n{"directive":{"header":{"namespace":"Clova","name":"RenderText"},"payload":{"text":"${text}"}}}`;
const read = (body: string) => new FirmwareReader(type).push(Buffer.from(body));

describe("the firmware's reader", () => {
  it("takes a finite response", () => {
    const reader = readAsFirmware(
      type,
      Buffer.from(
        `--0a1b\r\n${json("a")}\r\n--0a1b\r\nContent-Id: x\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--0a1\r\r\n--0a1b--\r\n`,
      ),
    );
    expect(reader.closed).toBe(true);
    expect(reader.directives).toMatchObject([{ name: "Clova.RenderText", payload: { text: "a" } }]);
    expect(reader.attachment("x")?.toString()).toBe("\r\n--0a1\r");
  });

  it("acts on a part only when the delimiter line is here with its CRLF", () => {
    const reader = read(`--0a1b\r\n${json("a")}\r\n--0a1b\r`);
    expect(reader.directives).toEqual([]);
    reader.push(Buffer.from("\n"));
    expect(reader.directives).toHaveLength(1);
    expect(reader.betweenParts).toBe(true);
  });

  it.each([
    ["a line break before the first delimiter", `\r\n--0a1b\r\n${json("a")}\r\n--0a1b--\r\n`],
    ["a preamble", `hello\r\n--0a1b\r\n${json("a")}\r\n--0a1b--\r\n`],
    ["a delimiter that goes on", `--0a1b\r\n${json("a")}\r\n--0a1b \r\n`],
    ["a bare line feed after a delimiter", `--0a1b\r\n${json("a")}\r\n--0a1b\n`],
    ["a closing line after a delimiter line", `--0a1b\r\n${json("a")}\r\n--0a1b\r\n--0a1b--\r\n`],
    ["a digit in a header name", `--0a1b\r\nX-1: y\r\n${json("a")}\r\n--0a1b--\r\n`],
  ])("chokes on %s", (_what, body) => {
    expect(read(body).error).toBeDefined();
    expect(() => readAsFirmware(type, Buffer.from(body))).toThrow("chokes");
  });

  it("ignores everything after an error", () => {
    const reader = read(`x--0a1b\r\n${json("a")}\r\n--0a1b\r\n`);
    expect(reader.parts).toEqual([]);
  });

  it.each([
    "Content-Type: application/json; charset=UTF-8",
    "Content-Type: application/json;charset=utf-8",
    "content-type: application/json; charset=utf-8",
    "Content-Type: application/json; charset=utf-8\r\nContent-Id: x",
  ])("takes no part under %j for a directive", (headers) => {
    const reader = read(`--0a1b\r\n${headers}\r\n\r\n{}\r\n--0a1b--\r\n`);
    expect(reader.parts).toHaveLength(1);
    expect(reader.directives).toEqual([]);
  });

  it("reads the same byte by byte", () => {
    const reader = new FirmwareReader(type);
    for (const byte of Buffer.from(`--0a1b\r\n${json("é")}\r\n--0a1b--\r\n`)) {
      reader.push(Buffer.from([byte]));
    }
    expect(reader.directives).toMatchObject([{ payload: { text: "é" } }]);
  });
});
