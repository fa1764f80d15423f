// `trefoil account`: the people of the embedded identity provider, and everybody else who signed in.

import { Command, Option } from "@commander-js/extra-typings";
import { TrefoilError } from "@trefoil/protocol/errors";
import { z } from "zod";
import {
  type AdminConnection,
  type AdminOptions,
  type Column,
  adminCommand,
  printList,
  printOne,
  type ReadInput,
  isInputTyped,
  readCount,
  readStandardInput,
  withAdmin,
} from "../admin/index.js";
import { type Terminal, processTerminal } from "../terminal.js";

const accountSchema = z.looseObject({
  accountId: z.string(),
  kind: z.string(),
  email: z.string().nullable(),
  createdAt: z.string(),
  withdrawnAt: z.string().nullable(),
  lockedUntil: z.string().nullable(),
});
type Account = z.infer<typeof accountSchema>;

const createdSchema = accountSchema.extend({ password: z.string().nullable() });
const pageSchema = z.looseObject({
  accounts: z.array(accountSchema),
  next: z.string().nullable(),
});

const columns: readonly Column<Account>[] = [
  { heading: "account id", cell: ({ accountId }) => accountId },
  { heading: "e-mail", cell: ({ email }) => email },
  { heading: "kind", cell: ({ kind }) => kind },
  { heading: "made", cell: ({ createdAt }) => createdAt },
  { heading: "locked until", cell: ({ lockedUntil }) => lockedUntil },
];

/** Accounts of one request. */
const pageSize = 1_000;

/**
 * The command `account` with its subcommands.
 * @param input where a password comes from
 * @param isTyped whether a person types it
 */
export function accountCommand(
  terminal: Terminal = processTerminal,
  input: ReadInput = readStandardInput,
  isTyped: () => boolean = isInputTyped,
) {
  return new Command("account")
    .description("make, list and withdraw accounts, and give them new passwords")
    .addCommand(
      adminCommand("create")
        .description("make an account; its password is made up and shown once unless given")
        .argument("<email>", "e-mail address")
        .option("--password-stdin", "read the password from standard input")
        .action((email, options) => create(email, options, terminal, input)),
    )
    .addCommand(
      adminCommand("list")
        .description("list accounts")
        .option("--email <address>", "only the one with this e-mail address")
        .addOption(
          new Option("--kind <kind>", "only accounts of this kind").choices([
            "local",
            "federated",
            "guest",
          ]),
        )
        .option("--limit <count>", "most accounts that are listed", readCount, 10_000)
        .action((options) => list(options, terminal)),
    )
    .addCommand(
      adminCommand("set-password")
        .description(
          "give an account a new password; its browsers are signed out, its devices stay",
        )
        .argument("<account>", "its id or e-mail address")
        .option(
          "--password-stdin",
          "read the password from standard input; without it a person at a terminal is asked",
        )
        .action((account, options) => setPassword(account, options, terminal, input, isTyped)),
    )
    .addCommand(
      adminCommand("withdraw")
        .description(
          "withdraw an account from the service: its devices are removed and it stays locked",
        )
        .argument("<account>", "its id or e-mail address")
        .option("--yes", "do it; without this nothing happens")
        .action((account, options) => withdraw(account, options, terminal)),
    );
}

function create(
  email: string,
  options: AdminOptions & { readonly passwordStdin?: true },
  terminal: Terminal,
  input: ReadInput,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const given = options.passwordStdin === true ? { password: await input("Password") } : {};
    const account = await admin.post("/accounts", createdSchema, { email, ...given });
    const { password, ...rest } = account;
    printOne(terminal, password === null ? rest : account, [
      ...membersOf(account),
      ...(password === null ? [] : [["password", password] as const]),
    ]);
    if (password !== null) {
      terminal.err("The password is shown this once; only its hash is kept.\n");
    }
  });
}

type ListOptions = AdminOptions & {
  readonly email?: string;
  readonly kind?: string;
  readonly limit: number;
};

function list(options: ListOptions, terminal: Terminal): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const accounts = await readAccounts(admin, options);
    printList(terminal, accounts, columns, "There is no such account.");
  });
}

async function readAccounts(admin: AdminConnection, options: ListOptions): Promise<Account[]> {
  const { email, kind, limit } = options;
  const accounts: Account[] = [];
  let after: string | undefined;
  do {
    const most = String(Math.min(pageSize, limit - accounts.length));
    const page = await admin.get("/accounts", pageSchema, { email, kind, after, limit: most });
    accounts.push(...page.accounts);
    after = page.next ?? undefined;
  } while (after !== undefined && accounts.length < limit);
  return accounts;
}

function setPassword(
  account: string,
  options: AdminOptions & { readonly passwordStdin?: true },
  terminal: Terminal,
  input: ReadInput,
  isTyped: () => boolean,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    // A script that forgot it would wait for ever, or take for a password what was meant for the next command.
    if (options.passwordStdin !== true && !isTyped()) {
      throw new TrefoilError(
        "invalid_request",
        "no password: write it to standard input and add --password-stdin",
      );
    }
    const path = `/accounts/${encodeURIComponent(account)}`;
    // Looked up first, so that nobody types a password for an account that is not there.
    const { accountId } = await admin.get(path, accountSchema);
    const password = await input("New password");
    const changed = await admin.post(
      `/accounts/${encodeURIComponent(accountId)}/password`,
      accountSchema,
      { password },
    );
    printOne(terminal, changed, membersOf(changed));
  });
}

function withdraw(
  account: string,
  options: AdminOptions & { readonly yes?: true },
  terminal: Terminal,
): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    const path = `/accounts/${encodeURIComponent(account)}`;
    const found = await admin.get(path, accountSchema);
    if (options.yes !== true) {
      throw new TrefoilError(
        "invalid_request",
        `this removes all devices of ${found.email ?? found.accountId} and locks the account; add --yes to do it`,
      );
    }
    const withdrawn = await admin.post(`${path}/withdraw`, accountSchema);
    printOne(terminal, withdrawn, membersOf(withdrawn));
  });
}

function membersOf(account: Account) {
  return columns.map(({ heading, cell }) => [heading, cell(account)] as const);
}
