// The configuration reference, written from the schema: what `docs/configuration.md` holds.

import { configSchema } from "./schema.js";
import { type Setting, expectationOf, listSections, listSettings } from "./settings.js";

const introduction = `# Configuration

<!-- Written by \`trefoil config doc\` from the schema in packages/server/src/config/schema.ts: change that, not this page. -->

Every setting can be given in three places. The first that has it wins:

1. **Flags** of \`trefoil serve\`: \`--port\`, \`--host\`, \`--data\`, \`--log-level\`, and \`--set NAME=VALUE\` for every setting.
2. **Environment variables.** A setting's variable is \`TREFOIL_\` and its name in capitals, words and sections joined by
   \`_\`: \`gateway.maxParts\` is \`TREFOIL_GATEWAY_MAX_PARTS\`. \`TREFOIL_PORT\` and \`TREFOIL_HOST\` are
   shorter names of \`TREFOIL_LISTEN_PORT\` and \`TREFOIL_LISTEN_HOST\`, which are taken too. Lists are separated by commas. An empty variable counts as unset.
3. **A YAML file**, named by \`--config FILE\` or by \`TREFOIL_CONFIG\`.

What is given nowhere has its default. A relative path in the file starts from the file's directory, one in a flag or a
variable from the working directory. A name that is not a setting is an error, in the file as in a variable that looks like a
misspelt one of Trefoil's. Any other variable that begins with \`TREFOIL_\` is a warning.

\`trefoil serve\` starts the **production form**: it makes nothing by itself and names all settings that it misses.
\`trefoil serve --dev\` starts the **developer server**, which makes a certificate, demo data and an admin token
([development-server.md](development-server.md)) and has some other defaults, given below.

- \`trefoil config check [--dev] [--config FILE]\` says whether the server would start, naming file, line and setting of each
  problem; it also reads the certificate, its key and the admin token's file.
- \`trefoil config print\` shows the effective configuration and where each value came from. Secrets are not shown.
- \`trefoil config doc\` prints this page.

A production file needs no more than this:

\`\`\`yaml
publicUrl: https://clova.example.org
dataDir: /var/lib/trefoil
tls:
  certificateFile: /etc/trefoil/fullchain.pem
  keyFile: /etc/trefoil/privkey.pem
admin:
  tokenFile: /etc/trefoil/admin-token
\`\`\`
`;

/** Writes the reference as Markdown. */
export function writeReference(): string {
  const settings = listSettings(configSchema);
  const top = settings.filter(({ path }) => !path.includes("."));
  const parts = [introduction, chapter("General", "", top)];
  for (const { name, description } of listSections(configSchema)) {
    const own = settings.filter(({ path }) => path.startsWith(`${name}.`));
    parts.push(chapter(`\`${name}\``, description, own));
  }
  return parts.join("\n");
}

function chapter(title: string, description: string, settings: readonly Setting[]): string {
  const heading = description === "" ? `## ${title}\n` : `## ${title}\n\n${description}\n`;
  return [heading, ...settings.map(entry)].join("\n");
}

function entry(setting: Setting): string {
  const facts = [
    `- Variable: \`${setting.environment}\`${alsoCalled(setting)}`,
    `- Takes: ${expectationOf(setting).replaceAll('"', "`")}`,
    ...(setting.default === undefined ? [] : [`- Default: \`${JSON.stringify(setting.default)}\``]),
    ...(setting.development === undefined
      ? []
      : [`- Default of the developer server: \`${JSON.stringify(setting.development)}\``]),
    ...(setting.isRequiredInProduction ? ["- Required in production"] : []),
  ];
  return `### \`${setting.path}\`\n\n${setting.description}\n\n${facts.join("\n")}\n`;
}

function alsoCalled({ longEnvironment }: Setting): string {
  return longEnvironment === undefined ? "" : ` or \`${longEnvironment}\``;
}
