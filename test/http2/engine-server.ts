// The engine alone on plain TCP, with nothing of the gateway around it, for tests of what it does with frames.

import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { FakeClock } from "@trefoil/protocol/clock";
import { configSchema } from "../../packages/server/src/config/index.js";
import {
  type EngineLimits,
  type Http2Engine,
  type ServerSession,
  type ServerStream,
  type SessionLimit,
  createHttp2Engine,
  engineLimits,
} from "../../packages/server/src/http2/index.js";
import { RawPeer, type RawPeerOptions } from "../harness/raw-http2.js";

export interface EngineServer {
  readonly port: number;
  readonly clock: FakeClock;
  readonly engine: Http2Engine;
  readonly sessions: readonly ServerSession[];
  readonly sockets: readonly Socket[];
  readonly streams: readonly ServerStream[];
  /** The limits that were met, in order. */
  readonly limitsMet: readonly SessionLimit[];
  /** Connects a peer that has said hello. */
  connect(
    options?: RawPeerOptions & { readonly settings?: Readonly<Record<number, number>> },
  ): Promise<RawPeer>;
  /** Connects a peer that has said nothing. */
  stranger(options?: RawPeerOptions): Promise<RawPeer>;
  stop(): Promise<void>;
}

/** @param serve called for each request */
export async function startEngine(
  serve: (stream: ServerStream) => void = () => undefined,
  limits: Partial<EngineLimits> = {},
): Promise<EngineServer> {
  const clock = new FakeClock();
  const sessions: ServerSession[] = [];
  const sockets: Socket[] = [];
  const streams: ServerStream[] = [];
  const limitsMet: SessionLimit[] = [];
  const peers: RawPeer[] = [];
  const engine = createHttp2Engine({
    limits: { ...engineLimits(configSchema.parse({})), ...limits },
    clock,
    onLimit: (limit) => limitsMet.push(limit),
  });
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    engine.serve(socket, (session) => {
      sessions.push(session);
      return {
        stream(stream) {
          streams.push(stream);
          serve(stream);
        },
      };
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const joined = (peer: RawPeer): RawPeer => {
    peers.push(peer);
    return peer;
  };
  return {
    port,
    clock,
    engine,
    sessions,
    sockets,
    streams,
    limitsMet,
    connect: async (options = {}) => joined(await RawPeer.greet(port, options)),
    stranger: async (options = {}) => joined(await RawPeer.connect(port, options)),
    async stop() {
      await Promise.all(peers.map((peer) => peer.destroy()));
      server.close();
      await once(server, "close");
    },
  };
}
