// Writes the reference of all messages from the schemas: `node message-reference.mjs > docs/messages.md` after a build.
// With `--check` it writes nothing and ends with 1 where docs/messages.md is not what it would write.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  actionUriCommands,
  busTypes,
  cardListFields,
  catalogue,
  fieldsOf,
  popupFields,
  speechAudio,
  subwayLines,
  weatherCodes,
} from "../dist/interfaces/index.js";

const committed = fileURLToPath(new URL("../../../docs/messages.md", import.meta.url));

/** Heading anchors as GitHub makes them. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
const link = (heading) => `[${heading}](#${anchor(heading)})`;
const linked = (names) =>
  names.map((name) => (name === "*" ? "whatever fits" : link(name))).join(", ");
const code = (text) => `\`${text}\``;

/** A cell may hold no bar, and nothing that Markdown would take for emphasis or HTML. */
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** What a value may be, beyond its type. */
function bounds(field) {
  const parts = [];
  if (field.values !== undefined)
    parts.push(field.values.map((value) => code(value || '""')).join(", "));
  if (field.knownValues !== undefined) {
    parts.push(`open; known: ${field.knownValues.map((value) => code(value || '""')).join(", ")}`);
  }
  if (field.format !== undefined) parts.push(field.format);
  if (field.maxBytes !== undefined) parts.push(`at most ${field.maxBytes} bytes`);
  if (field.min !== undefined && field.max !== undefined)
    parts.push(`${field.min} to ${field.max}`);
  else if (field.min !== undefined) parts.push(`${field.min} or more`);
  else if (field.max !== undefined) parts.push(`${field.max} or less`);
  return cell(parts.join("; "));
}

function typeOf(field) {
  const names = field.object?.split("|");
  const type =
    names?.map(link).join(" or ") ??
    (field.integer ? "integer" : field.type.replaceAll("|", " or "));
  return `${type}${field.list ? "[]" : ""}${field.nullable ? " or null" : ""}`;
}

function remarks(field) {
  const marks = [field.deprecated ? "Deprecated." : "", field.internal ? "Internal." : ""];
  return cell([...marks, field.description ?? ""].filter(Boolean).join(" "));
}

