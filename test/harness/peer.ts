// A bare HTTP/2 peer for tests: node's own client with no help from ours, so that what it sees is what is on the wire.

import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";

/** An answer that may still be arriving. */
export class PeerResponse {
  readonly stream: ClientHttp2Stream;
  status: number | undefined;
  headers: Record<string, string | string[] | undefined> = {};
  ended = false;
  resetCode: number | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    stream.on("error", () => undefined);
    stream.on("response", (headers) => {
      this.status = headers[":status"];
      this.headers = headers;
      this.#tell();
    });
    stream.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#tell();
    });
    stream.on("end", () => {
      this.ended = true;
      this.#tell();
    });
    stream.on("close", () => {
      this.resetCode = stream.rstCode;
      this.#tell();
    });
  }

  /** The body so far, one character a byte. */
  get body(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }

  get closed(): boolean {
    return this.resetCode !== undefined;
  }

  /** The directives whose delimiter line has arrived: those that a device would act on. */
  get directives(): {
    name: string;
    payload: Record<string, unknown>;
    header: Record<string, string>;
  }[] {
    const boundary = /boundary=([^;]+)/.exec(String(this.headers["content-type"]))?.[1];
    if (boundary === undefined) return [];
    const parts = this.body.split(`--${boundary}`).slice(1, -1);
    return parts.flatMap((part) => {
      const json = /\r\nContent-Type: application\/json; charset=utf-8\r\n\r\n(.*)\r\n$/s.exec(
        part,
      )?.[1];
      if (json === undefined) return [];
      const { directive } = JSON.parse(Buffer.from(json, "latin1").toString("utf8")) as {
        directive: { header: Record<string, string>; payload: Record<string, unknown> };
      };
      return [
        {
          name: `${directive.header.namespace}.${directive.header.name}`,
          payload: directive.payload,
          header: directive.header,
        },
      ];
    });
  }

  /** Waits until what has arrived satisfies `condition`. */
  async until(condition: (response: this) => boolean, what = condition.toString()): Promise<this> {
    if (condition(this)) return this;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const watch = (): void => {
        if (!condition(this)) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      timer = setTimeout(
        () => reject(new Error(`never came: ${what}; body: ${this.body}`)),
        10_000,
      );
    });
    clearTimeout(timer);
    return this;
  }

  whenEnded(): Promise<this> {
    return this.until(({ ended, closed }) => ended || closed, "the end of the response");
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

export class Peer {
  readonly session: ClientHttp2Session;
  readonly #token: string;

  constructor(session: ClientHttp2Session, token: string) {
    this.session = session;
    this.#token = token;
  }

  /** Sends a request's headers; the body is the caller's to write unless there is none. */
  request(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    options: { readonly body?: boolean } = {},
  ): PeerResponse {
    return new PeerResponse(
      this.session.request(
        {
          ":method": method,
          ":path": path,
          authorization: `Bearer ${this.#token}`,
          ...headers,
        },
        { endStream: options.body !== true },
      ),
    );
  }

  /** Opens the downchannel and waits for its status. */
  async downchannel(): Promise<PeerResponse> {
    const response = this.request("GET", "/v1/directives");
    return response.until(({ status }) => status !== undefined, "the downchannel's status");
  }

  /** Posts a body as it is. */
  post(body: Buffer | string, headers: Record<string, string> = {}): PeerResponse {
    const response = this.request(
      "POST",
      "/v1/events",
      { "content-type": "multipart/form-data; boundary=b", ...headers },
      { body: true },
    );
    response.stream.end(body);
    return response;
  }

  /** Sends an event without attachments and waits for the whole answer. */
  event(
    name: string,
    payload: object = {},
    header: Record<string, string> = {},
  ): Promise<PeerResponse> {
    return this.post(eventBody(name, payload, header)).whenEnded();
  }

  async close(): Promise<void> {
    if (this.session.destroyed) return;
    const closed = once(this.session, "close");
    // Node.js 20 loops for ever when a client's session is destroyed in the turn in which a stream was reset by its server.
    await new Promise((resolve) => setImmediate(resolve));
    this.session.destroy();
    await closed;
  }
}

/** The multipart body of an event, boundary `b`. */
export function eventBody(
  name: string,
  payload: object = {},
  header: Record<string, string> = {},
  rest = "\r\n--b--\r\n",
): string {
  const [namespace, short] = name.split(".");
  const event = {
    context: [],
    event: { header: { namespace, name: short, messageId: "message-1", ...header }, payload },
  };
  return `--b\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(event)}${rest}`;
}

/** Connects to a server that speaks plain HTTP/2. */
export async function connectPeer(origin: string, token: string): Promise<Peer> {
  const session = connect(origin);
  session.on("error", () => undefined);
  await once(session, "connect");
  return new Peer(session, token);
}
