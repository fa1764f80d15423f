// `trefoil client`: registered apps and device models.

import { Command } from "@commander-js/extra-typings";
import { z } from "zod";
import {
  type AdminOptions,
  type Column,
  adminCommand,
  printList,
  printOne,
  readSeconds,
  withAdmin,
} from "../admin/index.js";
import { type Terminal, processTerminal } from "../terminal.js";

const clientSchema = z.looseObject({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
});
type Client = z.infer<typeof clientSchema>;

const secretSchema = z.looseObject({ clientId: z.string(), clientSecret: z.string() });

const columns: readonly Column<Client>[] = [
  { heading: "client id", cell: ({ clientId }) => clientId },
  { heading: "name", cell: ({ name }) => name },
  { heading: "state", cell: ({ disabledAt }) => (disabledAt === null ? "on" : "off") },
  { heading: "made", cell: ({ createdAt }) => createdAt },
  { heading: "redirect uris", cell: ({ redirectUris }) => redirectUris.join(" ") || null },
];

/** The command `client` with its subcommands. */
export function clientCommand(terminal: Terminal = processTerminal) {
  return new Command("client")
    .description("register, list and switch off clients (apps and device models)")
    .addCommand(
      adminCommand("create")
        .description("register a client; its secret is shown once")
        .argument("<name>", "for people to read")
        .option("--id <client-id>", "its client_id, where firmware has one built in")
        .option("--redirect-uri <uri...>", "where pages may send its web views back to")
        .action((name, options) => create(name, options, terminal)),
    )
    .addCommand(
      adminCommand("list")
        .description("list all clients")
        .action((options) => list(options, terminal)),
    )
    .addCommand(
      adminCommand("rotate-secret")
        .description("give a client a new secret; the one before works on")
        .argument("<client-id>", "which client")
        .option(
          "--overlap <seconds>",
          "how long the one before works on; default: until the next rotation",
          readSeconds,
        )
        .action((clientId, options) => rotate(clientId, options, terminal)),
    )
    .addCommand(
      adminCommand("redirect-uris")
        .description("replace a client's redirect URIs")
        .argument("<client-id>", "which client")
        .argument("[uri...]", "all that it has from now on; none takes them away")
        .action((clientId, redirectUris, options) =>
          change(clientId, "redirect-uris", options, terminal, { redirectUris }),
        ),
    )
    .addCommand(
      adminCommand("disable")
        .description("switch a client off: its devices' tokens end at once")
        .argument("<client-id>", "which client")
        .action((clientId, options) => change(clientId, "disable", options, terminal)),
    )
    .addCommand(
      adminCommand("enable")
        .description("switch a client on again: its devices sign in anew")
        .argument("<client-id>", "which client")
        .action((clientId, options) => change(clientId, "enable", options, terminal)),
    );
}

type CreateOptions = AdminOptions & { readonly id?: string; readonly redirectUri?: string[] };

function create(name: string, options: CreateOptions, terminal: Terminal): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const made = await admin.post("/clients", secretSchema, {
      name,
      ...(options.id === undefined ? {} : { clientId: options.id }),
      redirectUris: options.redirectUri ?? [],
    });
    showSecret(made, terminal);
  });
}

function list(options: AdminOptions, terminal: Terminal): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const { clients } = await admin.get(
      "/clients",
      z.looseObject({ clients: z.array(clientSchema) }),
    );
    printList(terminal, clients, columns, "There is no client yet.");
  });
}

function rotate(
  clientId: string,
  options: AdminOptions & { readonly overlap?: number },
  terminal: Terminal,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const { overlap } = options;
    const body = overlap === undefined ? {} : { overlap };
    showSecret(await admin.post(`${pathOf(clientId)}/secrets`, secretSchema, body), terminal);
  });
}

function change(
  clientId: string,
  what: "disable" | "enable" | "redirect-uris",
  options: AdminOptions,
  terminal: Terminal,
  body?: object,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const client = await admin.post(`${pathOf(clientId)}/${what}`, clientSchema, body);
    const members = columns.map(({ heading, cell }) => [heading, cell(client)] as const);
    printOne(terminal, client, members);
  });
}

function showSecret(made: z.infer<typeof secretSchema>, terminal: Terminal): void {
  const { clientId, clientSecret } = made;
  printOne(terminal, { clientId, clientSecret }, [
    ["client id", clientId],
    ["client secret", clientSecret],
  ]);
  terminal.err("The secret is shown this once; only its hash is kept.\n");
}

function pathOf(clientId: string): string {
  return `/clients/${encodeURIComponent(clientId)}`;
}