/** The members of a schema as a table; a sentence where there are none. */
function members(schema, { skip = new Set() } = {}) {
  const fields = fieldsOf(schema, "unnamed").filter(
    (field) => !skip.has(field.path.split(/[.[]/, 1)[0]),
  );
  if (fields.length === 0) return "The payload is empty.";
  return table(
    ["Member", "Type", "Required", "Values and bounds", "Description"],
    fields.map((field) => [
      code(field.path),
      typeOf(field),
      field.required ? "yes" : "no",
      bounds(field),
      remarks(field),
    ]),
  );
}

const viaWords = {
  downchannel: "the downchannel",
  response: "the response to an event",
  either: "the response to an event, or the downchannel",
};

const editionWords = { older: "the older guide only", newer: "the newer guide only" };

function dialogue(message) {
  const words = {
    always: "carries the id of the request",
    never: "none",
    either: "with or without",
  }[message.dialogRequestId];
  return message.dialogueNote === undefined ? words : `${words}. ${message.dialogueNote}`;
}

/** What is known of a message besides its members, a line each. */
function facts(message) {
  const lines = [`- Kind: ${message.kind}`];
  const add = (label, text) => void (text && lines.push(`- ${label}: ${text}`));
  if (message.deprecated)
    lines.push("- Deprecated: understood, but not to be sent by new software");
  if (message.internal) lines.push("- Internal: for the platform's own apps");
  add("In its place", message.supersededBy && link(message.supersededBy));
  if (message.kind === "directive") {
    add("Comes by", viaWords[message.via] ?? "not said by the public guides; either way is taken");
  }
  add("Dialogue id", dialogue(message));
  add("Answered by", message.repliesWith && linked(message.repliesWith));
  add("The client answers with", message.answeredBy && linked(message.answeredBy));
  if (message.httpStatus !== undefined) add("Status of its response", String(message.httpStatus));
  if (message.broadcast) lines.push("- Goes to every device of the account");
  for (const { message: name, to, via } of message.fanout ?? []) {
    add("Then", `${link(name)} to ${to}${via === undefined ? "" : ` on ${viaWords[via]}`}`);
  }
  for (const [control, events] of Object.entries(message.uiEvents ?? {})) {
    add(`On ${control}`, linked(events));
  }
  add("Also spelt", message.aliases?.map(code).join(", "));
  add("Found in", editionWords[message.onlyIn]);
  for (const note of message.notes ?? []) lines.push(`- ${note}`);
  add("See also", message.related && linked(message.related));
  return lines.join("\n");
}

function messageSection(message) {
  // The members of a payload that is any template are listed with the templates.
  const payload =
    message.name === "Clova.RenderTemplate"
      ? `One of the ${link("Templates")}.`
      : members(message.payload);
  const words = message.payload.meta()?.description;
  return [
    `### ${message.name}`,
    message.summary,
    facts(message),
    ...(words === undefined ? [] : [words]),
    payload,
  ];
}

function contextSection(context) {
  const object = Object.entries(catalogue.objects).find(
    ([, { schema }]) => schema() === context.payload,
  );
  return [
    `### ${context.name}`,
    context.summary,
    ...(context.notes?.length ? [context.notes.join(" ")] : []),
    ...(context.onlyIn === undefined ? [] : [`Found in ${editionWords[context.onlyIn]}.`]),
    object === undefined
      ? members(context.payload)
      : `The members are those of ${link(object[0])}.`,
  ];
}

const commonMembers = new Set(["failureMessage", "meta", "subtitle", "emoji", "actionList"]);

function templateSections() {
  const all = Object.values(catalogue.templates);
  const ownMembers = new Set(
    fieldsOf(all[0].payload)
      .map((field) => field.path.split(/[.[]/, 1)[0])
      .filter((name) => !commonMembers.has(name)),
  );
  return [
    "## Templates",
    `The payload of ${link("Clova.RenderTemplate")} is one of these, told apart by \`type\`. The public guides do not say which members may be left out, so apart from the common ones all of them may. A member with nothing to show holds an empty value.`,
    "Members of every template:",
    members(all[0].payload, { skip: ownMembers }),
    ...all.flatMap((template) => [
      `### ${template.name}`,
      [template.summary, ...(template.notes ?? [])].join(" "),
      members(template.payload, { skip: commonMembers }),
    ]),
  ];
}

function tableSections() {
  return [
    "## Tables",
    "### Action URIs",
    `URIs of the scheme \`clova\` that templates carry. Commands of \`clova://device-control\`: ${actionUriCommands.map(code).join(", ")}.`,
    table(
      ["URI", "What the client does", "Parameters"],
      Object.entries(catalogue.actionUriSchemes).map(([uri, { summary, parameters }]) => [
        code(uri),
        summary,
        Object.entries(parameters)
          .map(([name, presence]) => `${code(name)}${presence === "always" ? "" : " (optional)"}`)
          .join(", "),
      ]),
    ),
    "### Card types",
    "The members of a card that each `subType` of CardList shows.",
    table(
      ["Type", "Members"],
      Object.entries(cardListFields).map(([type, names]) => [
        code(type),
        names.map(code).join(", "),
      ]),
    ),
    "### Popup types",
    "The members that each `displayType` of Popup shows.",
    table(
      ["Type", "Members"],
      Object.entries(popupFields).map(([type, names]) => [type, names.map(code).join(", ")]),
    ),
    "### Weather codes",
    table(["Code", "Weather"], Object.entries(weatherCodes)),
    "### Public transport codes",
    `Underground lines: ${subwayLines.join(", ")}.`,
    `Kinds of bus: ${busTypes.join(", ")}.`,
    "### Speech audio",
    `The part \`${speechAudio.part.name}\` (\`${speechAudio.part.contentType}\`) of ${link("SpeechRecognizer.Recognize")}: ${speechAudio.encoding}, ${speechAudio.bits} bits, ${speechAudio.endian}-endian, ${speechAudio.channels} channel, ${speechAudio.sampleRateHz} Hz, until ${link(speechAudio.until)}. Pieces of ${speechAudio.chunkMilliseconds} ms are advised. After a wake word the audio begins ${speechAudio.wakeWordLeadInMilliseconds} ms (${speechAudio.wakeWordLeadInSamples} samples) before it.`,
  ];
}

function reference() {
  const interfaces = Object.values(catalogue.interfaces);
  const blocks = [
    "# Messages",
    "<!-- Written by packages/protocol/scripts/message-reference.mjs from packages/protocol/src/interfaces. Do not edit. -->",
    "<!-- prettier-ignore-start -->",
    "All events, directives, context objects and templates, member by member. How they play together is told in [protocol.md](protocol.md). Members that are not listed are let through unchanged. A member that is required must be there whenever the object that holds it is.",
    interfaces
      .map(({ namespace, summary }) => `- ${link(namespace)}: ${summary}`)
      .concat(
        ["Context objects", "Templates", "Objects", "Tables"].map(
          (heading) => `- ${link(heading)}`,
        ),
      )
      .join("\n"),
    ...interfaces.flatMap(({ namespace, summary, messages }) => [
      `## ${namespace}`,
      summary,
      ...Object.values(messages)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap(messageSection),
    ]),
    "## Context objects",
    "The state of the device, sent along in `context` of every event: each object that applies to the device.",
    ...Object.values(catalogue.contexts).flatMap(contextSection),
    ...templateSections(),
    "## Objects",
    "Objects that recur in messages and templates.",
    ...Object.entries(catalogue.objects).flatMap(([name, { summary, schema }]) => [
      `### ${name}`,
      summary,
      members(schema()),
    ]),
    ...tableSections(),
    "<!-- prettier-ignore-end -->",
  ];
  return `${blocks.join("\n\n")}\n`;
}

const written = reference();
if (!process.argv.includes("--check")) {
  process.stdout.write(written);
} else if (!sameAsCommitted(written)) {
  process.stderr.write(
    "docs/messages.md is stale. Run: npx tsc -b packages/protocol && node packages/protocol/scripts/message-reference.mjs > docs/messages.md\n",
  );
  process.exitCode = 1;
}

function sameAsCommitted(text) {
  try {
    return readFileSync(committed, "utf8") === text;
  } catch {
    return false;
  }
}
