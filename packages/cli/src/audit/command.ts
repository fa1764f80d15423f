// `trefoil audit`: who did what, when, from where, and how it ended.

import { Command } from "@commander-js/extra-typings";
import { systemClock } from "@trefoil/protocol/clock";
import { z } from "zod";
import {
  type AdminConnection,
  type AdminOptions,
  type Column,
  adminCommand,
  printList,
  readCount,
  readTime,
  withAdmin,
} from "../admin/index.js";
import { type Terminal, processTerminal } from "../terminal.js";

const recordSchema = z.looseObject({
  at: z.string(),
  event: z.string(),
  outcome: z.string(),
  clientId: z.string().nullable(),
  accountId: z.string().nullable(),
  deviceKey: z.string().nullable(),
  grantId: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  detail: z.string().nullable(),
});
type AuditRecord = z.infer<typeof recordSchema>;

const pageSchema = z.looseObject({
  records: z.array(recordSchema),
  next: z.string().nullable(),
});

const columns: readonly Column<AuditRecord>[] = [
  { heading: "time", cell: ({ at }) => at },
  { heading: "event", cell: ({ event }) => event },
  { heading: "outcome", cell: ({ outcome }) => outcome },
  { heading: "from", cell: ({ remoteAddress }) => remoteAddress },
  { heading: "client", cell: ({ clientId }) => clientId },
  { heading: "account", cell: ({ accountId }) => accountId },
  { heading: "device", cell: ({ deviceKey }) => deviceKey },
  { heading: "detail", cell: ({ detail }) => detail },
];

/** Records of one request. */
const pageSize = 1_000;

const more = `
Times are like 30m, 2h or 7d ago, or 2025-07-01T12:00:00Z.

Examples:
  trefoil audit list --since 1h --outcome failed
  trefoil audit list --event token. --device 3f2c0b1e-...
  trefoil audit list --since 1d --limit 100000 > audit.jsonl`;

/** The command `audit` with its subcommands. */
export function auditCommand(terminal: Terminal = processTerminal) {
  const time = (text: string) => readTime(text, systemClock.now());
  return new Command("audit").description("read the audit log").addCommand(
    adminCommand("list")
      .description("list records, newest first")
      .option("--since <time>", "only of this time or later", time)
      .option("--before <time>", "only before this time", time)
      .option("--event <event>", "only this one, or those that begin so: token.")
      .option("--outcome <outcome>", "only this one; failed: all but ok")
      .option("--client <client-id>", "only about this client")
      .option("--account <account-id>", "only about this account")
      .option("--device <device-key>", "only about this device")
      .option("--from <address>", "only from this address")
      .option("--limit <count>", "most records that are listed", readCount, 100)
      .addHelpText("after", more)
      .action((options) => list(options, terminal)),
  );
}

type ListOptions = AdminOptions & {
  readonly since?: string;
  readonly before?: string;
  readonly event?: string;
  readonly outcome?: string;
  readonly client?: string;
  readonly account?: string;
  readonly device?: string;
  readonly from?: string;
  readonly limit: number;
};

function list(options: ListOptions, terminal: Terminal): Promise<void> {
  return withAdmin(options, terminal, async (admin) => {
    printList(terminal, await readRecords(admin, options), columns, "There is no such record.");
  });
}

async function readRecords(admin: AdminConnection, options: ListOptions): Promise<AuditRecord[]> {
  const { since, before, event, outcome, limit } = options;
  const { client: clientId, account: accountId, device: deviceKey, from: remoteAddress } = options;
  const filter = { since, before, event, outcome, clientId, accountId, deviceKey, remoteAddress };
  const records: AuditRecord[] = [];
  let after: string | undefined;
  do {
    const most = String(Math.min(pageSize, limit - records.length));
    const page = await admin.get("/audit", pageSchema, { ...filter, after, limit: most });
    records.push(...page.records);
    after = page.next ?? undefined;
  } while (after !== undefined && records.length < limit);
  return records;
}
