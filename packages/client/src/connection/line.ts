// One HTTP/2 connection to the gateway with its heartbeat, and the downchannels that were opened on it.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import type { RequestOutcome, TransportConnection, TransportRequest } from "../transport/index.js";
import { Heartbeat } from "./heartbeat.js";
import type { ConnectionSettings } from "./settings.js";

/** What a line tells its owner. */
export interface LineListener {
  goaway(): void;
  /** The line has ended, or was ended because it answered no PING. Called once. */
  lost(cause: TrefoilError): void;
  /** The request headers for `GET /ping`, where the transport cannot send PING; undefined where there is no token. */
  headers(): Promise<Readonly<Record<string, string>> | undefined>;
}

/** A connection that is ready. */
export class Line {
  readonly id: number;
  readonly #connection: TransportConnection;
  readonly #heartbeat: Heartbeat;
  readonly #listener: LineListener;
  /** Ends what is read of the downchannels here. */
  readonly #channels = new Map<number, AbortController>();
  #lost = false;

  constructor(
    id: number,
    connection: TransportConnection,
    settings: ConnectionSettings,
    clock: Clock,
    listener: LineListener,
  ) {
    this.id = id;
    this.#connection = connection;
    this.#listener = listener;
    this.#heartbeat = new Heartbeat(
      connection.ping ?? (() => this.#getPing()),
      { interval: settings.pingInterval, timeout: settings.pingTimeout },
      clock,
      () => {
        const seconds = settings.pingTimeout / 1000;
        this.#end(new TrefoilError("unavailable", `No PING was answered within ${seconds} s.`));
        connection.destroy();
      },
    );
    connection.onGoaway(() => listener.goaway());
    connection.onClose((cause) =>
      this.#end(
        new TrefoilError("unavailable", "The connection to the gateway was lost.", { cause }),
      ),
    );
  }

  /** Whether it has ended. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Whether requests can be made here. */
  get accepting(): boolean {
    return this.#connection.accepting;
  }

  request(request: TransportRequest): Promise<RequestOutcome> {
    return this.#connection.request(request);
  }

  /** A signal that ends one downchannel. */
  channel(id: number): AbortController {
    const controller = new AbortController();
    this.#channels.set(id, controller);
    return controller;
  }

  channelEnded(id: number): void {
    this.#channels.delete(id);
  }

  /** Ends the downchannels that were opened here before one. */
  endChannelsBefore(channel: number): void {
    for (const [id, controller] of this.#channels) if (id < channel) controller.abort();
  }

  probe(): void {
    this.#heartbeat.probe();
  }

  /** No new requests; ends when the open ones have. */
  retire(): void {
    this.#connection.close();
  }

  destroy(): void {
    this.#heartbeat.stop();
    this.#connection.destroy();
  }

  #end(cause: TrefoilError): void {
    this.#heartbeat.stop();
    if (this.#lost) return;
    this.#lost = true;
    this.#listener.lost(cause);
  }

  /** Any answer shows that the gateway lives, whatever it says. */
  async #getPing(): Promise<void> {
    const headers = await this.#listener.headers();
    if (headers === undefined) return;
    const outcome = await this.#connection.request({
      method: "GET",
      path: "/ping",
      headers,
      signal: new AbortController().signal,
    });
    if (outcome.kind === "lost") throw outcome.cause;
    for await (const _ of outcome.response.body) break;
  }
}
