// Requests over HTTP/1.1 with kept connections: what an app, a device at /token, or a backend at the admin API sends.

import { Agent, request } from "node:https";

/** An answer; its body is JSON, or text where it is none. */
export interface WebAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A kept connection turned out to be closed before anything was answered on it. */
class ClosedMeanwhile extends Error {}

/** A client of one origin on this machine. */
export class WebClient {
  readonly #agent: Agent;
  readonly #port: number;

  /** @param connections how many at once */
  constructor(port: number, ca: string, connections: number) {
    this.#port = port;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      ca,
      host: "127.0.0.1",
      servername: "localhost",
      noDelay: true,
    });
  }

  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = "",
  ): Promise<WebAnswer> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#send(method, path, headers, body);
      } catch (error) {
        // While others were measured the server has closed connections that it kept long enough, maybe all of them: RFC 9110
        // section 9.2.2.
        if (!(error instanceof ClosedMeanwhile) || tries >= this.#agent.maxSockets) throw error;
      }
    }
  }

  #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<WebAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: "127.0.0.1",
          port: this.#port,
          method,
          path,
          headers: {
            host: "localhost",
            ...headers,
            ...(body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) }),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (piece: string) => (text += piece));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: parsed(text) }),
          );
        },
      );
      outgoing.on("error", (error) => {
        reject(outgoing.reusedSocket ? new ClosedMeanwhile("closed", { cause: error }) : error);
      });
      outgoing.end(body);
    });
  }

  /** @throws where the status is not as expected */
  async expect(
    status: number,
    ...args: Parameters<WebClient["send"]>
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.send(...args);
    if (answer.status !== status) {
      const [method, path] = args;
      const body = JSON.stringify(answer.body);
      throw new Error(`${method} ${path.split("?")[0]} answered ${answer.status}: ${body}`);
    }
    return answer.body as Readonly<Record<string, unknown>>;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Does `work` for every item, so many at a time. */
export async function inParallel<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items].entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
