// What a simulated device shows of directives and of its connection.
import { type ClientNotice, ReceivedDirective } from "@trefoil/client/node";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type MessageName, type Payload, buildDirective } from "@trefoil/protocol/messages";
import { describe, expect, it } from "vitest";
import { printable } from "../printable.js";
import { directiveLine, humanPrinter, jsonPrinter } from "./printer.js";

const directive = (name: MessageName, payload: Payload, dialogRequestId?: string) =>
  new ReceivedDirective(
    buildDirective(name, payload, { messageId: "m", dialogRequestId }),
    "response",
    new Map(),
  );

function capture() {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    output: { out: (line: string) => lines.push(line), note: (line: string) => notes.push(line) },
  };
}

const state = (phase: "open" | "waiting" | "opening") =>
  ({
    phase,
    line: 1,
    channel: 2,
    timer: 3,
    delay: 1_500,
    cause: new TrefoilError("unavailable", "It was lost."),
  }) as unknown as Extract<ClientNotice, { kind: "connection" }>["state"];

describe("for people", () => {
  const shown = () => {
    const { lines, output } = capture();
    return { lines, printer: humanPrinter(output, false, () => new Date(2025, 0, 1, 9, 5, 7)) };
  };

  it("a short payload stands on the line of its directive", () => {
    const { lines, printer } = shown();
    printer.directive(directive("Clova.RenderText", { text: "hi" }, "0123456789"));
    expect(lines).toEqual(['09:05:07 ← Clova.RenderText #01234567  {"text":"hi"}']);
  });

  it("a long one is folded to the width, and an empty one stands nowhere", () => {
    const { lines, output } = capture();
    const time = () => new Date(2025, 0, 1, 9, 5, 7);
    const printer = humanPrinter(output, false, time, () => 60);
    const audioItem = {
      audioItemId: "a",
      stream: { token: "t", url: "u", beginAtInMilliseconds: 0 },
    };
    printer.directive(directive("AudioPlayer.Play", { audioItem, playBehavior: "ENQUEUE" }));
    printer.directive(directive("Clova.Hello", {}));
    expect(lines[0]).toMatch(/^09:05:07 ← AudioPlayer\.Play {2}\{"audioItem":\{…\}/);
    expect(lines[0]?.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toBe("09:05:07 ← Clova.Hello");
  });

  it("what was folded can be seen whole", () => {
    const { lines, printer } = shown();
    printer.directive(directive("Clova.RenderText", { text: "x".repeat(200) }));
    printer.sent("Test.Event", { a: 1 });
    printer.show(2);
    expect(lines[2]).toContain(`\n      "text": "${"x".repeat(200)}"\n`);
    printer.show(1);
    expect(lines[3]).toContain("Test.Event");
    printer.show(3);
    expect(lines[4]).toContain("there was no such message");
  });

  it("nothing that a peer sends moves the cursor", () => {
    const { lines, printer } = shown();
    printer.directive(
      directive("Evil\u001b[2J.Name\r\n", { text: "\u001b]0;title\u0007\u009b2J\u202e" }),
    );
    printer.attachment("cid\u001b[1m", 3, undefined);
    printer.failed("not answered", new Error("no\u001b[31m"));
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const line of lines) expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
  });

  it("the connection is told of in words", () => {
    const { lines, printer } = shown();
    printer.notice({ kind: "connection", state: state("open"), previous: state("opening") });
    printer.notice({ kind: "connection", state: state("waiting"), previous: state("open") });
    printer.notice({ kind: "connection", state: state("opening"), previous: state("waiting") });
    expect(lines).toEqual(["09:05:07 ● connected", "09:05:07 ● It was lost. Next try in 1.5 s."]);
  });
});

describe("for programs", () => {
  it("a directive is one line of JSON, everything else goes beside it", () => {
    const { lines, notes, output } = capture();
    const printer = jsonPrinter(output);
    printer.directive(directive("Clova.RenderText", { text: "two\nlines" }));
    printer.notice({ kind: "connection", state: state("open"), previous: state("opening") });
    printer.failed("not answered", new Error("refused"));
    expect(lines).toEqual([
      '{"directive":{"header":{"namespace":"Clova","name":"RenderText","messageId":"m"},"payload":{"text":"two\\nlines"}}}',
    ]);
    expect(notes).toEqual(["connected", "not answered: refused"]);
  });

  it("is what travels, read back", () => {
    const one = directive("Clova.RenderText", { text: "hi" }, "d");
    expect(JSON.parse(directiveLine(one))).toEqual({
      directive: { header: one.header, payload: one.payload },
    });
  });
});

it("printable text keeps letters of every script", () => {
  expect(printable("안녕 こんにちは é")).toBe("안녕 こんにちは é");
});
