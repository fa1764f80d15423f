// A gateway under attack, and a healthy client of it that must notice nothing.

import { FakeClock } from "@trefoil/protocol/clock";
import { expect } from "vitest";
import type { GatewayOptions } from "../../packages/server/src/gateway/index.js";
import { type TestGateway, startGateway } from "../harness/gateway.js";
import { type Peer, connectPeer } from "../harness/peer.js";
import { RawPeer, type RawPeerOptions, requestBlock } from "../harness/raw-http2.js";

export interface Siege {
  readonly server: TestGateway;
  readonly clock: FakeClock;
  readonly token: string;
  /** Header block of `GET /ping` with a good token. */
  readonly ping: Buffer;
  /** Header block of `POST /v1/events` with a good token. */
  readonly post: Buffer;
  readonly healthy: Peer;
  /** How many events were handed to a handler. */
  readonly handled: number;
  /** Connects an attacker who has said hello. */
  attacker(
    options?: RawPeerOptions & { readonly settings?: Readonly<Record<number, number>> },
  ): Promise<RawPeer>;
  /** Connects an attacker who has said nothing. */
  stranger(): Promise<RawPeer>;
  /** Lets time pass in steps, with a breath of real input and output in each. */
  pass(seconds: number): Promise<void>;
  /** The attackers are gone: the healthy client gets its answers, and nothing of the others is left. */
  expectUnharmed(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds between two looks of a healthy client at its connection. */
const step = 1_000;

export async function besiege(
  options: {
    readonly config?: Record<string, unknown>;
    readonly limits?: Record<string, unknown>;
    readonly handlers?: GatewayOptions["handlers"];
  } = {},
): Promise<Siege> {
  const clock = new FakeClock();
  let handled = 0;
  const server = await startGateway({
    clock,
    ...options,
    handlers: {
      "TextRecognizer.Recognize": () => {
        handled++;
        return [];
      },
      ...options.handlers,
    },
  });
  const token = server.tokens.issue("attacker");
  const healthy = await connectPeer(server.origin, server.tokens.issue("healthy"));
  const channel = await healthy.downchannel();
  const attackers: RawPeer[] = [];
  const connected = (peer: RawPeer): RawPeer => {
    attackers.push(peer);
    return peer;
  };
  const beat = (): Promise<void> =>
    new Promise((resolve, reject) => {
      healthy.session.ping((error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  return {
    server,
    clock,
    token,
    ping: requestBlock({ path: "/ping", token }),
    post: requestBlock({
      method: "POST",
      path: "/v1/events",
      token,
      extra: [["content-type", "multipart/form-data; boundary=b"]],
    }),
    healthy,
    get handled() {
      return handled;
    },
    attacker: async (how = {}) => connected(await RawPeer.greet(server.port, how)),
    stranger: async () => connected(await RawPeer.connect(server.port, { acknowledge: false })),
    async pass(seconds) {
      for (let left = seconds * 1000; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await beat();
        await beat();
      }
    },
    async expectUnharmed() {
      const before = handled;
      expect((await healthy.request("GET", "/ping").whenEnded()).status).toBe(204);
      expect(
        (await healthy.event("TextRecognizer.Recognize", { text: "still there?" })).status,
      ).toBe(204);
      expect(handled).toBe(before + 1);
      const { messageId } = await server.delivery.send("healthy", {
        name: "Clova.RenderText",
        payload: { text: "yes" },
      });
      await channel.until(({ directives }) => directives.at(-1)?.header["messageId"] === messageId);
      expect(channel.ended).toBe(false);
      await expect.poll(() => server.sockets, { interval: 5 }).toBe(1);
      expect(server.sessions.size).toBe(1);
      expect(server.gateway.openConnections).toBe(1);
    },
    async stop() {
      await Promise.all(attackers.map((peer) => peer.destroy()));
      await healthy.close();
      await server.stop();
    },
  };
}

/** So many pieces, one for each number from 0. */
export function pieces(count: number, make: (index: number) => Buffer): Buffer[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The id of a client's stream: 1, 3, 5, ... */
export function streamId(index: number): number {
  return 1 + 2 * index;
}
