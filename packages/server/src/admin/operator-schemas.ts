// What travels when operators work on clients, accounts, tokens and the audit log.

import { z } from "zod";
import type { Account } from "../auth/index.js";
import { clientSchema, nameOf } from "./schemas.js";

const id = nameOf(256);
const time = z.iso.datetime();
const accountKind = z.enum(["local", "federated", "guest"] satisfies Account["kind"][]);
const pageSize = z.coerce
  .number()
  .int()
  .min(1)
  .max(1_000)
  .default(100)
  .describe("Most entries of the page.");
const next = z
  .string()
  .nullable()
  .describe("`after` of the request for the next page; null on the last one.");

export const clientPathSchema = z.strictObject({ clientId: id.describe("The client.") });

export const rotationRequestSchema = z
  .strictObject({
    overlap: z
      .number()
      .int()
      .min(0)
      .max(31_536_000)
      .optional()
      .describe(
        "Seconds that the secret before works on; without it until the next rotation. Older ones end at once.",
      ),
  })
  .describe("A new secret for a client.");

export const issuedSecretSchema = z
  .object({
    clientId: z.string(),
    clientSecret: z.string().describe("Shown here and never again: only its hash is stored."),
  })
  .describe("A client's new secret.");

export const redirectUrisRequestSchema = z
  .strictObject({ redirectUris: clientSchema.shape.redirectUris.max(32) })
  .describe("The redirect URIs that a client has from now on.");

export const removedDeviceSchema = z
  .object({ deviceKey: z.string() })
  .describe("The device that was removed.");

export const consentSchema = z
  .object({
    termsId: z.string(),
    version: z.string(),
    language: z.string().describe("In which it was shown."),
    clientId: z
      .string()
      .nullable()
      .describe("Whose code waited for it; null: given on the account's pages."),
    agreedAt: time,
    withdrawnAt: time.nullable().describe("When it was taken back; null while it stands."),
  })
  .describe("What an account agreed to.");

export const accountSchema = z
  .object({
    accountId: z.string(),
    kind: accountKind.describe(
      "`federated`: known to an identity provider elsewhere; `guest`: of one device.",
    ),
    email: z.string().nullable(),
    createdAt: time,
    withdrawnAt: time.nullable().describe("When it withdrew from the service."),
    lockedUntil: time.nullable().describe("Until when nobody gets in after that."),
  })
  .describe("A person, or the guest of one device.");

export const accountDetailSchema = accountSchema
  .extend({ consents: z.array(consentSchema).describe("Newest first.") })
  .describe("An account with what it agreed to.");

export const accountListSchema = z.object({
  accounts: z.array(accountSchema).describe("Ordered by `accountId`."),
  next,
});

export const accountQuerySchema = z.strictObject({
  kind: accountKind.optional().describe("Only accounts of this kind."),
  email: nameOf(254).optional().describe("Only the one with this e-mail address."),
  after: id.optional().describe("The `next` of the page before."),
  limit: pageSize,
});

export const accountReferenceSchema = z.strictObject({
  accountId: id.describe("An `accountId` or an e-mail address."),
});

export const accountRequestSchema = z
  .strictObject({
    email: z.string().min(1).max(254),
    password: z
      .string()
      .min(1)
      .max(1_024)
      .optional()
      .describe("At least 8 characters; made up and answered unless given."),
  })
  .describe("An account to make.");

export const passwordRequestSchema = z
  .strictObject({
    password: z.string().min(1).max(1_024).describe("At least 8 characters, as at the sign-up."),
  })
  .describe("The password that an account has from now on.");

export const createdAccountSchema = accountSchema
  .extend({
    password: z.string().nullable().describe("Where it was made up; shown here and never again."),
  })
  .describe("An account that was made.");

const token = z.string().min(1).max(512).describe("An access or refresh token.");

export const tokenRequestSchema = z.strictObject({ token }).describe("A token to look up.");

export const tokenSchema = z
  .object({
    kind: z.enum(["access_token", "refresh_token"]),
    state: z.enum(["live", "expired", "revoked", "spent"]),
    grantId: z.string(),
    accountId: z.string(),
    clientId: z.string(),
    deviceKey: z.string(),
    deviceId: z.string(),
    modelId: z.string(),
    issuedAt: time,
    expiresAt: time,
    usedAt: time
      .nullable()
      .describe("When an access token was first used, or a refresh token was spent."),
    revokedAt: time.nullable(),
    revokeReason: z.string().nullable(),
  })
  .describe("Whose a token is, and whether it works.");

export const revocationRequestSchema = z
  .strictObject({
    token: token.optional(),
    grantId: id.optional(),
    deviceKey: id.optional().describe("A `deviceKey`, or a `device_id` that only one device has."),
    accountId: id.optional().describe("An `accountId` or an e-mail address."),
    clientId: id.optional(),
  })
  .refine((target) => Object.keys(target).length === 1, "exactly one of the members must be given")
  .describe("Whose tokens end: exactly one of the members.");

export const revocationSchema = z
  .object({ revoked: z.number().int().describe("How many grants ended.") })
  .describe("What was revoked.");

export const auditRecordSchema = z
  .object({
    auditId: z.string(),
    at: time,
    event: z.string().describe("What was asked for, as in `token.refresh`."),
    outcome: z.string().describe("`ok`, or the error."),
    clientId: z.string().nullable(),
    accountId: z.string().nullable(),
    deviceKey: z.string().nullable(),
    grantId: z.string().nullable(),
    remoteAddress: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .describe("Who did what, when, from where, and how it ended.");

export const auditListSchema = z.object({
  records: z.array(auditRecordSchema).describe("Newest first."),
  next,
});

export const auditQuerySchema = z.strictObject({
  since: time.optional().describe("Only records of this time or later."),
  before: time.optional().describe("Only records before this time."),
  event: nameOf(64)
    .optional()
    .describe("Only this event, or those that begin so where it ends in a dot: `token.`."),
  outcome: nameOf(64).optional().describe("Only this outcome; `failed`: all but `ok`."),
  clientId: id.optional(),
  accountId: id.optional(),
  deviceKey: id.optional(),
  grantId: id.optional(),
  remoteAddress: id.optional(),
  after: z
    .string()
    .regex(/^\d{1,16}\.[0-9a-f-]{36}$/, "must be the next of an answer")
    .optional()
    .describe("The `next` of the page before."),
  limit: pageSize,
});
