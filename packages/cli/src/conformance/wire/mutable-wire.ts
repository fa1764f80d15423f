// A socket on which the judge can fall silent while it still hears: what a network looks like that has died in one
// direction. The acknowledgements that HTTP/2 sends by itself no longer reach the server.

import { type Socket, connect } from "node:net";
import { Duplex } from "node:stream";

export class MutableWire extends Duplex {
  readonly #socket: Socket;
  #isMuted = false;

  constructor(host: string, port: number) {
    super();
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) this.#socket.pause();
    });
    this.#socket.once("end", () => this.push(null));
    this.#socket.once("error", (error) => this.destroy(error));
    this.#socket.once("close", () => this.destroy());
  }

  /** From now on nothing that is written gets out. */
  mute(): void {
    this.#isMuted = true;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#isMuted) done();
    else this.#socket.write(bytes, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
