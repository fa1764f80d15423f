// The directives of the small server of these tests that wait for a device: kept until a PING says that they arrived.

import { randomUUID } from "node:crypto";
import type { ServerHttp2Session } from "node:http2";
import type { Fault } from "./faults.js";

/** A directive that waits. */
export interface Waiting {
  readonly name: string;
  readonly payload: object;
  readonly messageId: string;
}

/** Where directives go while the device is there. */
export interface Outlet {
  readonly session: ServerHttp2Session;
  write(directive: Waiting): void;
}

export class FaultyMailbox {
  readonly #fault: Fault | undefined;
  #waiting: Waiting[] = [];
  #outlet: Outlet | undefined;

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  send(name: string, payload: object): void {
    if (this.#fault === "forgets what waits" && this.#outlet === undefined) return;
    const isOne = this.#fault === "gives all directives one messageId";
    const directive = { name, payload, messageId: isOne ? "one" : randomUUID() };
    this.#waiting.push(directive);
    if (this.#outlet !== undefined) this.#deliver(this.#outlet, [directive]);
  }

  /** The device is there. */
  attach(outlet: Outlet): void {
    this.#outlet = outlet;
    const isNew = this.#fault === "repeats with a new messageId";
    if (isNew) {
      this.#waiting = this.#waiting.map((each) => ({ ...each, messageId: randomUUID() }));
    }
    const isBackwards = this.#fault === "turns its queue around";
    this.#deliver(outlet, isBackwards ? this.#waiting.toReversed() : this.#waiting);
  }

  detach(outlet: Outlet): void {
    if (this.#outlet === outlet) this.#outlet = undefined;
  }

  #deliver(outlet: Outlet, directives: readonly Waiting[]): void {
    for (const directive of directives) outlet.write(directive);
    const arrived = (): void => {
      this.#waiting = this.#waiting.filter((each) => !directives.includes(each));
    };
    if (this.#fault === "forgets what it has written") return arrived();
    outlet.session.ping((error) => {
      if (error === null) arrived();
    });
  }
}
