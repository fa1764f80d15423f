// The built-in answer to text: what was said is shown again. It lets a new device see a whole dialogue before any skill is
// there, and any handler for TextRecognizer.Recognize takes its place.

import type { EventHandler } from "./event-handler.js";

/** Answers `TextRecognizer.Recognize` with `Clova.RenderText` of the same text in the same dialogue. */
export const answerWithText: EventHandler = function* (request) {
  const { text } = request.event.payload;
  yield {
    kind: "directive",
    directive: request.answer("Clova.RenderText", { text: typeof text === "string" ? text : "" }),
  };
};
