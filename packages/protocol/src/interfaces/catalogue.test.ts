// What must hold of the catalogue as a whole.

import { describe, expect, it } from "vitest";
import { actionUriCommands } from "./action-uris.js";
import { catalogue } from "./catalogue.js";
import { weatherCodes } from "./codes.js";
import type { MessageDefinition } from "./definition.js";
import { fieldsOf } from "./fields.js";
import { findDirective, findEvent } from "./lookup.js";
import { speechAudio } from "./speech-recognizer.js";
import { cardListFields } from "./templates/card-list.js";
import { popupFields } from "./templates/popup.js";

const messages = Object.values(catalogue.interfaces).flatMap((of) =>
  Object.values<MessageDefinition>(of.messages),
);

const isMessage = (name: string) =>
  findEvent(name) !== undefined || findDirective(name) !== undefined;

describe("the catalogue", () => {
  it("has the 128 messages, 9 context objects and 23 templates of the public guides", () => {
    expect(messages.filter(({ kind }) => kind === "event")).toHaveLength(53);
    expect(messages.filter(({ kind }) => kind === "directive")).toHaveLength(75);
    expect(Object.keys(catalogue.contexts)).toHaveLength(9);
    expect(Object.keys(catalogue.templates)).toHaveLength(23);
  });

  it("keeps everything under the name that it bears", () => {
    for (const [namespace, of] of Object.entries(catalogue.interfaces)) {
      expect(of.namespace).toBe(namespace);
      for (const [name, message] of Object.entries<MessageDefinition>(of.messages)) {
        expect(message.name).toBe(`${namespace}.${name}`);
      }
    }
    for (const [name, context] of Object.entries(catalogue.contexts)) {
      expect(context.name).toBe(name);
    }
    for (const [name, template] of Object.entries(catalogue.templates)) {
      expect(template.name).toBe(name);
    }
  });

  it("names no message that it does not have", () => {
    for (const { name, related = [], supersededBy } of messages) {
      const named = [...related, ...(supersededBy === undefined ? [] : [supersededBy])];
      expect(
        named.filter((other) => !isMessage(other)),
        name,
      ).toEqual([]);
      expect(related).not.toContain(name);
    }
    expect(findDirective(speechAudio.until)).toBeDefined();
  });

  it("answers events with directives, and directives with events", () => {
    for (const message of messages) {
      if (message.kind === "event") {
        for (const reply of message.repliesWith ?? []) {
          if (reply !== "*")
            expect(findDirective(reply), `${message.name}: ${reply}`).toBeDefined();
        }
        for (const { message: sent } of message.fanout ?? []) {
          expect(findDirective(sent), `${message.name}: ${sent}`).toBeDefined();
        }
      } else {
        const owed = [message.answeredBy ?? [], ...Object.values(message.uiEvents ?? {})].flat();
        for (const reply of owed) {
          expect(findEvent(reply), `${message.name}: ${reply}`).toBeDefined();
        }
      }
    }
  });

  it("says of every message, context object and template what it is for, in a sentence", () => {
    const all = [
      ...messages,
      ...Object.values(catalogue.contexts),
      ...Object.values(catalogue.templates),
      ...Object.values(catalogue.objects),
      ...Object.values(catalogue.actionUriSchemes),
    ];
    for (const { summary } of all) expect(summary).toMatch(/^[A-Z].*\.$/s);
  });

  it("sends nothing with a dialogue id to devices that did not ask", () => {
    for (const message of messages) {
      if (message.kind === "directive" && message.broadcast === true) {
        expect(message.dialogRequestId, message.name).toBe("never");
      }
    }
  });

  it("opens a dialogue by Recognize alone", () => {
    const opening = messages.filter(
      ({ kind, dialogRequestId }) => kind === "event" && dialogRequestId !== "never",
    );
    expect(opening.map(({ name }) => name)).toEqual([
      "SpeechRecognizer.Recognize",
      "TextRecognizer.Recognize",
    ]);
  });

  it("explains every dialogue id that is now there and now not", () => {
    for (const message of messages) {
      if (message.dialogRequestId === "either") {
        expect(message.dialogueNote, message.name).toBeDefined();
      }
    }
  });

  it("gives each recurring object the name under which it is kept", () => {
    for (const [name, { schema }] of Object.entries(catalogue.objects)) {
      expect(schema().meta()?.title).toBe(name);
    }
  });
});

describe("the side tables", () => {
  it("name members that the templates have", () => {
    const membersOf = (type: "CardList" | "Popup", prefix = "") =>
      fieldsOf(catalogue.templates[type].payload).map(({ path }) => path.slice(prefix.length));
    for (const names of Object.values(cardListFields)) {
      expect(membersOf("CardList", "cardList[].")).toEqual(expect.arrayContaining([...names]));
    }
    for (const names of Object.values(popupFields)) {
      expect(membersOf("Popup")).toEqual(expect.arrayContaining([...names]));
    }
  });

  it("name directives of DeviceControl as commands of action URIs", () => {
    for (const command of actionUriCommands) {
      expect(findDirective(`DeviceControl.${command}`), command).toBeDefined();
    }
  });

  it("have a word for each weather code from 1 to 30", () => {
    expect(Object.keys(weatherCodes)).toEqual(
      Array.from({ length: 30 }, (_, index) => String(index + 1)),
    );
  });
});
