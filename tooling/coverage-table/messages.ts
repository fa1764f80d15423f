// The rows of the coverage table that are read off the code: every message, context object and template of the catalogue,
// what the server does with it by itself, and the tests that hold its schema against examples.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type ContextDefinition,
  type MessageDefinition,
  catalogue,
} from "@trefoil/protocol/interfaces";
import { builtInHandlers } from "@trefoil/server";
import { type Chapter, type Row, testsIn } from "./row.js";

const examples = testsIn("packages/protocol/src/interfaces/examples.test.ts");

/** A directive that the server's own code makes: `buildDirective("Clova.Hello", ...)`, `answer("Clova.RenderText", ...)`. */
const making = /\b(?:buildDirective|answer)\(\s*"([A-Za-z]+\.[A-Za-z]+)"/g;

/**
 * The directives that the server makes by itself, read off its source.
 * @param source the absolute path of its folder `src`
 */
export function directivesMadeIn(source: string): ReadonlySet<string> {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(join(source, file), "utf8").matchAll(making)].map(([, name = ""]) => name),
    ),
  );
}

const schemaTests = (name: string) =>
  examples(
    `${name} > takes its right payloads`,
    `${name} > refuses its wrong payloads and names the member`,
  );

/**
 * The chapter of messages.
 * @param made what {@link directivesMadeIn} answers
 */
export function messageChapter(made: ReadonlySet<string>): Chapter {
  const handled = new Set(Object.keys(builtInHandlers));
  const row = ({ name, kind, deprecated, internal }: MessageDefinition): Row => ({
    cells: [
      `\`${name}\``,
      [kind, deprecated === true ? "deprecated" : "", internal === true ? "internal" : ""]
        .filter(Boolean)
        .join(", "),
      kind === "event"
        ? handled.has(name)
          ? "answered"
          : "taken, 204"
        : made.has(name)
          ? "sent by itself"
          : "sent when asked to",
    ],
    tests: schemaTests(name),
  });
  return {
    title: "Messages",
    about:
      "Every message of the catalogue ([messages.md](messages.md)). *Works* says that its schema takes right payloads and refuses wrong ones, naming the member. What the server does by itself is read off its code: an event is *answered* where a handler for it is built in, else it is checked, handed to a handler where a deployment brings one, and answered 204 where not; a directive is *sent by itself* where the server's own code makes it, else it is sent when a handler or the admin API asks for it.",
    sections: [
      ...Object.values(catalogue.interfaces).map(({ namespace, messages }) => ({
        title: namespace,
        columns: ["Message", "Kind", "The server today"],
        rows: Object.values<MessageDefinition>(messages).map(row),
      })),
      {
        title: "Context objects",
        columns: ["Object", "The server today"],
        rows: Object.values<ContextDefinition>(catalogue.contexts).map(({ name }) => ({
          cells: [`\`${name}\``, "handed to the event's handler"],
          tests: schemaTests(name),
        })),
      },
      {
        title: "Templates",
        columns: ["Template", "The server today"],
        rows: Object.values(catalogue.templates).map(({ name }) => ({
          cells: [`\`${name}\``, "sent when asked to"],
          tests: schemaTests(name),
        })),
      },
    ],
  };
}
