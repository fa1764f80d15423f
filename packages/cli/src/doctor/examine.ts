// The examination: step by step as a device goes, until one keeps it from going on.

import type { Clock } from "@trefoil/protocol/clock";
import { type Tokens, httpsExchange } from "@trefoil/client/node";
import type { Subject } from "../known-server/index.js";
import { type Finding, type Step, bad, skipped } from "./finding.js";
import {
  authorizationServer,
  authorizeStep,
  clockStep,
  messageOf,
  metadataStep,
  tokenStep,
} from "./steps/authorization.js";
import { Visit, pingStep } from "./steps/gateway.js";
import {
  alpnStep,
  certificateStep,
  connectionStep,
  nameStep,
  notReached,
  placeOf,
} from "./steps/network.js";

/**
 * Examines a server.
 * @param told called after each step
 */
export async function examine(
  subject: Subject,
  clock: Clock,
  told: (step: Step) => void,
): Promise<readonly Step[]> {
  const examination = new Examination(subject, clock, told);
  await examination.run();
  return examination.steps;
}

type Outcome = { readonly finding: Finding; readonly figures?: Readonly<Record<string, number>> };

class Examination {
  readonly steps: Step[] = [];
  readonly #subject: Subject;
  readonly #clock: Clock;
  readonly #told: (step: Step) => void;
  /** The step that nothing after it on the same server can be looked at without, by server. */
  readonly #blocked = new Map<string, string>();

  constructor(subject: Subject, clock: Clock, told: (step: Step) => void) {
    this.#subject = subject;
    this.#clock = clock;
    this.#told = told;
  }

  async run(): Promise<void> {
    const { authUrl, gatewayUrl } = this.#subject;
    for (const url of new Map([authUrl, gatewayUrl].map((each) => [each.host, each])).values()) {
      await this.#network(url);
    }
    await this.#step("HTTP/2", gatewayUrl, true, async () => ({
      finding: await alpnStep(placeOf(gatewayUrl), this.#subject.tls, this.#clock),
    }));
    await this.#devices(await this.#signIn());
  }

  async #network(url: URL): Promise<void> {
    const place = placeOf(url);
    await this.#step("name", url, true, async () => ({ finding: await nameStep(place) }));
    await this.#step("connection", url, true, async () => ({
      finding: await connectionStep(place, this.#clock),
    }));
    if (url.protocol !== "https:") return;
    // What would be sent after this is secret: not over a connection that anybody may hold the other end of.
    await this.#step("certificate", url, true, async () => ({
      finding: await certificateStep(place, this.#subject.tls, this.#clock),
    }));
  }

  async #signIn(): Promise<Tokens | undefined> {
    const { authUrl, credentials, accessToken, tls } = this.#subject;
    if (accessToken !== undefined) {
      const issuedAt = this.#clock.now();
      return { accessToken, refreshToken: "none", issuedAt, expiresAt: issuedAt + 86_400_000 };
    }
    const http = httpsExchange(tls);
    await this.#step("clock", authUrl, false, async () => ({
      finding: await clockStep(authUrl, http, this.#clock),
    }));
    await this.#step("metadata", authUrl, false, async () => ({
      finding: await metadataStep(authUrl, http),
    }));
    if (credentials === undefined) {
      const finding = skipped(`not tried: give ${this.#subject.missing.join(", ")}`);
      await this.#step("/authorize", authUrl, false, () => Promise.resolve({ finding }));
      return undefined;
    }
    const server = authorizationServer(this.#subject, credentials, http, this.#clock);
    let code: string | undefined;
    await this.#step("/authorize", authUrl, false, async () => {
      const outcome = await authorizeStep(server, credentials);
      code = outcome.code;
      return outcome;
    });
    const known = code;
    let tokens: Tokens | undefined;
    await this.#step("/token", authUrl, false, async () => {
      if (known === undefined) return { finding: notReached("/authorize") };
      const outcome = await tokenStep(server, known, this.#clock);
      tokens = outcome.tokens;
      return outcome;
    });
    return tokens;
  }

  async #devices(tokens: Tokens | undefined): Promise<void> {
    const { gatewayUrl } = this.#subject;
    if (tokens !== undefined) {
      const visit = new Visit(this.#subject, tokens, this.#clock);
      try {
        await this.#step("downchannel", gatewayUrl, true, async () => ({
          finding: await visit.downchannel(),
        }));
        await this.#step("Clova.Hello", gatewayUrl, false, async () => ({
          finding: await visit.hello(),
        }));
        await this.#step("event", gatewayUrl, false, async () => ({
          finding: await visit.event(),
        }));
      } finally {
        await visit.close();
        await this.#giveBack(tokens);
      }
    } else {
      const finding = skipped("not tried: there is no access token");
      await this.#step("downchannel", gatewayUrl, false, () => Promise.resolve({ finding }));
    }
    await this.#step("PING", gatewayUrl, false, () => pingStep(this.#subject));
  }

  /** The examination leaves no token behind. */
  async #giveBack(tokens: Tokens): Promise<void> {
    const { credentials, tls, accessToken } = this.#subject;
    if (credentials === undefined || accessToken !== undefined) return;
    const server = authorizationServer(this.#subject, credentials, httpsExchange(tls), this.#clock);
    await server.delete(tokens.accessToken).catch(() => undefined);
  }

  /** @param isNeeded whether nothing can be looked at on this server where it is bad */
  async #step(
    name: string,
    { host }: URL,
    isNeeded: boolean,
    look: () => Promise<Outcome>,
  ): Promise<void> {
    const begun = performance.now();
    const before = this.#blocked.get(host);
    const { finding, figures = {} } =
      before === undefined ? await look().catch(unexpected) : { finding: notReached(before) };
    const step = { name, server: host, finding, took: performance.now() - begun, figures };
    if (finding.kind === "bad" && isNeeded) this.#blocked.set(host, name);
    this.steps.push(step);
    this.#told(step);
  }
}

function unexpected(error: unknown): Outcome {
  return { finding: bad(messageOf(error), "look at the server's log, and at what stands between") };
}
