// The public door of this room.
export type { CaptureEnd } from "./capture.js";
export {
  type ExpectSpeech,
  Recognition,
  type RecognizeOptions,
  type SpeechSource,
} from "./recognition.js";
export { Recognizer, type RecognizerOptions } from "./recognizer.js";
