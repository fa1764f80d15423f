// A network cable between a peer and a server that a test can squeeze and cut.

import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Wire {
  readonly origin: string;
  readonly port: number;
  /** From now on nothing gets through, and neither side notices: a cable pulled out, a device without power. */
  freeze(): void;
  /** Lets through again what waited and what comes. */
  thaw(): void;
  /** Both sides see the connection end. */
  cut(): void;
  close(): Promise<void>;
}

/** Lays a wire to a port on loopback. */
export async function layWire(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (bytes) => to.write(bytes));
      from.on("close", () => {
        sockets.delete(from);
        if (!frozen) to.destroy();
      });
      if (frozen) from.pause();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = (server.address() as AddressInfo).port;
  return {
    origin: `http://127.0.0.1:${own}`,
    port: own,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
