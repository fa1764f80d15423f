// The seam between the client and HTTP/2: all it may know of a connection. node:http2 stands behind it on Node.js; a
// transport on `fetch` takes its place in a browser.

/** One request on a connection. */
export interface TransportRequest {
  readonly method: "GET" | "POST";
  /** Path and query, as in `/v1/events`. */
  readonly path: string;
  /** Names in lower case; no pseudo headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it is made; none means the request ends with its headers. Each chunk is written by itself. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** Whether the body is still being made while it is sent, as speech is: it must not be gathered first. */
  readonly live?: boolean;
  /** Aborting gives the request up: the stream is reset (CANCEL), the connection lives on. */
  readonly signal: AbortSignal;
  /** Called once when the whole request, body included, has been handed to the connection. */
  readonly onSent?: () => void;
}

/** The answer to a request; its body may still be on the way. */
export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The bytes as they arrive. The peer is slowed when they are not taken; leaving the loop early resets the stream. Ends
   * when the peer ended the response. Bytes that arrived before a cut are handed over first, then it throws a
   * TrefoilError `unavailable`. Can be read once.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What became of a request: answered, or lost on the way. */
export type RequestOutcome =
  | { readonly kind: "response"; readonly response: TransportResponse }
  | {
      readonly kind: "lost";
      /**
       * `never`: the peer certainly did not act on it (it was never written, or refused with REFUSED_STREAM or by a GOAWAY
       * below its stream id). `unknown`: it may have. @see https://www.rfc-editor.org/rfc/rfc9113#section-8.7
       */
      readonly processed: "never" | "unknown";
      readonly cause: Error;
    };

/** One connection to the gateway. */
export interface TransportConnection {
  /** Whether a new request may be made here: false once closed, or once the peer sent GOAWAY. */
  readonly accepting: boolean;
  /** Never rejects. */
  request(request: TransportRequest): Promise<RequestOutcome>;
  /**
   * Sends one PING frame and resolves with its ACK; rejects when the connection ends first. Absent where the transport
   * cannot send PING.
   */
  readonly ping: (() => Promise<void>) | undefined;
  /** Calls `listener` once when the peer has sent GOAWAY: open requests go on, new ones belong elsewhere. */
  onGoaway(listener: () => void): void;
  /** Calls `listener` once when the connection has ended, at once if it already has. */
  onClose(listener: (cause: Error | undefined) => void): void;
  /** Takes no further requests; the connection ends when the open ones have. */
  close(): void;
  /** Ends the connection and everything on it at once. */
  destroy(): void;
}

/** Makes connections to one gateway. */
export interface Transport {
  /** What the connections lead to, for messages: `https://localhost:8443`. */
  readonly origin: string;
  /**
   * Opens a connection.
   * @param signal gives the attempt up
   * @throws {TrefoilError} `unavailable` with a sentence that says what to mend
   */
  connect(signal: AbortSignal): Promise<TransportConnection>;
}
