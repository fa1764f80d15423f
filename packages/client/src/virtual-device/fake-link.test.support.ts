// A client that is none: remembers what a virtual device sends, checks it against the catalogue, and gives it directives.

import { FakeClock } from "@trefoil/protocol/clock";
import {
  type DirectiveName,
  type DirectivePayload,
  checkContextPayload,
  checkDirectivePayload,
  checkEventPayload,
} from "@trefoil/protocol/interfaces";
import { type ContextEntry, type MessageName, buildDirective } from "@trefoil/protocol/messages";
import { expect } from "vitest";
import { ContextProviders } from "../context/index.js";
import { type Attachment, DirectiveHandlers, ReceivedDirective } from "../directives/index.js";
import { EventResponse } from "../events/index.js";
import type { ClientNotice, NoticeListener } from "../notices.js";
import type { DeviceLink } from "./device-link.js";
import type { VirtualDeviceOptions } from "./options.js";
import { VirtualDevice } from "./virtual-device.js";

/** An event that a virtual device sent. */
export interface Sent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly context: readonly ContextEntry[];
  /** Milliseconds since the test began. */
  readonly at: number;
}

/** A virtual device on a link of its own. */
export class Bench {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly device: VirtualDevice;
  readonly failures: unknown[] = [];
  readonly #start = this.clock.now();
  readonly #handlers = new DirectiveHandlers((_, error) => this.failures.push(error));
  readonly #context = new ContextProviders((_, error) => this.failures.push(error));
  readonly #watchers = new Set<NoticeListener>();

  constructor(options: VirtualDeviceOptions = {}) {
    const link = {
      on: (name: string, handler: never) => this.#handlers.add(name, handler),
      send: (name: MessageName, payload: object) => this.#send(name, payload),
      context: this.#context,
      watch: (listener: NoticeListener) => {
        this.#watchers.add(listener);
        return () => this.#watchers.delete(listener);
      },
    } as unknown as DeviceLink;
    this.device = new VirtualDevice(link, { clock: this.clock, ...options });
  }

  /** Gives the device a directive, and waits until it is done with it or `until` says otherwise. */
  give<N extends DirectiveName>(
    name: N,
    payload: DirectivePayload<N>,
    attachment?: Attachment,
  ): { readonly directive: ReceivedDirective; readonly done: Promise<void> } {
    expect(checkDirectivePayload(name, payload), name).toMatchObject({ kind: "valid" });
    const directive = new ReceivedDirective(
      buildDirective(name, payload),
      "downchannel",
      new Map(attachment === undefined ? [] : [[attachment.contentId, attachment]]),
    );
    return {
      directive,
      done: this.#handlers.present(directive) ?? Promise.reject(new Error(name)),
    };
  }

  tell(notice: ClientNotice): void {
    for (const watcher of this.#watchers) watcher(notice);
  }

  /** Names of the events since the last look. */
  take(): string[] {
    return this.sent.splice(0).map(({ name }) => name);
  }

  /** Names, and what tells them apart, of the events since the last look. */
  takeWith(member: string): [string, unknown][] {
    return this.sent.splice(0).map(({ name, payload }) => [name.split(".")[1]!, payload[member]]);
  }

  contextOf(name: string, context = this.#context.entries()): unknown {
    return context.find(({ header }) => `${header.namespace}.${header.name}` === name)?.payload;
  }

  #send(name: MessageName, payload: object): Promise<EventResponse> {
    const context = this.#context.entries();
    const members = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
    expect(checkEventPayload(name, members), name).toMatchObject({ kind: "valid" });
    for (const { header, payload: state } of context) {
      const plain: unknown = JSON.parse(JSON.stringify(state));
      const full: MessageName = `${header.namespace}.${header.name}`;
      expect(checkContextPayload(full, plain), full).toMatchObject({ kind: "valid" });
    }
    this.sent.push({ name, payload: members, context, at: this.clock.now() - this.#start });
    const answer = new EventResponse(204, "id", undefined);
    answer.end();
    return Promise.resolve(answer);
  }
}
