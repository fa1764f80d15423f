// Clients in the admin API.

import type { z } from "zod";
import type { ClientRegistry } from "../auth/index.js";
import { timestamp } from "./devices.js";
import type { clientSchema } from "./schemas.js";

/** The registered clients. */
export type ClientDirectory = Pick<ClientRegistry, "create" | "get" | "list">;

/** What is stored of one client, without its secrets. */
export type ClientDescription = NonNullable<Awaited<ReturnType<ClientDirectory["get"]>>>;

/** A client as the admin API shows it. */
export function describeClient(client: ClientDescription): z.output<typeof clientSchema> {
  return {
    clientId: client.clientId,
    name: client.name,
    redirectUris: [...client.redirectUris],
    createdAt: timestamp(client.createdAt),
    disabledAt: client.disabledAt === null ? null : timestamp(client.disabledAt),
  };
}
