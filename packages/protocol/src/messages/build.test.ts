// Making messages.

import { describe, expect, it } from "vitest";
import { buildDirective, encodeDirective, encodeEvent } from "./build.js";
import { nameOf } from "./envelope.js";
import { parseDirective, parseEvent } from "./parse.js";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("a directive that is built", () => {
  it("has its name in two halves and an id of its own", () => {
    const first = buildDirective("Clova.Hello", {});
    const second = buildDirective("Clova.Hello", {});
    expect(first.header).toMatchObject({ namespace: "Clova", name: "Hello" });
    expect(first.header.messageId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(second.header.messageId).not.toBe(first.header.messageId);
    expect(nameOf(first.header)).toBe("Clova.Hello");
  });

  it("has no dialogRequestId unless it belongs to a dialogue", () => {
    expect("dialogRequestId" in buildDirective("Clova.Hello", {}).header).toBe(false);
    expect(
      "dialogRequestId" in buildDirective("A.B", {}, { dialogRequestId: undefined }).header,
    ).toBe(false);
    expect(buildDirective("A.B", {}, { dialogRequestId: "d" }).header.dialogRequestId).toBe("d");
  });

  it("keeps the id that it is given, as one that is sent again does", () => {
    expect(buildDirective("A.B", {}, { messageId: "m" }).header.messageId).toBe("m");
  });

  it("comes back from its bytes as it was", () => {
    const directive = buildDirective(
      "SpeechSynthesizer.Speak",
      { text: "안녕", url: "cid:1" },
      { dialogRequestId: "d" },
    );
    const bytes = encodeDirective(directive);
    expect(decode(bytes).startsWith('{"directive":{"header":{')).toBe(true);
    expect(parseDirective(bytes)).toEqual(directive);
  });
});

describe("an event that is encoded", () => {
  it("comes back from its bytes as it was", () => {
    const envelope = {
      context: [{ header: { namespace: "Speaker", name: "VolumeState" }, payload: { volume: 3 } }],
      event: {
        header: { namespace: "System", name: "Heartbeat", messageId: "m" },
        payload: { 한: "글" },
      },
    };
    expect(parseEvent(encodeEvent(envelope))).toEqual(envelope);
  });
});
