// A network that does to connections what real ones do: cuts them in the middle of a frame, leaves them half-open, crawls, and
// drops them without a word. It carries TLS and understands none of it.

import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import type { Random } from "./random.js";

/** What becomes of one connection. */
type Fate =
  /** Nothing. */
  | { readonly kind: "sound" }
  /** Both ends see it break, after so many bytes have come from the server: somewhere in a frame. */
  | { readonly kind: "cut"; readonly bytes: number }
  /** From some time on nothing gets through, and nobody is told until much later. */
  | { readonly kind: "half-open"; readonly after: number; readonly until: number }
  /** What comes from the server comes in drops. */
  | { readonly kind: "slow"; readonly drop: number; readonly pause: number };

export interface FlakyNetwork {
  /** Where devices connect. */
  readonly port: number;
  /** How many connections met which fate. */
  readonly fates: Readonly<Record<Fate["kind"], number>>;
  /** Where it leads from now on; undefined: connections are refused. */
  lead(port: number | undefined): void;
  /** From now on nothing goes wrong any more; connections that were to go wrong are broken. */
  heal(): void;
  close(): Promise<void>;
}

export async function layFlakyNetwork(random: Random): Promise<FlakyNetwork> {
  const fates: Record<Fate["kind"], number> = { sound: 0, cut: 0, "half-open": 0, slow: 0 };
  const wires = new Set<Wire>();
  let target: number | undefined;
  let healthy = false;

  const server = createServer({ noDelay: true }, (near) => {
    near.on("error", () => undefined);
    if (target === undefined) {
      near.resetAndDestroy();
      return;
    }
    const fate: Fate = healthy ? { kind: "sound" } : draw(random);
    fates[fate.kind]++;
    const far = connect({ port: target, host: "127.0.0.1", noDelay: true });
    const wire = new Wire(near, far, fate, () => wires.delete(wire));
    wires.add(wire);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    fates,
    lead(port) {
      target = port;
    },
    heal() {
      healthy = true;
      for (const wire of wires) if (wire.fate.kind !== "sound") wire.break();
    },
    async close() {
      server.close();
      for (const wire of wires) wire.break();
      await once(server, "close");
    },
  };
}

function draw(random: Random): Fate {
  const dice = random.next();
  if (dice < 0.25) return { kind: "sound" };
  // A handshake is some 2,000 bytes: few are cut before there is a downchannel.
  if (dice < 0.65) return { kind: "cut", bytes: random.between(1_500, 15_000) };
  if (dice < 0.85) {
    const after = random.between(200, 4_000);
    return { kind: "half-open", after, until: after + random.between(3_000, 8_000) };
  }
  return { kind: "slow", drop: random.between(50, 700), pause: random.between(5, 40) };
}

class Wire {
  readonly fate: Fate;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #onEnd: () => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #fromServer = 0;
  #frozen = false;
  #ended = false;

  constructor(near: Socket, far: Socket, fate: Fate, onEnd: () => void) {
    this.fate = fate;
    this.#near = near;
    this.#far = far;
    this.#onEnd = onEnd;
    far.on("error", () => undefined);
    near.on("data", (bytes: Buffer) => this.#carry(near, far, bytes));
    far.on("data", (bytes: Buffer) => void this.#fromFar(bytes));
    // A half-open connection: the other end is told nothing.
    for (const end of [near, far]) end.on("close", () => this.#frozen || this.break());
    if (fate.kind === "half-open") {
      this.#timers.push(
        setTimeout(() => this.#freeze(), fate.after),
        setTimeout(() => this.break(), fate.until),
      );
    }
  }

  break(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#near.destroy();
    this.#far.destroy();
    this.#onEnd();
  }

  #freeze(): void {
    this.#frozen = true;
    this.#near.pause();
    this.#far.pause();
  }

  async #fromFar(bytes: Buffer): Promise<void> {
    const { fate } = this;
    this.#fromServer += bytes.byteLength;
    if (fate.kind === "cut" && this.#fromServer >= fate.bytes) {
      // The first bytes of what came still get through.
      this.#near.write(bytes.subarray(0, bytes.byteLength - (this.#fromServer - fate.bytes)));
      this.#far.resetAndDestroy();
      this.#near.end();
      this.break();
      return;
    }
    if (fate.kind !== "slow") {
      this.#carry(this.#far, this.#near, bytes);
      return;
    }
    this.#far.pause();
    for (let at = 0; at < bytes.byteLength && !this.#ended; at += fate.drop) {
      this.#near.write(bytes.subarray(at, at + fate.drop));
      await new Promise((resolve) => setTimeout(resolve, fate.pause));
    }
    if (!this.#ended) this.#far.resume();
  }

  #carry(from: Socket, to: Socket, bytes: Buffer): void {
    if (this.#frozen || to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once("drain", () => this.#frozen || from.resume());
  }
}
