// A gateway that does what a test tells it, good or bad: node:http2 over plain TCP on loopback.

import { once } from "node:events";
import {
  type IncomingHttpHeaders,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  constants,
  createServer,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import {
  type Directive,
  type MessageName,
  type Payload,
  buildDirective,
  encodeDirective,
  stringifyDirective,
} from "@trefoil/protocol/messages";
import { MultipartWriter, newBoundary } from "@trefoil/protocol/multipart";

/** A request as it came in. */
export interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  /** Which connection it came on, from 0. */
  readonly connection: number;
}

/** What answers one request. */
export type Script = (request: Request) => unknown;

/** A downchannel that was opened, held by the test. */
export class Channel {
  readonly stream: ServerHttp2Stream;
  readonly #writer = new MultipartWriter(newBoundary());

  constructor(stream: ServerHttp2Stream, hello = true) {
    this.stream = stream;
    stream.respond({ ":status": 200, "content-type": this.#writer.contentType });
    stream.write(this.#writer.opening());
    if (hello) this.send("Clova.Hello", {});
  }

  send(
    name: MessageName,
    payload: Payload,
    ids: { messageId?: string; dialogRequestId?: string } = {},
  ): Directive {
    const directive = buildDirective(name, payload, ids);
    this.stream.write(this.#writer.finishedDirective(stringifyDirective(directive)));
    return directive;
  }

  /** The beginning of an attachment; the test writes its bytes and then {@link delimiter}. */
  attachment(contentId: string): void {
    this.stream.write(this.#writer.attachment(contentId));
  }

  delimiter(): void {
    this.stream.write(this.#writer.delimiter());
  }
}

/** A scriptable gateway. Each path takes the next script that was given for it once, then its standing answer. */
export class FakeGateway {
  readonly origin: string;
  readonly requests: Request[] = [];
  readonly channels: Channel[] = [];
  readonly sessions: ServerHttp2Session[] = [];
  readonly sockets = new Set<Socket>();
  /** Standing answers by path. */
  readonly scripts: Record<string, Script> = {
    "/v1/directives": (request) => this.openChannel(request),
    "/v1/events": ({ stream }) => noContent(stream),
    "/ping": ({ stream }) => noContent(stream),
  };
  readonly #next: Record<string, Script[]> = {};
  readonly #server: Http2Server;

  private constructor(server: Http2Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    server.on("session", (session) => {
      this.sessions.push(session);
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      const session = stream.session as ServerHttp2Session;
      const path = headers[":path"] ?? "";
      const connection = this.sessions.indexOf(session);
      const request: Request = { path, headers, stream, session, connection };
      this.requests.push(request);
      (this.#next[path]?.shift() ?? this.scripts[path] ?? (() => noContent(stream)))(request);
    });
  }

  static async start(port = 0): Promise<FakeGateway> {
    const server = createServer();
    server.on("sessionError", () => undefined);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new FakeGateway(server);
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  /** Scripts for the next requests of a path, one each. */
  next(path: "/v1/directives" | "/v1/events" | "/ping", ...scripts: Script[]): void {
    (this.#next[path] ??= []).push(...scripts);
  }

  /** Forgets the scripts that were not used yet. */
  forgetScripts(): void {
    for (const scripts of Object.values(this.#next)) scripts.length = 0;
  }

  /** The good answer to `GET /v1/directives`; ends the earlier channels as a gateway does. */
  openChannel({ stream }: Request): Channel {
    for (const { stream: earlier } of this.channels) if (!earlier.writableEnded) earlier.end();
    const channel = new Channel(stream);
    this.channels.push(channel);
    return channel;
  }

  get channel(): Channel {
    return this.channels.at(-1)!;
  }

  /** How many requests a path got. */
  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  /** Cuts every connection, as a router does that forgot them. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Takes no connections any more and cuts those there are. */
  async stop(): Promise<void> {
    this.#server.close();
    for (const session of this.sessions) session.destroy();
    this.cut();
    if (this.#server.listening) await once(this.#server, "close");
  }
}

export function noContent(stream: ServerHttp2Stream): void {
  stream.resume();
  stream.respond({ ":status": 204 }, { endStream: true });
}

/** Answers with directives, and attachments as `[contentId, bytes]`. */
export function answerWith(
  ...parts: readonly (Directive | readonly [string, Uint8Array])[]
): Script {
  return ({ stream }) => {
    stream.resume();
    const writer = new MultipartWriter(newBoundary());
    stream.respond({ ":status": 200, "content-type": writer.contentType });
    for (const part of parts) {
      if ("header" in part) {
        stream.write(writer.directive(encodeDirective(part)));
      } else {
        stream.write(writer.attachment(part[0]));
        stream.write(part[1]);
      }
    }
    stream.end(writer.close());
  };
}

/** Answers with an error status and a `System.Exception`. */
export function refuseWith(status: number, headers: Record<string, string> = {}): Script {
  return ({ stream }) => {
    stream.resume();
    const writer = new MultipartWriter(newBoundary());
    stream.respond({ ":status": status, "content-type": writer.contentType, ...headers });
    const exception = buildDirective("System.Exception", {
      code: status,
      description: `scripted ${status}`,
    });
    stream.write(writer.directive(encodeDirective(exception)));
    stream.end(writer.close());
  };
}

/** Answers nothing, ever. */
export const stall: Script = ({ stream }) => void stream.resume();

/** Resets the stream, having done nothing. */
export const refuseStream: Script = ({ stream }) => stream.close(constants.NGHTTP2_REFUSED_STREAM);
