// A gateway for those who build clients: answers what it is told, good or bad, and remembers what it got. Node.js only.

import { once } from "node:events";
import {
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  createSecureServer,
  createServer,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { TrefoilError } from "@trefoil/protocol/errors";
import {
  type Directive,
  type MessageName,
  type Payload,
  buildDirective,
  stringifyDirective,
} from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";
import { Latch } from "../streams/index.js";
import { type MockAnswer, type MockFailure, writeAnswer } from "./mock-answer.js";
import { type MockEvent, readEvent } from "./mock-event.js";

/** Answers one event, at once or later. A generator can answer while speech still comes in. */
export type MockHandler = (event: MockEvent) => MockAnswer | Promise<MockAnswer>;

/** How a mock gateway is started. */
export interface MockGatewayOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Key and certificate in PEM. Default: HTTP/2 without TLS, with prior knowledge. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Whether a token is good; others get 401. Default: every token is. */
  readonly accepts?: (accessToken: string) => boolean;
}

/** The paths of a gateway. */
export type MockPath = "/v1/directives" | "/v1/events" | "/ping";

interface Downchannel {
  readonly stream: ServerHttp2Stream;
  readonly writer: MultipartWriter;
}

/**
 * One gateway for one device. It keeps to the protocol where it is not told otherwise: `Clova.Hello` first, 412 without a
 * downchannel on the same connection, 204 for an event that nobody handles.
 */
export class MockGateway {
  /** Where it listens: give it to the client as `gatewayUrl`. */
  readonly url: string;
  /** Every event that was understood, in order. */
  readonly events: MockEvent[] = [];
  /** How often each path was asked for. */
  readonly requests: Record<MockPath, number> = {
    "/v1/directives": 0,
    "/v1/events": 0,
    "/ping": 0,
  };
  readonly #server: Http2Server | Http2SecureServer;
  readonly #accepts: (accessToken: string) => boolean;
  readonly #handlers = new Map<string, MockHandler>();
  readonly #once = new Map<string, MockHandler[]>();
  readonly #failures = new Map<MockPath, MockFailure[]>();
  readonly #sessions: ServerHttp2Session[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #seen = new Map<string, number>();
  readonly #news = new Latch();
  #downchannel: Downchannel | undefined;

  private constructor(server: Http2Server | Http2SecureServer, options: MockGatewayOptions) {
    const { port } = server.address() as AddressInfo;
    const { host = "127.0.0.1", tls, accepts = () => true } = options;
    this.url = `${tls === undefined ? "http" : "https"}://${host}:${port}`;
    this.#server = server;
    this.#accepts = accepts;
    server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("session", (session) => {
      this.#sessions.push(session);
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      void this.#request(stream, headers);
    });
  }

  /** Starts one. {@link close} it in the end. */
  static async start(options: MockGatewayOptions = {}): Promise<MockGateway> {
    const { tls, port = 0, host = "127.0.0.1" } = options;
    const server = tls === undefined ? createServer() : createSecureServer({ ...tls });
    server.on("sessionError", () => undefined);
    server.listen(port, host);
    await once(server, "listening");
    return new MockGateway(server, options);
  }

  /** Whether a downchannel is open. */
  get connected(): boolean {
    return this.#downchannel !== undefined;
  }

  /** Answers events of one name from now on; `*` those of every other name. */
  on(name: MessageName | "*", handler: MockHandler): void {
    this.#handlers.set(name, handler);
  }

  /** Answers the next event of one name, once; several queue up. */
  once(name: MessageName | "*", handler: MockHandler): void {
    this.#once.set(name, [...(this.#once.get(name) ?? []), handler]);
  }

  /** Fails the next request of a path, whatever it holds; several queue up. */
  failNext(path: MockPath, failure: MockFailure): void {
    this.#failures.set(path, [...(this.#failures.get(path) ?? []), failure]);
  }

