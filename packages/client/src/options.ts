// What a client is made with: each option with its default and a sane range.

import type { Clock } from "@trefoil/protocol/clock";
import type { ClientCredentials, DeviceIdentity, TokenStore } from "./auth/index.js";
import { type ConnectionSettings, connectionDefaults } from "./connection/index.js";
import { checkSettings } from "./check-settings.js";
import type { DirectiveLimits } from "./directives/index.js";
import { type EventSettings, eventDefaults } from "./events/index.js";
import type { HttpExchange } from "./http/index.js";
import type { Transport } from "./transport/index.js";

/** Everything that a client can be told. */
export interface ClientOptions {
  /** The authorization server: `https://host[:port][/prefix]`. */
  readonly authUrl: string | URL;
  /** What the client was registered with. */
  readonly client: ClientCredentials;
  /** Which device this is. */
  readonly device: DeviceIdentity;
  /** How the gateway is reached. On Node.js `createClient` of `@trefoil/client/node` makes it from an address. */
  readonly transport: Transport;
  /** How the authorization server is reached. Default: `fetch`. */
  readonly http?: HttpExchange;
  /** Where tokens are kept. Default: in memory, so that the device signs in after each start. */
  readonly tokenStore?: TokenStore;
  /** The `User-Agent` of every request: `Maker/Product/1.2.3 (OS;hardware;key=value)`. */
  readonly userAgent?: string;
  /** How the connection is kept; see each setting. */
  readonly connection?: Partial<ConnectionSettings>;
  /** How events are sent; see each setting. */
  readonly events?: Partial<EventSettings>;
  /** How much is taken from the gateway; see {@link LimitSettings}. */
  readonly limits?: Partial<LimitSettings>;
  /** Default: real time. */
  readonly clock?: Clock;
  /** 0 <= random() < 1, for jitter alone. Default: `Math.random`. */
  readonly random?: () => number;
}

/** How much is taken from the gateway. */
export interface LimitSettings {
  /** Parts of one response to an event. Default 256; sane from 16 to 4,096. */
  readonly maxParts: number;
  /** Bytes of one directive's JSON. Default 1 MiB. */
  readonly maxDirectiveBytes: number;
  /** Bytes of one part's headers. Default 16 KiB. */
  readonly maxPartHeaderBytes: number;
  /** Bytes of attachments held for readers, per response. Default 16 MiB. */
  readonly maxHeldBytes: number;
  /** Attachments of one response that came before the directive that names them, or the other way about. Default 32. */
  readonly maxWaiting: number;
  /** Bytes that wait before a reader of an attachment until the gateway is slowed. Default 256 KiB. */
  readonly pauseAboveBytes: number;
  /** Ids of directives that are remembered, so that a repeat is dropped. Default 2,048: twice what a gateway queues. */
  readonly rememberedDirectives: number;
}

/** The defaults. */
export const limitDefaults: LimitSettings = {
  maxParts: 256,
  maxDirectiveBytes: 1_048_576,
  maxPartHeaderBytes: 16_384,
  maxHeldBytes: 16_777_216,
  maxWaiting: 32,
  pauseAboveBytes: 262_144,
  rememberedDirectives: 2_048,
};

/** The settings of one client, complete. */
export interface ClientSettings {
  readonly connection: ConnectionSettings;
  readonly events: EventSettings;
  readonly limits: LimitSettings;
}

/** Fills in the defaults. @throws {TrefoilError} as `checkSettings` */
export function settingsOf(options: ClientOptions): ClientSettings {
  const settings = {
    connection: { ...connectionDefaults, ...options.connection },
    events: { ...eventDefaults, ...options.events },
    limits: { ...limitDefaults, ...options.limits },
  };
  checkSettings(settings);
  return settings;
}

/** The bounds of one response; the downchannel has no end, and carries what must not wait for a slow reader. */
export function limitsOf(settings: LimitSettings, of: "downchannel" | "response"): DirectiveLimits {
  return of === "response"
    ? settings
    : { ...settings, maxParts: Infinity, pauseAboveBytes: undefined };
}
