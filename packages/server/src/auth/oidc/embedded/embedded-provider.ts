// The embedded OpenID Connect provider as the routes and the local identity provider see it: made when somebody asks for it.

import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { html } from "hono/html";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AuthConfig } from "../../../config/index.js";
import type { Logger } from "../../../logging/index.js";
import type { Database } from "../../../storage/index.js";
import type { AuditTrail } from "../../audit-trail.js";
import { type EndpointLimits, slowDown } from "../../limits/endpoint-limits.js";
import { acceptedLanguage } from "../../pages/language.js";
import { pageAnswer } from "../../pages/page.js";
import type { Sessions } from "../../pages/sessions.js";
import type { Visit } from "../../pages/visit.js";
import type { Random } from "../../secrets.js";
import { createProvider } from "./create-provider.js";
import { guardedAnswer } from "./guarded-answer.js";
import { formTargetOf, interactionPage } from "./interaction-page.js";
import { loadLibrary } from "./load-library.js";
import { interactionPath, issuerOf, mountPath } from "./mount-path.js";
import { answerByListener } from "./node-exchange.js";
import type { SigningKeys } from "./signing-keys.js";
import { consentWords } from "./words.js";

export interface EmbeddedProviderParts {
  readonly database: Database;
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly limits: EndpointLimits;
  readonly sessions: Sessions;
  /** Where this server is reached, without a slash at its end. */
  readonly origin: () => string;
  readonly signingKeys: () => Promise<SigningKeys>;
}

/** Largest request. Bytes. */
const maxBody = 65_536;

export class EmbeddedProvider {
  readonly #parts: EmbeddedProviderParts;
  #made: { readonly origin: string; readonly provider: Promise<Provider> } | undefined;

  constructor(parts: EmbeddedProviderParts) {
    this.#parts = parts;
  }

  /**
   * Answers a request below `/oidc` that is no page of ours.
   * @throws TrefoilError `too_many_requests`, `payload_too_large`, or `invalid_request` where the body breaks off
   */
  async answer(request: Request, remoteAddress: string): Promise<Response> {
    const { origin, limits } = this.#parts;
    const exhausted = limits.exhausted({ clientId: "", remoteAddress });
    if (request.method === "POST" && exhausted.of === "address") {
      throw slowDown(exhausted.retryAfter);
    }
    const provider = await this.#provider();
    const listener = provider.callback();
    const answer = await answerByListener(
      (incoming, response) => void listener(incoming, response),
      request,
      { origin: origin(), remoteAddress, maxBody, mountPath },
    );
    return guardedAnswer(answer);
  }

  /**
   * Answers `/oidc/auth`, where an app sends a browser to begin with.
   * @throws TrefoilError as {@link answer}
   */
  begin({ request, caller }: Visit): Promise<Response> {
    this.#parts.limits.takeAppSignIn(caller.remoteAddress);
    return this.answer(request, caller.remoteAddress);
  }

  /** Answers `/oidc/interaction/<uid>`. */
  async page(visit: Visit): Promise<Response> {
    const { database, audit, origin } = this.#parts;
    const provider = await this.#provider();
    return interactionPage({ provider, database, audit, origin: origin() }, visit);
  }

  /**
   * Where signing in may lead a browser that goes on to an interaction: its app.
   * @param path where signing in goes on to
   */
  async formTargetsOf(path: string): Promise<readonly string[]> {
    const [, uid] = new RegExp(`^${interactionPath}/([\\w-]{1,64})$`).exec(path) ?? [];
    if (uid === undefined) return [];
    const provider = await this.#provider();
    const interaction = await provider.Interaction.find(uid);
    const redirectUri = interaction?.params["redirect_uri"];
    return typeof redirectUri === "string" && URL.canParse(redirectUri)
      ? [formTargetOf(new URL(redirectUri))]
      : [];
  }

  /** Made anew where the origin has changed: in a server that did not listen yet it is not the last word. */
  #provider(): Promise<Provider> {
    const origin = this.#parts.origin();
    if (this.#made?.origin !== origin) {
      const provider = this.#make(origin);
      this.#made = { origin, provider };
      // A failure is not kept: the next request tries again.
      provider.catch(() => (this.#made = undefined));
    }
    return this.#made.provider;
  }

  async #make(origin: string): Promise<Provider> {
    const { log, signingKeys } = this.#parts;
    const [library, keys] = await Promise.all([loadLibrary(log), signingKeys()]);
    const provider = createProvider({
      ...this.#parts,
      library,
      issuer: issuerOf(origin),
      signingKeys: keys,
      showFailure,
    });
    this.#record(provider);
    return provider;
  }

  #record(provider: Provider): void {
    const { audit, limits } = this.#parts;
    const about = (ctx: KoaContextWithOIDC) => ({
      clientId: ctx.oidc.client?.clientId,
      accountId: ctx.oidc.account?.accountId,
      remoteAddress: ctx.req.socket.remoteAddress,
    });
    provider.on("grant.success", (ctx) => {
      const grantType = ctx.oidc.params?.["grant_type"];
      const detail = typeof grantType === "string" ? grantType : undefined;
      audit.record({ event: "oidc.token", outcome: "ok", ...about(ctx), detail });
    });
    provider.on("grant.error", (ctx, error) => {
      const who = about(ctx);
      const failure = failureOf(error.error, error.message);
      const asker = { clientId: who.clientId ?? "", remoteAddress: who.remoteAddress ?? "" };
      if (limits.failed(asker, failure)) {
        audit.record({ event: "oidc.token", outcome: error.error, ...who });
      }
    });
    provider.on("authorization.success", (ctx) =>
      audit.record({ event: "oidc.authorize", outcome: "ok", ...about(ctx) }),
    );
  }
}

/** A failure of the library as one of ours, so that guesses are counted as everywhere. */
function failureOf(error: string, sentence: string): TrefoilError {
  if (error === "invalid_client") return new TrefoilError("client_unauthenticated", sentence);
  if (error === "invalid_grant") return new TrefoilError("invalid_grant", sentence);
  return new TrefoilError("invalid_request", sentence);
}

/** A page in place of the library's own. It says nothing of what was sent. */
async function showFailure(ctx: KoaContextWithOIDC): Promise<void> {
  const language = acceptedLanguage(ctx.get("accept-language"));
  const words = consentWords[language];
  const answer = await pageAnswer({
    language,
    title: words.failedTitle,
    content: html`<div class="card"><p>${words.failed}</p></div>`,
    url: new URL(ctx.href),
    status: ctx.status,
  });
  for (const [name, value] of answer.headers) ctx.set(name, value);
  ctx.body = await answer.text();
}
