// One device of a soak: it holds its downchannel, PINGs, sends events, notes the directives that come, and now and then loses
// its connection. Whatever else happens to it is an error.

import { MultipartReader } from "@trefoil/protocol/multipart";
import { DeviceConnection, type Target } from "../load/device-connection.js";
import { eventBody, eventType } from "../load/event-body.js";
import type { Device } from "../peers/trefoil.js";
import { trefoilDownchannel } from "../scenarios/scenario.js";
import type { Tally } from "./tally.js";

/** Milliseconds that an answer may take. */
const patience = 30_000;

const event = eventBody();

/** The directive that a soak sends. */
export const directiveName = "SoakTest.Numbered";

export class SoakDevice {
  readonly device: Device;
  readonly #target: Target;
  readonly #tally: Tally;
  #connection: DeviceConnection | undefined;
  /** Requests and PINGs that are open besides the downchannel. */
  #open = 0;
  #isBusy = false;

  constructor(device: Device, target: Target, tally: Tally) {
    this.device = device;
    this.#target = target;
    this.#tally = tally;
  }

  /** Connects, and resolves when the downchannel has brought its first directive. */
  async connect(): Promise<void> {
    const connection = await DeviceConnection.connect(this.#target);
    this.#connection = connection;
    connection.socket.once("close", () => {
      if (this.#connection === connection) this.#fail("its connection was closed");
    });
    const { path, headers } = trefoilDownchannel(this.device);
    const opened = new Promise<void>((resolve, reject) => {
      const read = this.#reader(resolve);
      connection.request("GET", path, headers, {
        status: (status) => {
          if (status !== 200) reject(new Error(`its downchannel was answered ${status}`));
        },
        data: (bytes) => read(bytes),
        end: () => {
          reject(new Error("its downchannel ended at once"));
          if (this.#connection === connection) this.#fail("its downchannel ended");
        },
      });
    });
    await within(opened, "its downchannel");
  }

  ping(): Promise<void> {
    return this.#do("a PING", async (connection) => {
      await connection.ping();
      this.#tally.pings++;
    });
  }

  sendEvent(): Promise<void> {
    return this.#do("an event", async (connection) => {
      const begun = performance.now();
      const headers = {
        authorization: `Bearer ${this.device.accessToken}`,
        "content-type": eventType,
      };
      const status = await connection.statusOf("POST", "/v1/events", headers, event);
      if (status !== 204) throw new Error(`was answered ${status}`);
      this.#tally.eventTimes.push(performance.now() - begun);
      this.#tally.events++;
    });
  }

  /** Loses its connection, as a device whose network changes, and connects again. Not while something is open on it. */
  async reconnect(): Promise<void> {
    if (this.#isBusy || this.#open > 0) return;
    this.#isBusy = true;
    this.leave();
    try {
      await this.connect();
      this.#tally.reconnects++;
    } catch (error) {
      this.#fail(`it could not connect again: ${messageOf(error)}`);
    }
    this.#isBusy = false;
  }

  leave(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }

  async #do(what: string, work: (connection: DeviceConnection) => Promise<void>): Promise<void> {
    const connection = this.#connection;
    // It is on its way back: the next time it will be there.
    if (connection === undefined || this.#isBusy) return;
    this.#open++;
    try {
      await within(work(connection), "its answer");
    } catch (error) {
      this.#fail(`${what}: ${messageOf(error)}`);
    }
    this.#open--;
  }

  #reader(first: () => void): (bytes: Buffer) => void {
    let reader: MultipartReader | undefined;
    let part: Buffer[] = [];
    const sink = {
      partBegin: () => {
        part = [];
      },
      partData: (bytes: Uint8Array) => void part.push(Buffer.from(bytes)),
      partEnd: () => {
        first();
        this.#note(Buffer.concat(part).toString());
      },
    };
    return (bytes) => {
      // The answer's headers are not unpacked: its first line is the delimiter.
      reader ??= new MultipartReader(
        bytes.toString("latin1", bytes.indexOf("--") + 2, bytes.indexOf("\r\n", 2)),
        sink,
        { maxParts: 1_000_000_000, maxPartHeaderBytes: 1_000, maxPartBytes: () => 100_000 },
      );
      reader.push(bytes);
    };
  }

  #note(json: string): void {
    const { directive } = JSON.parse(json) as {
      directive: { header: { namespace: string; name: string }; payload: { number?: number } };
    };
    const { header, payload } = directive;
    if (`${header.namespace}.${header.name}` !== directiveName) return;
    this.#tally.receive(payload.number ?? 0, performance.now());
  }

  #fail(what: string): void {
    this.#tally.fail(`${this.device.deviceId}: ${what}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function within(work: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come in ${patience / 1_000} s`)),
      patience,
    );
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
