// The authorization server as a device sees it: one method a request, each with a typed outcome.

import type { Clock } from "@trefoil/protocol/clock";
import type { HttpExchange } from "../http/index.js";
import { type AuthorizeOutcome, authorizeOutcome, authorizeRequest } from "./authorize.js";
import type { AccountProof, ClientCredentials, DeviceIdentity } from "./credentials.js";
import {
  type DeviceAuthorization,
  type DeviceFlowAnswer,
  deviceAuthorizationOf,
  deviceAuthorizationRequest,
  deviceFlowAnswer,
  deviceTokenRequest,
} from "./device-flow.js";
import { refusalError, refusalOf } from "./oauth-answer.js";
import { type RefreshOutcome, refreshOutcome, tokenRequest, tokensOf } from "./token-endpoint.js";
import type { Tokens } from "./tokens.js";

/** What {@link AuthorizationServer} needs to know. */
export interface AuthorizationServerOptions {
  /** Where `/authorize` and `/token` are: `https://host[:port][/prefix]`. */
  readonly baseUrl: string | URL;
  readonly client: ClientCredentials;
  readonly device: DeviceIdentity;
  readonly http: HttpExchange;
  readonly clock: Clock;
}

/** Speaks to `/authorize` and `/token` for one device. Keeps nothing. */
export class AuthorizationServer {
  readonly #options: AuthorizationServerOptions;
  readonly #authorizeUrl: URL;
  readonly #tokenUrl: URL;
  readonly #deviceAuthorizationUrl: URL;

  constructor(options: AuthorizationServerOptions) {
    const base = String(options.baseUrl).replace(/\/+$/, "");
    this.#options = options;
    this.#authorizeUrl = new URL(`${base}/authorize`);
    this.#tokenUrl = new URL(`${base}/token`);
    this.#deviceAuthorizationUrl = new URL(`${base}/device_authorization`);
  }

  /**
   * Asks for an authorization code. Call {@link exchange} with it next.
   * @throws {TrefoilError} where the request was wrong, the server failed or could not be reached
   */
  async authorize(proof: AccountProof): Promise<AuthorizeOutcome> {
    const { client, device, http, clock } = this.#options;
    const state = globalThis.crypto.randomUUID();
    const answer = await http(authorizeRequest(this.#authorizeUrl, proof, client, device, state));
    return authorizeOutcome(answer, state, clock.now());
  }

  /**
   * Exchanges an authorization code, once, for tokens.
   * @throws {TrefoilError} `invalid_grant` where the code is unknown, used, too old or waits for the terms to be agreed to
   */
  async exchange(code: string): Promise<Tokens> {
    const { client, device, http, clock } = this.#options;
    const grant = { kind: "authorization_code", code } as const;
    return tokensOf(await http(tokenRequest(this.#tokenUrl, grant, client, device)), clock.now());
  }

  /**
   * Asks for a code that a person types on a page. Ask {@link deviceTokens} with it next, again and again.
   * @throws {TrefoilError} where the server refuses, has no such page or could not be reached
   */
  async deviceAuthorization(): Promise<DeviceAuthorization> {
    const { client, device, http, clock } = this.#options;
    const request = deviceAuthorizationRequest(this.#deviceAuthorizationUrl, client, device);
    return deviceAuthorizationOf(await http(request), clock.now());
  }

  /**
   * Asks whether the person has let the device in.
   * @throws {TrefoilError} where asking again is of no use; `unavailable` where the server could not be reached
   */
  async deviceTokens(deviceCode: string): Promise<DeviceFlowAnswer> {
    const { client, device, http, clock } = this.#options;
    return deviceFlowAnswer(
      await http(deviceTokenRequest(this.#tokenUrl, deviceCode, client, device)),
      clock.now(),
    );
  }

  /** Exchanges a refresh token for a new pair. @throws {TrefoilError} `unavailable` where the server cannot be reached */
  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    const { client, device, http, clock } = this.#options;
    const grant = { kind: "refresh_token", refreshToken } as const;
    return refreshOutcome(
      await http(tokenRequest(this.#tokenUrl, grant, client, device)),
      clock.now(),
    );
  }

  /**
   * Revokes an access token with its refresh token; the device's downchannel ends.
   * @throws {TrefoilError} where the server refuses or cannot be reached
   */
  async delete(accessToken: string): Promise<void> {
    const { client, device, http, clock } = this.#options;
    const grant = { kind: "delete", accessToken } as const;
    const answer = await http(tokenRequest(this.#tokenUrl, grant, client, device));
    if (answer.status !== 200) {
      throw refusalError(
        "The authorization server refused to delete the token",
        refusalOf(answer, clock.now()),
      );
    }
  }
}
