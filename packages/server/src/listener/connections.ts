// Who may connect: counts connections by their sockets, refuses those past a limit before a byte of TLS is spent on them,
// and ends those whose handshake does not come to an end.

import { once } from "node:events";
import type { Socket } from "node:net";
import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { LimitsConfig } from "../config/index.js";
import { type Rate, TokenBucket } from "../http2/index.js";
import { networkOf } from "../identity/index.js";
import type { LimitsMet } from "./limits-met.js";

/** What one address has open, and may open yet. */
interface Neighbour {
  open: number;
  readonly openings: TokenBucket;
}

/** How often handshakes are looked at, and addresses forgotten. Milliseconds. */
const sweepInterval = 1_000;

export class Connections {
  readonly #config: LimitsConfig;
  readonly #clock: Clock;
  readonly #limits: LimitsMet;
  readonly #openings: Rate;
  readonly #sockets = new Set<Socket>();
  /** Since when, by the addresses of both ends: TLS gives its socket no way back to the one below. */
  readonly #handshakes = new Map<string, { readonly socket: Socket; readonly since: number }>();
  readonly #neighbours = new Map<string, Neighbour>();
  #sweeping: Timer | undefined;

  constructor(config: LimitsConfig, clock: Clock, limits: LimitsMet) {
    this.#config = config;
    this.#clock = clock;
    this.#limits = limits;
    this.#openings = {
      burst: config.newConnectionsPerAddress,
      perSecond: config.newConnectionsPerAddressPerSecond,
    };
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** How many of them are still in their TLS handshake, or have not said what they speak. */
  get handshaking(): number {
    return this.#handshakes.size;
  }

  /**
   * Takes a connection that was just accepted, or refuses it with a TCP reset.
   * @returns whether it may go on
   */
  admit(socket: Socket): boolean {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) {
      // It is gone already.
      socket.destroy();
      return false;
    }
    const now = this.#clock.now();
    const network = networkOf(remoteAddress);
    const neighbour = this.#neighbourOf(network, now);
    const refusal = this.#refusalOf(neighbour, now);
    if (refusal !== undefined) {
      socket.resetAndDestroy();
      this.#limits.met(refusal, remoteAddress);
      return false;
    }
    neighbour.open++;
    this.#sockets.add(socket);
    const key = keyOf(socket);
    this.#handshakes.set(key, { socket, since: now });
    socket.once("close", () => {
      neighbour.open--;
      this.#sockets.delete(socket);
      if (this.#handshakes.get(key)?.socket === socket) this.#handshakes.delete(key);
    });
    return true;
  }

  /** A TLS handshake is complete, or it is known what a connection without TLS speaks. */
  handshaken(socket: Socket): void {
    this.#handshakes.delete(keyOf(socket));
  }

  /** Ends all connections; resolves when their sockets are closed. */
  async close(): Promise<void> {
    this.#sweeping?.cancel();
    this.#sweeping = undefined;
    const sockets = [...this.#sockets];
    for (const socket of sockets) socket.destroy();
    await Promise.all(
      sockets.filter((socket) => !socket.closed).map((socket) => once(socket, "close")),
    );
  }

  #neighbourOf(network: string, now: number): Neighbour {
    let neighbour = this.#neighbours.get(network);
    if (neighbour === undefined) {
      neighbour = { open: 0, openings: new TokenBucket(this.#openings, now) };
      this.#neighbours.set(network, neighbour);
      this.#sweeping ??= this.#sweepLater();
    }
    return neighbour;
  }

  #refusalOf(
    neighbour: Neighbour,
    now: number,
  ): "connections" | "connections-per-address" | "connection-rate" | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#config;
    if (this.#openings.burst > 0 && !neighbour.openings.take(now)) return "connection-rate";
    if (maxConnectionsPerAddress > 0 && neighbour.open >= maxConnectionsPerAddress) {
      return "connections-per-address";
    }
    return this.#sockets.size >= maxConnections ? "connections" : undefined;
  }

  #sweepLater(): Timer {
    return this.#clock.after(sweepInterval, () => {
      const now = this.#clock.now();
      const deadline = now - this.#config.handshakeSeconds * 1000;
      for (const [key, { socket, since }] of this.#handshakes) {
        if (since > deadline) break;
        this.#handshakes.delete(key);
        this.#limits.met("handshake", socket.remoteAddress ?? "");
        socket.destroy();
      }
      for (const [network, { open, openings }] of this.#neighbours) {
        if (open === 0 && openings.isFull(now)) this.#neighbours.delete(network);
      }
      this.#sweeping = this.#neighbours.size === 0 ? undefined : this.#sweepLater();
    });
  }
}

function keyOf(socket: Socket): string {
  // The same port of a peer may have a connection to each of our ports.
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`;
}
