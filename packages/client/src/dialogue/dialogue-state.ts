// Which directives belong to what the user asked last: the rules of dialogue ids as pure functions.

/** Where one dialogue stands. */
export interface DialogueState {
  /** The id of the last request that the gateway has; its directives are handed over one after another. */
  readonly latest: string | undefined;
  /** Requests on their way, oldest first: they become the latest when sent, or when the gateway answers to them. */
  readonly pending: readonly string[];
}

/** Before the first request. */
export const noDialogue: DialogueState = { latest: undefined, pending: [] };

/** What happens to the ids. */
export type DialogueInput =
  /** A request with this id is about to be sent. */
  | { readonly kind: "begun"; readonly id: string }
  /** That request is with the gateway: all of it was sent, or the gateway began to answer. */
  | { readonly kind: "sent"; readonly id: string }
  /** That request was given up before: what the user asked earlier stays valid. */
  | { readonly kind: "abandoned"; readonly id: string };

/** What to do with a directive. */
export type Placement =
  /** Hand it over at once. */
  | "immediate"
  /** Hand it over when those of the same dialogue before it are done. */
  | "in-turn"
  /** It belongs to something the user no longer waits for. */
  | "stale";

/**
 * The state after an input.
 * @returns the new state; where its `latest` is another than before, everything of the earlier dialogue ends
 */
export function nextDialogue(state: DialogueState, input: DialogueInput): DialogueState {
  const { latest, pending } = state;
  switch (input.kind) {
    case "begun":
      // A follow-up to ExpectSpeech repeats the id: the dialogue goes on.
      if (input.id === latest || pending.includes(input.id)) return state;
      return { latest, pending: [...pending, input.id] };
    case "sent": {
      const index = pending.indexOf(input.id);
      // Requests that were begun before this one are older than the latest from now on.
      return index === -1 ? state : { latest: input.id, pending: pending.slice(index + 1) };
    }
    case "abandoned":
      return { latest, pending: pending.filter((id) => id !== input.id) };
  }
}

/** Directives that concern the recording of the running request, so that they cannot wait behind its other directives. */
const recording: ReadonlySet<string> = new Set([
  "SpeechRecognizer.KeepRecording",
  "SpeechRecognizer.ShowRecognizedText",
  "SpeechRecognizer.StopCapture",
]);

/**
 * Requests for the device's state. Gateways send them on the downchannel with an id of their own, and they are no part of
 * what the user asked.
 */
const stateRequests: ReadonlySet<string> = new Set([
  "AudioPlayer.ExpectReportPlaybackState",
  "DeviceControl.ExpectReportState",
]);

/**
 * What to do with a directive.
 * @param name `Namespace.Name`
 * @param id its `dialogRequestId`
 */
export function placementOf(state: DialogueState, name: string, id: string | undefined): Placement {
  if (id === undefined || id === "" || stateRequests.has(name)) return "immediate";
  if (id !== state.latest && !state.pending.includes(id)) return "stale";
  return recording.has(name) ? "immediate" : "in-turn";
}

/** The events that begin a dialogue. */
const requests: ReadonlySet<string> = new Set([
  "SpeechRecognizer.Recognize",
  "TextRecognizer.Recognize",
]);

/** Whether an event of this name begins a dialogue, and so needs a `dialogRequestId`. */
export function beginsDialogue(name: string): boolean {
  return requests.has(name);
}
