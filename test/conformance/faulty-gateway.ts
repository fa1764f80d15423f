// A small server of its own making, right by default, that does exactly one thing wrong when told to: what a judge has to
// catch. TLS, HTTP/2 and HTTP/1.1 on one port, as a real one.

import { once } from "node:events";
import {
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  createSecureServer,
} from "node:http2";
import type { AddressInfo } from "node:net";
import {
  type KeyPair,
  issueAuthority,
  issueLeaf,
} from "../../packages/server/src/dev/issue-certificate.js";
import type { Fault } from "./faults.js";
import { FaultyAuthorization } from "./faulty-authorization.js";
import { checkEvent } from "./faulty-events.js";
import { FaultyMailbox, type Outlet } from "./faulty-mailbox.js";
import { FaultyWriter } from "./faulty-writer.js";

interface Channel {
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
}

/** A server that runs. */
export class FaultyGateway {
  readonly origin: string;
  readonly ca: string;
  readonly #server: Http2SecureServer;
  readonly #fault: Fault | undefined;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #channels = new Map<string, Channel>();
  readonly #opened = new Map<string, number[]>();
  readonly #mailboxes = new Map<string, FaultyMailbox>();
  readonly #authorization: FaultyAuthorization;
  readonly #writer: FaultyWriter;