  /**
   * Sends a directive on the downchannel.
   * @returns it, with its `messageId`
   * @throws {TrefoilError} `no_downchannel` where none is open: wait for {@link open}
   */
  send(
    name: MessageName,
    payload: Payload,
    ids: { readonly messageId?: string; readonly dialogRequestId?: string } = {},
  ): Directive {
    const downchannel = this.#downchannel;
    if (downchannel === undefined) {
      throw new TrefoilError("no_downchannel", "No downchannel is open at the mock gateway.");
    }
    const directive = buildDirective(name, payload, ids);
    const { stream, writer } = downchannel;
    stream.write(writer.finishedDirective(stringifyDirective(directive)));
    return directive;
  }

  /** Resolves when a downchannel is open. */
  async open(): Promise<void> {
    while (this.#downchannel === undefined) await this.#news.passed();
  }

  /** The next event of that name which was not asked for yet; waits until there is one. */
  async received(name: MessageName): Promise<MockEvent> {
    const index = this.#seen.get(name) ?? 0;
    this.#seen.set(name, index + 1);
    for (;;) {
      const event = this.events.filter((candidate) => candidate.name === name)[index];
      if (event !== undefined) return event;
      await this.#news.passed();
    }
  }

  /** Ends the downchannel in good order, as a gateway does that wants it opened anew. */
  endDownchannel(): void {
    this.#downchannel?.stream.end();
    this.#downchannel = undefined;
  }

  /** Sends GOAWAY: open streams go on, new ones belong on a new connection. */
  goaway(): void {
    for (const session of this.#sessions) if (!session.destroyed) session.goaway();
  }

  /** Answers nothing any more on the connections there are, not even PING: a network that swallows everything. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Cuts every connection, as a router does that forgot them. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts everything and listens no more. */
  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, "close") : undefined;
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    this.cut();
    await closed;
  }

  async #request(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const path = (headers[":path"] ?? "").split("?")[0] as MockPath;
    if (!Object.hasOwn(this.requests, path)) {
      await this.#refuse(stream, 404);
      return;
    }
    this.requests[path]++;
    const failure = this.#failures.get(path)?.shift();
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    if (failure !== undefined) {
      stream.resume();
      await writeAnswer(stream, failure);
    } else if (token === undefined || !this.#accepts(token)) {
      await this.#refuse(stream, 401);
    } else if (path === "/ping") {
      await writeAnswer(stream, undefined);
    } else if (path === "/v1/directives") {
      this.#openDownchannel(stream);
    } else if (this.#downchannel?.stream.session !== stream.session) {
      await this.#refuse(stream, 412);
    } else {
      await this.#event(stream, headers);
    }
  }

  #openDownchannel(stream: ServerHttp2Stream): void {
    this.endDownchannel();
    const writer = new MultipartWriter(newBoundary());
    const downchannel = { stream, writer };
    this.#downchannel = downchannel;
    stream.once("close", () => {
      if (this.#downchannel === downchannel) this.#downchannel = undefined;
    });
    stream.respond({ ":status": 200, "content-type": writer.contentType });
    stream.write(writer.opening());
    this.send("Clova.Hello", {});
    this.#tell();
  }

  async #event(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    try {
      const connection = this.#sessions.indexOf(stream.session as ServerHttp2Session);
      const event = await readEvent(stream, headers, connection);
      this.events.push(event);
      this.#tell();
      const handler = this.#handlerOf(event.name);
      await writeAnswer(stream, await handler?.(event));
    } catch (thrown) {
      await this.#refuse(stream, TrefoilError.from(thrown).code === "internal" ? 500 : 400);
    }
  }

  #handlerOf(name: MessageName): MockHandler | undefined {
    return (
      this.#once.get(name)?.shift() ??
      this.#handlers.get(name) ??
      this.#once.get("*")?.shift() ??
      this.#handlers.get("*")
    );
  }

  async #refuse(stream: ServerHttp2Stream, status: number): Promise<void> {
    stream.resume();
    await writeAnswer(stream, { kind: "refuse", status });
  }

  #tell(): void {
    this.#news.open();
    this.#news.close();
  }
}
