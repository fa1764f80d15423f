// The parts of a client, put together: which one asks which, and what each one tells.

import { type Clock, systemClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { type EventEnvelope, nameOf } from "@trefoil/protocol/messages";
import { AuthorizationServer, MemoryTokenStore, TokenKeeper } from "./auth/index.js";
import { Connection, type ConnectionState } from "./connection/index.js";
import { ContextProviders } from "./context/index.js";
import { DirectiveIntake } from "./directive-intake.js";
import { DirectiveHandlers, type OwnUse } from "./directives/index.js";
import { EventSender } from "./events/index.js";
import { fetchExchange } from "./http/index.js";
import type { ClientNotice } from "./notices.js";
import { type ClientOptions, type ClientSettings, limitsOf, settingsOf } from "./options.js";
import { defaultUserAgent } from "./version.js";

/** What a client is made of. */
export interface ClientParts {
  readonly clock: Clock;
  readonly settings: ClientSettings;
  readonly server: AuthorizationServer;
  readonly keeper: TokenKeeper;
  readonly connection: Connection;
  readonly sender: EventSender;
  readonly intake: DirectiveIntake;
  readonly handlers: DirectiveHandlers;
  readonly context: ContextProviders;
}

/** Who hears of what happens. */
export interface AssemblyListener {
  notify(notice: ClientNotice): void;
  changed(state: ConnectionState, previous: ConnectionState): void;
  signInNeeded(error: TrefoilError): void;
  /** The client's own use of a directive. */
  readonly take: OwnUse;
}

/**
 * Makes the parts of a client.
 * @throws {TrefoilError} `invalid_request` where the User-Agent cannot stand in a header, or a setting makes no sense
 */
export function assemble(options: ClientOptions, listener: AssemblyListener): ClientParts {
  const { clock = systemClock, random = Math.random, client, device } = options;
  const settings = settingsOf(options);
  const headers = requestHeaders(options.userAgent ?? defaultUserAgent());
  const notify = (notice: ClientNotice) => listener.notify(notice);
  const context = new ContextProviders((name, error) =>
    notify({ kind: "context-failed", name, error }),
  );
  const handlers = new DirectiveHandlers(
    (directive, error) => notify({ kind: "handler-failed", directive, error }),
    (directive) => listener.take(directive),
  );
  const intake = new DirectiveIntake(handlers, settings.limits.rememberedDirectives, notify);
  const server = new AuthorizationServer({
    baseUrl: options.authUrl,
    client,
    device,
    http: options.http ?? fetchExchange,
    clock,
  });
  const keeper = new TokenKeeper({
    server,
    store: options.tokenStore ?? new MemoryTokenStore(),
    clock,
    random,
    listener: {
      refreshed: ({ expiresAt }) => notify({ kind: "tokens-refreshed", expiresAt }),
      signInNeeded: (error) => listener.signInNeeded(error),
      storeFailed: (error) => notify({ kind: "token-store-failed", error }),
    },
  });
  const connection = new Connection({
    transport: options.transport,
    tokens: keeper,
    settings: settings.connection,
    clock,
    random,
    headers,
    listener: {
      changed: (state, previous) => listener.changed(state, previous),
      contested: () => notify({ kind: "connection-contested" }),
      downchannel: (response) =>
        intake.downchannel(response, limitsOf(settings.limits, "downchannel")),
    },
  });
  const sender = new EventSender({
    connection: {
      get channel() {
        return connection.channel;
      },
      accessToken: () => keeper.accessToken(),
      renew: (rejected) => keeper.renew(rejected),
      voidChannel: (channel, cause) => connection.input({ kind: "channel-void", channel, cause }),
      signInNeeded: (cause) => connection.input({ kind: "sign-in-needed", cause }),
      headers,
    },
    settings: settings.events,
    clock,
    random,
    listener: {
      queued: (event) => notify({ kind: "event-queued", ...idsOf(event) }),
      givenUp: (event, reason, error) =>
        notify({ kind: "event-given-up", ...idsOf(event), reason, error }),
      dialogue: (kind, id) => intake.dialogue.input({ kind, id }),
      read: (response, answer) =>
        intake.response(response, answer, limitsOf(settings.limits, "response")),
    },
  });
  return { clock, settings, server, keeper, connection, sender, intake, handlers, context };
}

function requestHeaders(userAgent: string) {
  if (!/^[\x20-\x7e]*$/.test(userAgent)) {
    throw new TrefoilError(
      "invalid_request",
      "The User-Agent holds characters that no header may.",
    );
  }
  return (accessToken: string) => ({
    authorization: `Bearer ${accessToken}`,
    "user-agent": userAgent,
  });
}

function idsOf({ event: { header } }: EventEnvelope) {
  return { name: nameOf(header), messageId: header.messageId };
}
