// What the gateway says to a device that has a token: the downchannel, its first directive, an event, PING.

import {
  MemoryTokenStore,
  type Client,
  type Tokens,
  createClient,
  nodeHttp2Transport,
} from "@trefoil/client/node";
import type { Clock } from "@trefoil/protocol/clock";
import { type ErrorCode, isTrefoilError } from "@trefoil/protocol/errors";
import type { Subject } from "../../known-server/index.js";
import { type Finding, bad, doubtful, good } from "../finding.js";
import { median, milliseconds } from "../latency.js";
import { messageOf } from "./authorization.js";

/** Milliseconds that each of these steps may take. */
const patience = 10_000;
/** PINGs of one measurement. */
const pings = 5;
/** An event that no server knows: it must be taken, and does nothing. */
const harmless = "TrefoilDoctor.Examination";

/** A device at the gateway. */
export class Visit {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #hello: Promise<number>;

  constructor(subject: Subject, tokens: Tokens, clock: Clock) {
    this.#clock = clock;
    const store = new MemoryTokenStore();
    void store.save(tokens);
    this.#client = createClient({
      authUrl: subject.authUrl,
      gatewayUrl: subject.gatewayUrl,
      client: {
        id: subject.credentials?.clientId ?? "none",
        secret: subject.credentials?.clientSecret ?? "none",
      },
      device: { id: subject.deviceId, model: subject.credentials?.model ?? "none" },
      tls: subject.tls,
      tokenStore: store,
    });
    this.#hello = new Promise((resolve) => {
      this.#client.watch((notice) => {
        if (notice.kind === "directive" && notice.directive.name === "Clova.Hello") {
          resolve(performance.now());
        }
      });
    });
  }

  /** Opens the downchannel. */
  async downchannel(): Promise<Finding> {
    try {
      await this.#client.connect({ signal: AbortSignal.timeout(patience) });
      return good("GET /v1/directives is answered 200");
    } catch (error) {
      return bad(messageOf(error), adviceOnGateway(error));
    }
  }

  /** Waits for the first directive. */
  async hello(): Promise<Finding> {
    const begun = performance.now();
    const at = await this.#within(this.#hello, patience);
    if (at === undefined) {
      return bad(
        `no Clova.Hello within ${patience / 1_000} s`,
        "something between holds the answer back: switch off response buffering in the proxy (nginx: grpc_pass, or no proxy at all)",
      );
    }
    const late = Math.max(0, at - begun);
    return late > 1_000
      ? doubtful(
          `Clova.Hello came ${milliseconds(late)} after the status`,
          "a proxy may be buffering; directives will be late",
        )
      : good("Clova.Hello has come, with the delimiter after it");
  }

  /** Sends an event. */
  async event(): Promise<Finding> {
    try {
      const answer = await this.#client.send(
        harmless,
        {},
        { signal: AbortSignal.timeout(patience) },
      );
      await answer.directives();
      return answer.status === 204
        ? good("an event is taken (204)")
        : doubtful(
            `an unknown event is answered ${answer.status}`,
            "devices that shipped expect 204 for events that a server does not know",
          );
    } catch (error) {
      const is412 = isTrefoilError(error) && error.code === "no_downchannel";
      return bad(
        messageOf(error),
        is412
          ? "a proxy spreads the device's streams over several connections: gateway.connectionAffinity can be same-device"
          : adviceOnGateway(error),
      );
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #within<T>(promise: Promise<T>, limit: number): Promise<T | undefined> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(limit, () => resolve(undefined));
      void promise.then((value) => {
        timer.cancel();
        resolve(value);
      });
    });
  }
}

/** Measures PING on a connection of its own. */
export async function pingStep(
  subject: Subject,
): Promise<{ readonly finding: Finding; readonly figures: Readonly<Record<string, number>> }> {
  const signal = AbortSignal.timeout(patience);
  try {
    const connection = await nodeHttp2Transport(subject.gatewayUrl, subject.tls).connect(signal);
    const figures: number[] = [];
    try {
      for (let index = 0; index < pings; index++) {
        const begun = performance.now();
        await Promise.race([connection.ping?.(), aborted(signal)]);
        figures.push(performance.now() - begun);
      }
    } finally {
      connection.destroy();
    }
    const [middle, longest] = [median(figures), Math.max(...figures)];
    return {
      finding: good(
        `PING is acknowledged: ${milliseconds(middle)} in the middle, ${milliseconds(longest)} at most, of ${pings}`,
      ),
      figures: { median: middle, longest },
    };
  } catch (error) {
    return {
      finding: bad(
        `PING is not acknowledged: ${messageOf(error)}`,
        "the device would reconnect every minute: look for a proxy that drops PING frames",
      ),
      figures: {},
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("no ACK in time")), { once: true });
  });
}

const strangers =
  "the gateway does not take the authorization server's token: do both use the same database?";

const adviceByCode: Partial<Record<ErrorCode, string>> = {
  invalid_token: strangers,
  access_denied: strangers,
  user_agent_rejected:
    "gateway.userAgentPolicy is reject: register the User-Agent, or set it to ignore",
  too_many_requests: "wait a second: another device of this name connects at the same time",
};

function adviceOnGateway(error: unknown): string {
  const known = isTrefoilError(error) ? adviceByCode[error.code] : undefined;
  return known ?? "look at the server's log, and at what stands between";
}
