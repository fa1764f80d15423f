// `trefoil token`: whose a token is, and ending tokens.

import { Command } from "@commander-js/extra-typings";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import {
  type AdminOptions,
  type ReadInput,
  adminCommand,
  printOne,
  readStandardInput,
  withAdmin,
} from "../admin/index.js";
import { type Terminal, processTerminal } from "../terminal.js";
import { takingTokens } from "./hyphen.js";

const tokenSchema = z.looseObject({
  kind: z.string(),
  state: z.string(),
  grantId: z.string(),
  accountId: z.string(),
  clientId: z.string(),
  deviceKey: z.string(),
  deviceId: z.string(),
  modelId: z.string(),
  issuedAt: z.string(),
  expiresAt: z.string(),
  usedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokeReason: z.string().nullable(),
});

const more = `
TOKEN is - to read it from standard input, which other users of this machine cannot see.`;

/** The command `token` with its subcommands. @param input where a token comes from that is not an argument */
export function tokenCommand(
  terminal: Terminal = processTerminal,
  input: ReadInput = readStandardInput,
) {
  return new Command("token")
    .description("look up and end access and refresh tokens")
    .addCommand(
      takingTokens(adminCommand("inspect"))
        .description("say whose a token is and whether it works")
        .argument("<token>", "an access or refresh token, or -")
        .addHelpText("after", more)
        .action((token, options) => inspect(token, options, terminal, input)),
    )
    .addCommand(
      takingTokens(adminCommand("revoke"))
        .description("end the tokens of a grant, a device, an account or a client")
        .argument("[token]", "an access or refresh token, or -: its whole grant ends")
        .option("--grant <grant-id>", "this grant")
        .option("--device <device>", "all of this device: its deviceKey or device_id")
        .option("--account <account>", "all of this account: its id or e-mail address")
        .option("--client <client-id>", "all of this client")
        .addHelpText("after", more)
        .action((token, options) => revoke(token, options, terminal, input)),
    );
}

function inspect(
  argument: string,
  options: AdminOptions,
  terminal: Terminal,
  input: ReadInput,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const token = argument === "-" ? await input("Token") : argument;
    const found = await admin.post("/tokens/inspect", tokenSchema, { token });
    const { kind, state, revokeReason } = found;
    printOne(terminal, found, [
      ["token", kind.replace("_", " ")],
      ["state", revokeReason === null ? state : `${state} (${revokeReason.replaceAll("_", " ")})`],
      ["client", found.clientId],
      ["account", found.accountId],
      ["device", `${found.deviceId} (${found.modelId})`],
      ["device key", found.deviceKey],
      ["grant", found.grantId],
      ["issued", found.issuedAt],
      ["expires", found.expiresAt],
      ["used", found.usedAt],
      ["revoked", found.revokedAt],
    ]);
  });
}

type RevokeOptions = AdminOptions & {
  readonly grant?: string;
  readonly device?: string;
  readonly account?: string;
  readonly client?: string;
};

function revoke(
  argument: string | undefined,
  options: RevokeOptions,
  terminal: Terminal,
  input: ReadInput,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const target = Object.entries({
      token: argument === "-" ? await input("Token") : argument,
      grantId: options.grant,
      deviceKey: options.device,
      accountId: options.account,
      clientId: options.client,
    }).filter(([, value]) => value !== undefined);
    if (target.length !== 1) {
      throw new TrefoilError(
        "invalid_request",
        "say whose tokens end: one of TOKEN, --grant, --device, --account and --client",
      );
    }
    const { revoked } = await admin.post(
      "/tokens/revoke",
      z.looseObject({ revoked: z.number() }),
      Object.fromEntries(target),
    );
    if (!terminal.isInteractive) terminal.out(`${JSON.stringify({ revoked })}\n`);
    else terminal.out(revoked === 1 ? "1 grant ended.\n" : `${revoked} grants ended.\n`);
  });
}
