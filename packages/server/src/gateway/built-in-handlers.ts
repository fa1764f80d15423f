// The events that are answered without any skill: docs/coverage.md reads them from here.

import type { MessageName } from "@trefoil/protocol/messages";
import type { EventHandler } from "./event-handler.js";
import { answerWithText } from "./text-answer.js";

/** Handlers that are there unless a deployment brings one of its own for the same event. */
export const builtInHandlers: Readonly<Partial<Record<MessageName, EventHandler>>> = {
  "TextRecognizer.Recognize": answerWithText,
};
