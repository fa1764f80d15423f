// What travels in the admin API: the shapes of requests and answers, from which the OpenAPI document is made too.

import { z } from "zod";

/** A text that names something: no name has control characters, and a database may take none. @param longest characters */
export const nameOf = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => !/\p{Cc}/u.test(text), "has control characters");

const id = nameOf(256);
const time = z.iso.datetime();

export const presenceSchema = z
  .object({
    since: time.describe("When the present downchannel was opened, or the last one ended."),
    remoteAddress: z.string(),
    userAgent: z.string(),
    node: z.string().describe("The server process that holds, or held, it."),
  })
  .describe("The connection of a device since the server was started.");

export const deviceConnectionSchema = presenceSchema
  .extend({
    deviceKey: z.string(),
    accountId: z.string().describe("Whose token opened the downchannel."),
    online: z.boolean().describe("Whether it has an open downchannel."),
    lastSeenAt: time,
  })
  .describe("A device that is connected, or that has just left.");

export const presenceListSchema = z.object({
  devices: z.array(deviceConnectionSchema).describe("Ordered by `deviceKey`."),
  next: z
    .string()
    .nullable()
    .describe("`after` of the request for the next page; null on the last one."),
});

export const deviceSchema = z
  .object({
    deviceKey: z.string().describe("Trefoil's own id of the device."),
    deviceId: z.string().describe("The `device_id` that the device sends."),
    clientId: z.string(),
    modelId: z.string(),
    accountId: z.string().describe("Whoever signed in on it last."),
    name: z.string().nullable().describe("As its owner calls it."),
    reportedName: z.string().nullable().describe("As it calls itself."),
    createdAt: time,
    lastSeenAt: time,
    online: z.boolean().describe("Whether it has an open downchannel."),
    presence: presenceSchema
      .nullable()
      .describe("Null: not connected since the server was started."),
  })
  .describe("One unit that signed in.");

export const deviceListSchema = z.object({
  devices: z.array(deviceSchema).describe("Ordered by `deviceKey`."),
  next: z
    .string()
    .nullable()
    .describe("`after` of the request for the next page; null on the last one."),
});

export const devicePathSchema = z.strictObject({
  id: nameOf(128).describe("A `deviceKey`, or a `device_id` that only one device has."),
});

export const deviceQuerySchema = z.strictObject({
  accountId: id.optional().describe("Only devices of this account."),
  clientId: id.optional().describe("Only devices of this client."),
  deviceId: id.optional().describe("Only devices with this `device_id`."),
  after: id.optional().describe("The `next` of the page before."),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe("Most devices of the page."),
});

export const presenceQuerySchema = deviceQuerySchema.pick({
  accountId: true,
  after: true,
  limit: true,
});

export const presenceEventsQuerySchema = z.strictObject({
  accountId: id.optional().describe("Only changes of this account's devices."),
  after: id
    .optional()
    .describe(
      "The `id` of the last event that was seen; the header `Last-Event-ID` does the same.",
    ),
});

export const eventStreamSchema = z.string().describe("Server-sent events.");

/** `Namespace.Name`, as the catalogue spells it. */
const messageName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*$/, "must be Namespace.Name")
  .describe("`Namespace.Name` of the directive, as in `Clova.RenderText`.");

export const directiveRequestSchema = z
  .strictObject({
    name: messageName,
    payload: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("What it says: any JSON object."),
    ttl: z
      .number()
      .int()
      .min(0)
      .max(31_536_000)
      .optional()
      .describe(
        "Seconds that it waits for the device; 0: now or never. Default: the setting `delivery.ttlSeconds`.",
      ),
    dialogRequestId: id
      .optional()
      .describe("The dialogue that it belongs to; a device drops what belongs to an older one."),
    messageId: id.optional().describe("Its own id; a fresh UUID unless given."),
    required: z
      .boolean()
      .default(false)
      .describe("Whether it is kept when the device's queue is full and the oldest are dropped."),
  })
  .describe("A directive to send.");

export const accountPathSchema = z.strictObject({
  accountId: id.describe("The account."),
});

/** How a body names a device. */
const deviceReference = nameOf(128).describe(
  "A `deviceKey`, or a `device_id` that only one device has.",
);

export const accountDirectiveRequestSchema = directiveRequestSchema
  .extend({
    except: z
      .union([deviceReference, z.array(deviceReference).max(1_000)])
      .default([])
      .describe("The device, or the devices, of the account that do not get it."),
  })
  .describe("A directive to send to the devices of an account.");

export const listDirectiveRequestSchema = directiveRequestSchema
  .extend({
    devices: z
      .array(deviceReference)
      .min(1)
      .max(1_000)
      .describe("Whom it is for; a device that is named twice gets it once."),
  })
  .describe("A directive to send to a list of devices.");

export const sendQuerySchema = z.strictObject({
  validate: z
    .enum(["true", "false"])
    .default("true")
    .describe(
      "Whether a directive in a namespace of the catalogue must be one that the catalogue has, with a payload as it says.",
    ),
});

export const sendResultSchema = z
  .object({
    outcome: z
      .enum(["queued", "written", "dropped"])
      .describe(
        "`queued`: stored, and delivered now or when the device comes. With `ttl` 0 `written`: on its way; `dropped`: the device was not there.",
      ),
    messageId: z.string().describe("The `messageId` that the device sees."),
    deviceKey: z.string().describe("The device that it went to."),
  })
  .describe("What became of a directive.");

export const deviceOutcomeSchema = z
  .object({
    device: z.string().describe("As the request named it; the `deviceKey` where it did not."),
    deviceKey: z.string().nullable().describe("Null: there is no such device."),
    outcome: z
      .enum(["queued", "written", "dropped", "failed"])
      .describe("As of a single device; `failed`: not accepted, this device will not get it."),
    error_description: z.string().optional().describe("Why it failed."),
  })
  .describe("What became of a directive for one of several devices.");

export const sendResultsSchema = z
  .object({
    messageId: z.string().describe("The `messageId` that every device sees."),
    devices: z.array(deviceOutcomeSchema),
  })
  .describe("What became of a directive for several devices, each for itself.");

export const clientSchema = z
  .object({
    clientId: z.string(),
    name: z.string(),
    redirectUris: z.array(z.string()),
    createdAt: time,
    disabledAt: time.nullable().describe("When it was switched off; null while it is on."),
  })
  .describe("A registered app or device model.");

export const clientListSchema = z.object({ clients: z.array(clientSchema) });

export const clientRequestSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(256).describe("For people to read."),
    clientId: z.string().min(1).max(256).optional().describe("A random one unless given."),
    redirectUris: z
      .array(z.string().min(1).max(2_048))
      .max(32)
      .default([])
      .describe(
        "Where pages may send a browser back to: absolute URIs without a fragment, compared exactly.",
      ),
  })
  .describe("A client to register.");

export const createdClientSchema = clientSchema
  .extend({
    clientSecret: z.string().describe("Shown here and never again: only its hash is stored."),
  })
  .describe("A client that was registered, with its secret.");

export const errorSchema = z
  .object({
    error: z.string().describe("A word of RFC 6749, RFC 6750 or the specification."),
    error_description: z.string().describe("What was wrong, for a developer."),
    retry_after: z.number().int().optional().describe("Seconds until a retry makes sense."),
  })
  .describe("An error.");
