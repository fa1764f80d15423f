// All chapters of the coverage table but that of messages, in order.

import type { Chapter } from "../row.js";
import { accounts, identity, operations, terms, tokens } from "./authorization-features.js";
import { accountSignInStatuses, authorizeStatuses, transportRules } from "./authorize-endpoint.js";
import { clientConnections, clientMessages, clientSignIn } from "./client.js";
import {
  deliveryRules,
  downchannels,
  endings,
  eventRules,
  hardening,
  observability,
} from "./gateway-behaviour.js";
import { requests, statuses } from "./gateway-requests.js";
import { adminApi, command, developerServerRules } from "./operating.js";
import { atAuthorization, atGateway, bytes } from "./shipped-devices.js";
import { codeStatuses, deleteStatuses, refreshStatuses } from "./token-endpoint.js";

export const chapters: readonly Chapter[] = [
  {
    title: "Authorization server",
    about: "Signing in, as the public guides and [protocol.md](protocol.md) tell it.",
    sections: [
      transportRules,
      authorizeStatuses,
      codeStatuses,
      refreshStatuses,
      deleteStatuses,
      accountSignInStatuses,
      tokens,
      terms,
      accounts,
      identity,
      operations,
    ],
  },
  {
    title: "Gateway",
    about:
      "Downchannels, events and pushes, as [protocol.md](protocol.md) and [delivery.md](delivery.md) tell it.",
    sections: [
      requests,
      statuses,
      downchannels,
      eventRules,
      deliveryRules,
      endings,
      hardening,
      observability,
    ],
  },
  {
    title: "Devices that shipped",
    about:
      "Facts about peers that cannot be changed any more. Each is tried over TLS against the whole server, by clients that know nothing of it.",
    sections: [atAuthorization, atGateway, bytes],
  },
  {
    title: "Running it",
    about: "The admin API, the developer server and the command.",
    sections: [adminApi, developerServerRules, command],
  },
  {
    title: "Device SDK",
    about: "What a client of the protocol does, and what `@trefoil/client` does for it.",
    sections: [clientSignIn, clientConnections, clientMessages],
  },
];
