// `/sign-in/outside` and `/sign-in/outside/back`: people sign in on the account pages at a provider elsewhere. What the two
// ends of the way must have in common follows from one secret in a cookie, so that nothing is stored for who never comes back.
// @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1

import { continueParameter, continuePath } from "../../pages/continue-path.js";
import { cookieNames, cookieOf } from "../../pages/cookies.js";
import type { Visit } from "../../pages/visit.js";
import type { AuditTrail } from "../../audit-trail.js";
import {
  type Random,
  encodeBase64Url,
  equalHashes,
  hashOf,
  mac,
  newSecret,
} from "../../secrets.js";
import { type EndpointLimits, slowDown } from "../../limits/endpoint-limits.js";
import type { ExternalIdentityProvider } from "./external-identity-provider.js";
import type { ExternalSettings } from "./presets.js";
import type { ProviderClient } from "./provider-client.js";
import { TrefoilError } from "@trefoil/protocol/errors";

/** Where the way begins, and where it ends. */
export const outsidePath = "/sign-in/outside";
export const outsideBackPath = "/sign-in/outside/back";

export interface SignInOutsideParts {
  readonly settings: ExternalSettings;
  readonly client: ProviderClient;
  readonly identityProvider: ExternalIdentityProvider;
  readonly random: Random;
  readonly audit: AuditTrail;
  readonly limits: EndpointLimits;
  /** Where this server is reached, without a slash at its end. */
  readonly origin: () => string;
}

/** How long the way may take. Seconds. */
const lifetime = 900;

export class SignInOutside {
  readonly #parts: SignInOutsideParts;

  constructor(parts: SignInOutsideParts) {
    this.#parts = parts;
  }

  /** How people call the provider. */
  get name(): string {
    return this.#parts.settings.name;
  }

  /** Sends the browser there. */
  async leave(visit: Visit): Promise<Response> {
    const { client, settings, random, origin } = this.#parts;
    const secret = newSecret(random);
    const derived = derive(secret, continuePath(visit.query(continueParameter)));
    visit.keepCookie(cookieNames.outside, secret, lifetime);
    const url = await client.authorizationUrl({
      redirect_uri: `${origin()}${outsideBackPath}`,
      ...(settings.scope === "" ? {} : { scope: settings.scope }),
      state: derived.state,
      nonce: derived.nonce,
      code_challenge: encodeBase64Url(hashOf(derived.codeVerifier)),
      code_challenge_method: "S256",
    });
    return visit.redirect(url.href);
  }

  /**
   * Takes the browser back.
   * @throws TrefoilError `access_denied` where something does not fit, or the person said no; `too_many_requests`
   */
  async comeBack(visit: Visit): Promise<Response> {
    const { client, identityProvider, audit, limits, origin } = this.#parts;
    const { remoteAddress } = visit.caller;
    const asker = { clientId: outsideBackPath, remoteAddress };
    const exhausted = limits.exhausted(asker);
    // Each way back asks the provider: made-up codes are guesses like others.
    if (exhausted.of === "address") throw slowDown(exhausted.retryAfter);
    const secret = cookieOf(visit.request, cookieNames.outside);
    const next = nextIn(visit.query("state"), secret);
    const person =
      secret === undefined || next === undefined
        ? undefined
        : await client.personComingBack(
            new URL(`${origin()}${outsideBackPath}${visit.url.search}`),
            derive(secret, next),
          );
    if (person === undefined || next === undefined) {
      const denied = new TrefoilError(
        "access_denied",
        "Signing in at the identity provider did not work.",
      );
      if (limits.failed(asker, denied)) {
        audit.record({ event: "account.sign_in", outcome: "access_denied", remoteAddress });
      }
      throw denied;
    }
    const accountId = await identityProvider.accountFor(person);
    visit.dropCookie(cookieNames.outside);
    await visit.signIn(accountId);
    audit.record({ event: "account.sign_in", outcome: "ok", accountId, remoteAddress });
    return visit.redirect(next);
  }
}

/** What both ends have in common. @param next where to go on to; it travels in the state, signed */
function derive(secret: string, next: string) {
  const key = hashOf(`trefoil outside\0${secret}`);
  const of = (...what: readonly string[]) => encodeBase64Url(mac(key, what.join("\0")));
  const travelling = encodeBase64Url(Buffer.from(next));
  return {
    state: `${of("state", travelling)}.${travelling}`,
    codeVerifier: of("verifier"),
    nonce: of("nonce"),
  };
}

/** Where to go on to, or undefined where the state is not this browser's. */
function nextIn(state: string, secret: string | undefined): string | undefined {
  const [, travelling] = state.split(".");
  if (secret === undefined || travelling === undefined) return undefined;
  const next = continuePath(Buffer.from(travelling, "base64url").toString("utf8"));
  const right = derive(secret, next).state;
  return equalHashes(Buffer.from(right), Buffer.from(state)) ? next : undefined;
}
