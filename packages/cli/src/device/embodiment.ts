// The body of the simulated device: a virtual loudspeaker, whose doings are shown and recorded.

import type { Client } from "@trefoil/client/node";
import { VirtualDevice } from "@trefoil/client/virtual-device";
import type { Clock } from "@trefoil/protocol/clock";
import { contentIdOf } from "./content-id.js";
import type { Printer } from "./printer.js";
import type { Recorder } from "./recording.js";

/** Speech that is remembered until it was said, at most. */
const maxSpeeches = 64;

/** Gives a client a body. Make it before the client connects. */
export function embody(
  client: Client,
  printer: Printer,
  recorder: Recorder | undefined,
  clock: Clock,
  onChange: () => void,
): VirtualDevice {
  const speeches = new Speeches(printer);
  const send: Client["send"] = (name: string, payload: object) => {
    printer.sent(name as `${string}.${string}`, payload);
    recorder?.event(name, payload);
    return client.send(name as "Clova.Unknown", { ...payload });
  };
  const device: VirtualDevice = new VirtualDevice(
    {
      on: client.on.bind(client),
      watch: client.watch.bind(client),
      context: client.context,
      send,
    },
    {
      clock,
      onChange() {
        const { state } = device.voice;
        if (state !== undefined && state.playerActivity !== "PLAYING") speeches.said(state.token);
        onChange();
      },
      onFailure: (name, error) => printer.failed(`${name} was not taken`, error),
      onSpeech: (token, bytes) => speeches.heard(token, bytes.length),
    },
  );
  client.watch((notice) => {
    if (notice.kind !== "directive") return;
    const { name, payload } = notice.directive;
    if (name === "SpeechSynthesizer.Speak") speeches.announced(payload);
  });
  return device;
}

/** How much of which speech has come. */
class Speeches {
  readonly #printer: Printer;
  readonly #known = new Map<string, { readonly contentId: string; bytes: number }>();

  constructor(printer: Printer) {
    this.#printer = printer;
  }

  announced(payload: Readonly<Record<string, unknown>>): void {
    const contentId = contentIdOf(payload["url"]);
    if (contentId === undefined || this.#known.size >= maxSpeeches) return;
    this.#known.set(String(payload["token"]), { contentId, bytes: 0 });
  }

  heard(token: string, bytes: number): void {
    const speech = this.#known.get(token);
    if (speech !== undefined) speech.bytes += bytes;
  }

  said(token: string): void {
    const speech = this.#known.get(token);
    if (speech === undefined) return;
    this.#known.delete(token);
    this.#printer.attachment(speech.contentId, speech.bytes, undefined);
  }
}
