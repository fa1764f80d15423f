// Many devices at once, each with a held downchannel: what `idle`, `push` and `connect` load a server with.

import { sendTimes } from "../servers/push-driver.js";
import { DeviceConnection, type Target } from "./device-connection.js";
import { inParallel } from "./web-client.js";

/** How a device asks for its downchannel. */
export interface DownchannelRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How many handshakes are under way at once. */
const width = 32;

/** Devices with held downchannels, and what they have received. */
export class HeldDevices {
  readonly connections: DeviceConnection[] = [];
  /** Time from the sending of each directive to its receipt. Milliseconds. */
  readonly latencies: number[] = [];
  received = 0;
  /** When the last directive came. Nanoseconds. */
  lastReceipt = 0n;
  readonly #target: Target;
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Connects more devices, one for each request, and waits until each has been sent its first bytes.
   * @throws where one is refused
   */
  async connect(
    requests: readonly DownchannelRequest[],
    tell: (connected: number) => void,
  ): Promise<void> {
    await inParallel(requests, width, async (request) => {
      const connection = await DeviceConnection.connect(this.#target);
      this.connections.push(connection);
      await new Promise<void>((resolve, reject) => {
        connection.request("GET", request.path, request.headers, {
          status: (status) => {
            if (status !== 200) reject(new Error(`a downchannel was answered ${status}`));
          },
          data: (bytes) => {
            resolve();
            this.#take(bytes);
          },
          end: () => reject(new Error("a downchannel ended")),
        });
      });
      tell(this.connections.length);
    });
  }

  /** Forgets what was received. */
  reset(): void {
    this.received = 0;
    this.latencies.length = 0;
  }

  /** Resolves when so many directives have come since the last reset. */
  async receipt(count: number, patience = 60_000): Promise<void> {
    if (this.received >= count) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.received} of ${count} directives came`)),
        patience,
      );
      this.#waiting = {
        count,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
    });
    this.#waiting = undefined;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    this.connections.length = 0;
  }

  #take(bytes: Buffer): void {
    for (const sent of sendTimes(bytes)) {
      this.lastReceipt = process.hrtime.bigint();
      this.latencies.push(Number(this.lastReceipt - sent) / 1e6);
      this.received++;
    }
    if (this.#waiting !== undefined && this.received >= this.#waiting.count) {
      this.#waiting.resolve();
    }
  }
}
