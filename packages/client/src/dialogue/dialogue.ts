// Hands directives over by the rules of dialogue ids: at once, in turn, or not at all.

import type { ReceivedDirective } from "../directives/index.js";
import { Latch } from "../streams/index.js";
import {
  type DialogueInput,
  type DialogueState,
  nextDialogue,
  noDialogue,
  placementOf,
} from "./dialogue-state.js";

/** Who presents directives. */
export interface DialogueListener {
  /** Present this directive; resolves when it is done and the next in turn may follow. Must not reject. */
  present(directive: ReceivedDirective): Promise<void>;
  /** A directive of an older dialogue was not handed over. */
  stale(directive: ReceivedDirective): void;
  /** The user's last request is another one now: what the earlier one was presenting has been told to stop. */
  replaced(previous: string | undefined, latest: string): void;
}

/** Directives that may wait for their turn before the gateway is slowed. */
const backlogLimit = 256;

/** The dialogue of one device. */
export class Dialogue {
  readonly #listener: DialogueListener;
  #state: DialogueState = noDialogue;
  #queue: ReceivedDirective[] = [];
  /** What is being presented, in turn or at once; kept to be stopped. */
  readonly #presenting = new Set<ReceivedDirective>();
  #turn: ReceivedDirective | undefined;
  readonly #room = new Latch(true);

  constructor(listener: DialogueListener) {
    this.#listener = listener;
  }

  /** The `dialogRequestId` of the last request that the gateway has. */
  get latest(): string | undefined {
    return this.#state.latest;
  }

  /** Tells of a request of the user. */
  input(input: DialogueInput): void {
    const previous = this.#state.latest;
    this.#state = nextDialogue(this.#state, input);
    const { latest } = this.#state;
    if (latest !== undefined && latest !== previous) this.#replace(previous, latest);
  }

  /** A directive has arrived. */
  arrived(directive: ReceivedDirective): void {
    const id = directive.header.dialogRequestId;
    const placement = placementOf(this.#state, directive.name, id);
    switch (placement) {
      case "immediate":
        this.#present(directive);
        break;
      case "in-turn":
        // An answer shows that the gateway has the request, however much of it is still being sent.
        if (id !== undefined) this.input({ kind: "sent", id });
        this.#queue.push(directive);
        if (this.#queue.length >= backlogLimit) this.#room.close();
        this.#takeTurn();
        break;
      case "stale":
        directive.abandon();
        this.#listener.stale(directive);
        break;
    }
  }

  /** Resolves when fewer directives wait than may. */
  room(): Promise<void> {
    return this.#room.passed();
  }

  /** Stops what the latest dialogue presents and drops what of it waits; what still comes of it is handed over. */
  interrupt(): void {
    const waiting = this.#queue;
    this.#queue = [];
    this.#room.open();
    for (const directive of waiting) {
      directive.abandon();
      this.#listener.stale(directive);
    }
    for (const directive of this.#presenting) {
      if (belongsTo(directive, this.#state.latest)) directive.abandon();
    }
    this.#turn = undefined;
  }

  /** Stops everything; nothing is handed over any more. */
  stop(): void {
    this.#queue = [];
    this.#room.open();
    for (const directive of this.#presenting) directive.abandon();
    // Who does not heed that must not hold up what comes on the next connection.
    this.#turn = undefined;
  }

  #replace(previous: string | undefined, latest: string): void {
    const waiting = this.#queue;
    this.#queue = waiting.filter((directive) => directive.header.dialogRequestId === latest);
    if (this.#queue.length < backlogLimit) this.#room.open();
    for (const directive of waiting) {
      if (directive.header.dialogRequestId === latest) continue;
      directive.abandon();
      this.#listener.stale(directive);
    }
    for (const directive of this.#presenting) {
      if (belongsTo(directive, previous)) directive.abandon();
    }
    // Who presents the old dialogue was told to stop; the new one does not wait until it has.
    if (this.#turn !== undefined && belongsTo(this.#turn, previous)) this.#turn = undefined;
    this.#listener.replaced(previous, latest);
    this.#takeTurn();
  }

  #takeTurn(): void {
    if (this.#turn !== undefined) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    if (this.#queue.length < backlogLimit) this.#room.open();
    this.#turn = next;
    this.#present(next);
  }

  #present(directive: ReceivedDirective): void {
    this.#presenting.add(directive);
    void this.#listener.present(directive).then(() => {
      this.#presenting.delete(directive);
      if (this.#turn === directive) {
        this.#turn = undefined;
        this.#takeTurn();
      }
    });
  }
}

/** Requests for the device's state carry an id of the gateway's own: no dialogue's end concerns them. */
function belongsTo(directive: ReceivedDirective, dialogue: string | undefined): boolean {
  return dialogue !== undefined && directive.header.dialogRequestId === dialogue;
}