  private constructor(server: Http2SecureServer, ca: string, fault: Fault | undefined) {
    this.#server = server;
    this.#fault = fault;
    this.#writer = new FaultyWriter(fault);
    this.ca = ca;
    this.origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#authorization = new FaultyAuthorization(fault, this.origin, (token) => {
      const [device = ""] = token.split("/");
      this.#channels.get(device)?.stream.end();
    });
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("error", () => undefined);
    });
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      this.#request(stream, stream.session as ServerHttp2Session, {
        method: headers[":method"] ?? "",
        path: (headers[":path"] ?? "").split("?")[0] ?? "",
        authorization: headers.authorization,
        contentType: headers["content-type"] ?? "",
      });
    });
    server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) => {
      if (request.httpVersionMajor === 1) void this.#web(request, response);
    });
  }

  /** Starts one on a free port of 127.0.0.1. */
  static async start(fault?: Fault): Promise<FaultyGateway> {
    const { authority, leaf } = await certificates();
    const server = createSecureServer({ cert: leaf.certificate, key: leaf.key, allowHTTP1: true });
    server.on("sessionError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultyGateway(server, authority.certificate, fault);
  }

  async stop(): Promise<void> {
    this.#authorization.stop();
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
  }

  /** Sends a directive to a device. */
  send(device: string, { name, payload }: { name: string; payload: object }): void {
    this.#mailboxOf(device).send(name, payload);
  }

  #mailboxOf(device: string): FaultyMailbox {
    let mailbox = this.#mailboxes.get(device);
    if (mailbox === undefined) {
      mailbox = new FaultyMailbox(this.#fault);
      this.#mailboxes.set(device, mailbox);
    }
    return mailbox;
  }

  #is(fault: Fault): boolean {
    return this.#fault === fault;
  }

  async #web(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const url = new URL(request.url, this.origin);
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
    const { status, headers, content } = this.#authorization.answer({
      path: url.pathname,
      authorization: request.headers.authorization ?? "",
      form: new URLSearchParams(`${url.searchParams.toString()}&${body}`),
    });
    const isPage = typeof content === "string";
    response.writeHead(status, {
      "content-type": isPage ? "text/html" : "application/json",
      "cache-control": "no-store",
      ...headers,
    });
    response.end(isPage ? content : JSON.stringify(content));
  }

  #request(
    stream: ServerHttp2Stream,
    session: ServerHttp2Session,
    {
      method,
      path,
      authorization = "",
      contentType,
    }: { method: string; path: string; authorization?: string | undefined; contentType: string },
  ): void {
    const methods: Record<string, string> = {
      "/v1/directives": "GET",
      "/v1/events": "POST",
      "/ping": "GET",
    };
    const token = authorization.replace("Bearer ", "");
    if (!this.#authorization.isLive(token) && !this.#is("lets anybody in")) {
      const challenge = { "www-authenticate": 'Bearer error="invalid_token"' };
      return this.#refuse(stream, 401, challenge);
    }
    const right = methods[path];
    if (right === undefined) return this.#refuse(stream, 404);
    if (right !== method) {
      return this.#refuse(stream, 405, this.#is("forgets Allow") ? {} : { allow: right });
    }
    const [device = ""] = token.split("/");
    if (path === "/v1/directives") return this.#downchannel(stream, session, device);
    if (path === "/ping") return stream.respond({ ":status": 204 }, { endStream: true });
    const isHere = this.#channels.get(device)?.session === session;
    if (!isHere && !this.#is("takes events without a downchannel"))
      return this.#refuse(stream, 412);
    checkEvent(stream, contentType, {
      anything: this.#is("takes anything for an event"),
      needsLastDelimiter: this.#is("waits for the last delimiter"),
      refusesDashes: this.#is("chokes on dashes in a boundary"),
      failsOnDepth: this.#fault?.startsWith("fails ") === true,
      answer: (status, name) => {
        if (this.#fault?.startsWith("is overloaded") === true) {
          const isOpen = this.#is("is overloaded for who knows how long");
          this.#refuse(stream, 503, isOpen ? {} : { "retry-after": "1" });
        } else if (status === 204 && this.#is("fails on unknown events")) {
          this.#refuse(stream, 400);
        } else if (status === 204 && name === "TextRecognizer.Recognize") {
          stream.respond({ ":status": 200, "content-type": this.#writer.contentType });
          stream.end(this.#writer.speech());
        } else if (status === 204) {
          stream.respond({ ":status": 204 }, { endStream: true });
        } else {
          this.#refuse(stream, status);
        }
      },
    });
  }

  #downchannel(stream: ServerHttp2Stream, session: ServerHttp2Session, device: string): void {
    const now = performance.now();
    const recent = (this.#opened.get(device) ?? []).filter((time) => now - time < 1_000);
    if (recent.length >= 2 && !this.#is("sets no limit to downchannels")) {
      return this.#refuse(stream, 429, { "retry-after": "1" });
    }
    this.#opened.set(device, [...recent, now]);
    const older = this.#channels.get(device);
    if (older !== undefined && !older.stream.destroyed) this.#end(older, session);
    const mailbox = this.#mailboxOf(device);
    const outlet: Outlet = {
      session,
      write: ({ name, payload, messageId }) => {
        stream.write(this.#writer.directive(name, payload, messageId));
      },
    };
    this.#channels.set(device, { stream, session });
    stream.once("close", () => mailbox.detach(outlet));
    const begin = (): void => {
      if (stream.destroyed) return;
      stream.respond({ ":status": 200, "content-type": this.#writer.contentType });
      stream.write(this.#writer.hello());
      mailbox.attach(outlet);
    };
    if (this.#is("answers the downchannel late")) setTimeout(begin, 2_500);
    else begin();
  }

  #end({ stream, session }: Channel, newer: ServerHttp2Session): void {
    if (this.#is("keeps the older downchannel")) return;
    if (this.#is("keeps the downchannel of another connection") && session !== newer) return;
    if (this.#is("resets the older downchannel")) return void stream.destroy(new Error("reset"));
    if (this.#is("closes the downchannel with a delimiter")) stream.end(this.#writer.closingLine);
    else stream.end();
  }

  #refuse(stream: ServerHttp2Stream, status: number, headers: Record<string, string> = {}): void {
    if (stream.headersSent || stream.destroyed) return;
    const { contentType, body } = this.#writer.refusal(status);
    stream.respond({ ":status": status, "content-type": contentType, ...headers });
    stream.end(body);
  }
}

let issued: Promise<{ readonly authority: KeyPair; readonly leaf: KeyPair }> | undefined;

/** One authority and one certificate for all servers of a test run. */
function certificates(): Promise<{ readonly authority: KeyPair; readonly leaf: KeyPair }> {
  issued ??= (async () => {
    const authority = await issueAuthority("conformance", Date.now());
    const leaf = await issueLeaf(authority, [{ type: "ip", value: "127.0.0.1" }], Date.now());
    return { authority, leaf };
  })();
  return issued;
}
