// What the first bytes of a connection say, however they are cut.

import { PassThrough } from "node:stream";
import type { Socket } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SpokenProtocol, chooseProtocol, protocolOf } from "./plain-text.js";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

describe("the first bytes", () => {
  it.each([
    ["", undefined],
    ["P", undefined],
    ["PRI * HTTP/2.", undefined],
    ["PRI * HTTP/2.0", "h2"],
    [`${preface}\0\0\0`, "h2"],
    ["G", "http/1.1"],
    ["POST /token HTTP/1.1\r\n", "http/1.1"],
    ["PRI * HTTP/2.1", "http/1.1"],
    ["PRI /x HTTP/1.1", "http/1.1"],
    ["pri * http/2.0", "http/1.1"],
    ["\x16\x03\x01", "http/1.1"],
  ])("%j are %s", (text, protocol) => {
    expect(protocolOf(Buffer.from(text))).toBe(protocol);
  });

  it("never say HTTP/2 without the whole beginning of the preface, and never change their word", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), (rest, length) => {
        const bytes = Buffer.from(preface.slice(0, length) + rest);
        const word = protocolOf(bytes);
        expect(word === "h2").toBe(bytes.toString("latin1").startsWith("PRI * HTTP/2.0"));
        const later = protocolOf(Buffer.concat([bytes, Buffer.from("more than the preface")]));
        if (word !== undefined) expect(later).toBe(word);
      }),
    );
  });
});

describe("the choice", () => {
  it.each([
    ["h2", preface],
    ["http/1.1", "PUT / HTTP/1.1\r\n\r\n"],
  ])("leaves all bytes of %s to be read, one by one or at once", async (protocol, text) => {
    for (const size of [1, 5, text.length]) {
      // All that the choice asks of a socket is that it is a stream.
      const stream = new PassThrough();
      const chosen = new Promise<SpokenProtocol>((resolve) => {
        chooseProtocol(stream as unknown as Socket, resolve);
      });
      for (let at = 0; at < text.length; at += size) {
        stream.write(text.slice(at, at + size));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await chosen).toBe(protocol);
      stream.end();
      let read = "";
      for await (const chunk of stream) read += String(chunk);
      expect(read).toBe(text);
    }
  });

  it("is never made for a peer that hangs up before", async () => {
    const stream = new PassThrough();
    chooseProtocol(stream as unknown as Socket, () => expect.unreachable());
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.end("PRI *");
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});
