// One HTTP/2 connection of the judge, on node's own client and nothing of ours: what is seen is what was on the wire.

import { type ClientHttp2Session, connect } from "node:http2";
import { isIP } from "node:net";
import { connect as startTls } from "node:tls";
import type { Clock } from "@trefoil/protocol/clock";
import type { TlsOptions } from "@trefoil/client/node";
import { Violation } from "../verdict.js";
import { Answer } from "./answer.js";
import { MutableWire } from "./mutable-wire.js";
import { describeFailure } from "./web-request.js";

/** A request without its token. */
export interface LineRequest {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** A whole body. */
  readonly body?: Uint8Array | string;
  /** Whether the caller writes the body instead, and ends it. */
  readonly open?: boolean;
}

/** What a line is made of. */
export interface LineOptions {
  readonly tls: TlsOptions;
  readonly clock: Clock;
  /** Milliseconds that an answer may take. */
  readonly patience: number;
  /** Called with each answer that says that the server failed: 500 and above. */
  readonly onFailure: (answer: Answer) => void;
}

/** One connection. */
export class Line {
  readonly session: ClientHttp2Session;
  readonly #wire: MutableWire;
  readonly #options: LineOptions;

  private constructor(session: ClientHttp2Session, wire: MutableWire, options: LineOptions) {
    this.session = session;
    this.#wire = wire;
    this.#options = options;
  }

  /** @throws {Violation} where no connection with ALPN `h2` comes about */
  static async connect(url: URL, options: LineOptions): Promise<Line> {
    const { tls, clock, patience } = options;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const wire = new MutableWire(host, Number(url.port || 443));
    const session = connect(url.origin, {
      createConnection: () =>
        startTls({
          socket: wire,
          ALPNProtocols: ["h2"],
          rejectUnauthorized: tls.insecure !== true,
          // The certificate is held against this name, also where no server name may be sent (RFC 6066 section 3).
          host,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        }),
      settings: { enablePush: false },
    });
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = clock.after(patience, () => reject(new Error("no answer")));
        session.once("connect", () => {
          timer.cancel();
          resolve();
        });
        session.on("error", (error: Error) => {
          timer.cancel();
          reject(error);
        });
        session.once("close", () => reject(new Error("the connection was cut")));
      });
    } catch (error) {
      session.destroy();
      throw new Violation(`an HTTP/2 connection to ${url.host}`, describeFailure(error));
    }
    return new Line(session, wire, options);
  }

  get isOpen(): boolean {
    return !this.session.closed && !this.session.destroyed;
  }

  /** Sends a request; its answer is filled in as it arrives. */
  request({ method, path, token, headers = {}, body, open = false }: LineRequest): Answer {
    if (!this.isOpen) {
      throw new Violation("a connection that stays open", "the server closed it");
    }
    const stream = this.session.request(
      {
        ":method": method,
        ":path": path,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      { endStream: body === undefined && !open },
    );
    const { clock, patience, onFailure } = this.#options;
    const answer = new Answer(stream, clock, patience);
    stream.once("response", () => {
      if ((answer.status ?? 0) >= 500) onFailure(answer);
    });
    if (!open && body !== undefined) stream.end(body);
    return answer;
  }

  /** Sends a PING frame. @returns milliseconds until its ACK @throws {Violation} where none comes */
  ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      const missing = (why: string) =>
        reject(new Violation("a PING frame is answered by its ACK", why));
      const { clock, patience } = this.#options;
      const timer = clock.after(patience, () => missing(`no ACK within ${patience / 1000} s`));
      const sent = this.session.ping((error, duration) => {
        timer.cancel();
        if (error === null) resolve(duration);
        else missing(describeFailure(error));
      });
      if (!sent) {
        timer.cancel();
        missing("the connection is closed");
      }
    });
  }

  /** From now on the server hears nothing of this line, while the line still hears it: no ACK of a PING gets back. */
  mute(): void {
    this.#wire.mute();
  }

  async close(): Promise<void> {
    // Node.js 20 loops for ever when a session is destroyed in the turn in which one of its streams was reset by the peer.
    await new Promise((resolve) => setImmediate(resolve));
    this.session.destroy();
  }
}
