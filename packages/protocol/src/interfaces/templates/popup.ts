// Template Popup, and which members each kind of it uses.

import { z } from "zod";
import { defineTemplate } from "./template.js";
import { text, uri } from "./value-objects.js";

/** Which members each kind of popup shows; a POPUP has one button or two. */
export const popupFields = {
  TOAST: ["toastLinkText", "toastLinkUrl", "toastText"],
  ALERT: ["alertText"],
  "POPUP (1 button)": ["mainText", "positiveButtonText", "positiveButtonUrl", "title"],
  "POPUP (2 buttons)": [
    "negativeButtonText",
    "negativeButtonUrl",
    "mainText",
    "positiveButtonText",
    "positiveButtonUrl",
    "title",
  ],
} as const;

/** A message on top of everything else. */
export const popup = defineTemplate("Popup", {
  summary: "A message on top of everything else.",
  notes: ["Members that displayType does not use hold empty values."],
  members: () => ({
    displayType: z.enum(["POPUP", "ALERT", "TOAST"]),
    title: text(),
    mainText: text(),
    positiveButtonText: text(),
    positiveButtonUrl: uri(),
    negativeButtonText: text(),
    negativeButtonUrl: uri(),
    alertText: text(),
    toastText: text(),
    toastLinkText: text(),
    toastLinkUrl: uri(),
  }),
});
