// Clova: what is shown, opened and delegated.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { list } from "./members.js";
import { anyTemplate } from "./templates/index.js";

const extension = () => z.looseObject({ extension: z.string().describe("The extension's id.") });

const delegation = () =>
  z.looseObject({
    delegationId: z.string().describe("Names the delegated request; repeated as it is."),
  });

/** What is shown, opened and delegated. */
export const clova = defineInterface("Clova", "What is shown, opened and delegated to a device.", {
  ExpectLogin: directive({
    summary: "The user has to sign in for this.",
    dialogRequestId: "either",
    dialogueNote: "The public example carries none.",
    notes: [
      "A client receives an empty payload: the members exist only between an extension and the platform.",
    ],
    payload: () =>
      z.looseObject({
        guideInfo: z
          .looseObject({
            useDefault: z.boolean().describe("Whether to guide the user in the usual words."),
            message: z
              .string()
              .optional()
              .describe("The words to use instead, where useDefault is false."),
          })
          .optional(),
      }),
  }),

  FinishExtension: directive({
    summary: "The dialogue with an extension is over.",
    dialogRequestId: "always",
    related: ["Clova.StartExtension"],
    payload: extension,
  }),

  HandleDelegatedEvent: directive({
    summary: "Ask for the answer to a request that the user gave to you by another device.",
    via: "downchannel",
    dialogRequestId: "never",
    answeredBy: ["Clova.ProcessDelegatedEvent"],
    payload: delegation,
  }),

  Hello: directive({
    summary: "The downchannel is open: the first directive on it.",
    via: "downchannel",
    dialogRequestId: "never",
  }),

  Help: directive({
    summary: "Show what the user can say.",
    dialogRequestId: "either",
    dialogueNote: "The public example carries none, although it answers a request.",
  }),

  LaunchURI: directive({
    summary: "Open a page or an app.",
    dialogRequestId: "always",
    payload: () =>
      z.looseObject({
        targets: list(
          z.looseObject({
            uri: z.string().describe("What to open."),
            title: z.string(),
            description: z.string().optional(),
            iconImageUrl: z.string().optional(),
            packageName: z.string().optional().describe("The app that can open it."),
            marketUrl: z.string().optional().describe("Where the app is to be had."),
          }),
        ).describe("Try one after another until one opens."),
      }),
  }),

  ProcessDelegatedEvent: event({
    summary: "The device takes over a request that the user gave by another device.",
    repliesWith: ["*"],
    notes: ["The response holds the directives that answer the request itself."],
    related: ["Clova.HandleDelegatedEvent", "SpeechRecognizer.Recognize"],
    payload: delegation,
  }),

  RenderSuggestion: directive({
    summary: "Show what the user might say next.",
    dialogRequestId: "always",
    onlyIn: "newer",
    payload: () =>
      z.looseObject({
        suggestions: list(
          z.looseObject({
            type: z.enum(["0", "1"]),
            label: z.string().describe("The words to show."),
            query: z.string().describe("The request that it stands for."),
            meta: z.string(),
            area: z.string().optional(),
            index: z.string().optional(),
            url: z.string().optional(),
          }),
        ),
        topic: z.string().optional().describe("May be absent or empty."),
        referenceId: z.string().optional(),
      }),
  }),

  RenderTemplate: directive({
    summary: "Show a template.",
    dialogRequestId: "always",
    notes: ["The payload is one of the templates, told apart by `type`."],
    related: ["Clova.RenderText"],
    payload: anyTemplate,
  }),

  RenderText: directive({
    summary: "Show a text.",
    dialogRequestId: "always",
    related: ["Clova.RenderTemplate"],
    payload: () => z.looseObject({ text: z.string() }),
  }),

  StartExtension: directive({
    summary: "A dialogue with an extension begins.",
    dialogRequestId: "always",
    related: ["Clova.FinishExtension"],
    payload: extension,
  }),
});
