// An answer on an HTTP/2 stream as it arrives, byte for byte, with the moment at which each piece came.

import type { ClientHttp2Stream } from "node:http2";
import type { Clock } from "@trefoil/protocol/clock";
import { Violation } from "../verdict.js";
import { StrictReader } from "./strict-reader.js";

/** Most bytes that are kept of one answer. */
const maxBody = 4 * 1_048_576;

/** One stream of a line: what the server has said on it so far. */
export class Answer {
  readonly stream: ClientHttp2Stream;
  status: number | undefined;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>> = {};
  /** Whether the server has ended the stream by END_STREAM. */
  ended = false;
  /** The code of RST_STREAM, or 0, once the stream is closed. */
  closedWith: number | undefined;
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  readonly #watchers = new Set<() => void>();

  /** @param patience milliseconds that {@link until} waits unless told otherwise */
  constructor(stream: ClientHttp2Stream, clock: Clock, patience: number) {
    this.stream = stream;
    this.#clock = clock;
    this.#patience = patience;
    stream.on("error", () => undefined);
    stream.on("response", (headers) => {
      this.status = headers[":status"];
      this.headers = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      );
      this.#tell();
    });
    stream.on("data", (chunk: Buffer) => {
      this.#length += chunk.length;
      if (this.#length > maxBody) stream.close(8);
      else this.#chunks.push(chunk);
      this.#tell();
    });
    stream.on("end", () => {
      // Node.js ends the body of a stream that was reset by CANCEL too.
      this.ended = (stream.rstCode ?? 0) === 0;
      this.#tell();
    });
    stream.on("close", () => {
      this.closedWith = stream.rstCode;
      this.#tell();
    });
  }

  /** The bytes so far. */
  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Whether nothing else can come. */
  get over(): boolean {
    return this.ended || this.closedWith !== undefined;
  }

  get contentType(): string {
    return this.headers["content-type"] ?? "";
  }

  /** The bytes so far as devices that shipped read them. @throws {Violation} where there is no boundary to read them by */
  read(): StrictReader {
    return new StrictReader(this.contentType).push(this.body);
  }

  /**
   * Waits until what has come satisfies `condition`.
   * @param expected what is waited for, for the report
   * @param patience milliseconds
   * @throws {Violation} where it does not come, or cannot any more
   */
  async until(
    condition: (answer: this) => boolean,
    expected: string,
    patience = this.#patience,
  ): Promise<this> {
    if (await this.within(condition, patience)) return this;
    throw new Violation(expected, this.describe(patience));
  }

  /** Like {@link until}, but answers whether it came. */
  async within(condition: (answer: this) => boolean, patience: number): Promise<boolean> {
    if (condition(this)) return true;
    return new Promise<boolean>((resolve) => {
      const settle = (came: boolean): void => {
        timer.cancel();
        this.#watchers.delete(look);
        resolve(came);
      };
      const look = (): void => {
        if (condition(this)) settle(true);
        else if (this.closedWith !== undefined) settle(false);
      };
      const timer = this.#clock.after(patience, () => settle(false));
      this.#watchers.add(look);
    });
  }

  /** Waits for the status. */
  withStatus(patience?: number): Promise<this> {
    return this.until(({ status }) => status !== undefined, "a status", patience);
  }

  /** Waits until the server has ended the stream. */
  whole(patience?: number): Promise<this> {
    return this.until(({ ended }) => ended, "an answer that ends with END_STREAM", patience);
  }

  /** What has come, in a few words. */
  describe(patience = this.#patience): string {
    const words: string[] = [];
    if (this.status === undefined) words.push("no status");
    else words.push(`status ${this.status}`);
    const told = this.#told();
    if (told !== undefined) words.push(told);
    else if (this.#length > 0) words.push(`${this.#length} bytes: ${excerpt(this.body)}`);
    if (this.closedWith !== undefined && !this.ended) {
      words.push(
        this.closedWith === 0 ? "the connection was cut" : `RST_STREAM ${this.closedWith}`,
      );
    } else if (this.ended) words.push("END_STREAM");
    else words.push(`nothing more within ${Number((patience / 1000).toFixed(1))} s`);
    return words.join(", ");
  }

  /** What a refusal says of itself, where it can be read. */
  #told(): string | undefined {
    if (this.status === undefined || this.status < 400 || this.contentType === "") return undefined;
    try {
      const [directive] = this.read().directives;
      return directive && `${directive.name} ${JSON.stringify(directive.payload)}`;
    } catch {
      return undefined;
    }
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** The beginning of some bytes, readable on one line. */
export function excerpt(bytes: Buffer, length = 160): string {
  const text = JSON.stringify(bytes.subarray(0, length).toString("latin1"));
  return bytes.length > length ? `${text}...` : text;
}
