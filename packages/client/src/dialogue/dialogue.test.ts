// How directives are handed over: in turn, at once, or dropped when the user asks anew.
import { describe, expect, it } from "vitest";
import { type MessageName, buildDirective } from "@trefoil/protocol/messages";
import { ReceivedDirective } from "../directives/index.js";
import { Dialogue } from "./dialogue.js";

class Stage {
  readonly began: string[] = [];
  readonly stale: string[] = [];
  readonly replaced: (string | undefined)[][] = [];
  readonly #done = new Map<string, () => void>();
  readonly dialogue = new Dialogue({
    present: (directive) => {
      this.began.push(directive.header.messageId);
      return new Promise((resolve) => this.#done.set(directive.header.messageId, resolve));
    },
    stale: (directive) => this.stale.push(directive.header.messageId),
    replaced: (previous, latest) => this.replaced.push([previous, latest]),
  });

  async finish(messageId: string): Promise<void> {
    this.#done.get(messageId)?.();
    await Promise.resolve();
    await Promise.resolve();
  }

  ask(id: string): void {
    this.dialogue.input({ kind: "begun", id });
    this.dialogue.input({ kind: "sent", id });
  }

  arrive(messageId: string, dialogRequestId?: string, name: MessageName = "Clova.RenderText") {
    const directive = new ReceivedDirective(
      buildDirective(name, {}, { messageId, dialogRequestId }),
      "response",
      new Map(),
    );
    this.dialogue.arrived(directive);
    return directive;
  }
}

describe("the dialogue", () => {
  it("hands directives of the latest request over one after another, in order", async () => {
    const stage = new Stage();
    stage.ask("a");
    stage.arrive("1", "a");
    stage.arrive("2", "a");
    stage.arrive("3", "a");
    expect(stage.began).toEqual(["1"]);
    await stage.finish("1");
    expect(stage.began).toEqual(["1", "2"]);
    await stage.finish("2");
    expect(stage.began).toEqual(["1", "2", "3"]);
  });

  it("hands directives without an id over at once, while others wait for their turn", () => {
    const stage = new Stage();
    stage.ask("a");
    stage.arrive("1", "a");
    stage.arrive("2", "a");
    stage.arrive("push");
    expect(stage.began).toEqual(["1", "push"]);
  });

  it("drops what is queued of an older request, and stops what it presents", async () => {
    const stage = new Stage();
    stage.ask("a");
    const playing = stage.arrive("1", "a");
    const queued = stage.arrive("2", "a");
    const unrelated = stage.arrive("push");
    stage.ask("b");
    expect(playing.signal.aborted).toBe(true);
    expect(queued.signal.aborted).toBe(true);
    expect(unrelated.signal.aborted).toBe(false);
    expect(stage.stale).toEqual(["2"]);
    expect(stage.replaced).toEqual([
      [undefined, "a"],
      ["a", "b"],
    ]);
  });

  it("does not keep the new request waiting for an old one that is slow to stop", () => {
    const stage = new Stage();
    stage.ask("a");
    stage.arrive("1", "a");
    stage.ask("b");
    stage.arrive("2", "b");
    expect(stage.began).toEqual(["1", "2"]);
  });

  it("keeps its turn when an older one ends late", async () => {
    const stage = new Stage();
    stage.ask("a");
    stage.arrive("1", "a");
    stage.ask("b");
    stage.arrive("2", "b");
    stage.arrive("3", "b");
    await stage.finish("1");
    expect(stage.began).toEqual(["1", "2"]);
    await stage.finish("2");
    expect(stage.began).toEqual(["1", "2", "3"]);
  });

  it("takes an answer that arrives while the request is being sent as the new dialogue's", () => {
    const stage = new Stage();
    stage.ask("a");
    const playing = stage.arrive("1", "a");
    stage.dialogue.input({ kind: "begun", id: "b" });
    expect(playing.signal.aborted).toBe(false);
    stage.arrive("2", "b");
    expect(playing.signal.aborted).toBe(true);
    expect(stage.dialogue.latest).toBe("b");
    expect(stage.began).toEqual(["1", "2"]);
  });

  it("lets StopCapture through while the request is being sent and the earlier one still plays", () => {
    const stage = new Stage();
    stage.ask("a");
    const playing = stage.arrive("1", "a");
    stage.dialogue.input({ kind: "begun", id: "b" });
    stage.arrive("stop", "b", "SpeechRecognizer.StopCapture");
    expect(stage.began).toEqual(["1", "stop"]);
    expect(playing.signal.aborted).toBe(false);
  });

  it("slows the gateway while too many directives wait, and no longer when the user asks anew", async () => {
    const stage = new Stage();
    stage.ask("a");
    for (let index = 0; index < 300; index++) stage.arrive(String(index), "a");
    let roomy = false;
    const room = stage.dialogue.room().then(() => (roomy = true));
    await Promise.resolve();
    expect(roomy).toBe(false);
    stage.ask("b");
    await room;
    expect(roomy).toBe(true);
  });

  it("goes on after it was stopped, also where who presented does not heed that", () => {
    const stage = new Stage();
    stage.ask("a");
    const hung = stage.arrive("1", "a");
    stage.arrive("2", "a");
    stage.dialogue.stop();
    expect(hung.signal.aborted).toBe(true);
    // On the next connection: what was not acknowledged comes again.
    stage.arrive("2", "a");
    expect(stage.began).toEqual(["1", "2"]);
  });
});
