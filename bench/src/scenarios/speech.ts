// `speech`: devices that stream what their microphone hears, in frames of ten milliseconds, to a recogniser that discards it.

import { setTimeout as sleep } from "node:timers/promises";
import { encodeEvent } from "@trefoil/protocol/messages";
import { DeviceConnection } from "../load/device-connection.js";
import { type ServerProcess, startOwn } from "../measure/child.js";
import { type Sample, alternate } from "../measure/rounds.js";
import { type Device, startTrefoil } from "../peers/trefoil.js";
import type { ScenarioResult } from "../report/result.js";
import {
  type Scenario,
  bareDownchannel,
  groupOf,
  ratioTo,
  trefoilDownchannel,
} from "./scenario.js";

/** How many devices speak. */
export const speakers = 20;
/** 16 kHz, 16 bits, one channel: ten milliseconds. */
const frameBytes = 320;
const frameTime = 10;

const boundary = "bench-speech";

/** Everything of the body before the audio. */
function head(): Buffer {
  const event = encodeEvent({
    context: [],
    event: {
      header: {
        namespace: "SpeechRecognizer",
        name: "Recognize",
        messageId: "62c8bb13-c2a4-4f09-88f5-e8a9e1a2f0c5",
        dialogRequestId: "277b40c3-b046-4f61-a551-783b1547e7b7",
      },
      payload: { lang: "ko", profile: "CLOSE_TALK", format: "AUDIO_L16_RATE_16000_CHANNELS_1" },
    },
  });
  return Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n`,
    ),
    event,
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="audio"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
  ]);
}

const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

/** Noise, as a room has it: bytes of all values, among them those that delimiters begin with. */
const noise = Buffer.from(
  Array.from({ length: frameBytes * 100 }, (_, index) => (index * 2_654_435_761) >>> 24),
);

/** A server and the devices that speak to it. */
export interface Studio {
  readonly server: ServerProcess;
  readonly speakers: readonly { readonly connection: DeviceConnection; readonly token: string }[];
}

/** Connects the devices, each with its downchannel. */
export async function openStudio(
  server: ServerProcess,
  ca: string,
  devices: readonly Device[],
  downchannel: typeof trefoilDownchannel,
): Promise<Studio> {
  const connected = await Promise.all(
    devices.map(async (device) => {
      const connection = await DeviceConnection.connect({ port: server.port, ca });
      const { path, headers } = downchannel(device);
      await new Promise<void>((resolve) => {
        connection.request("GET", path, headers, { data: () => resolve() });
      });
      return { connection, token: device.accessToken };
    }),
  );
  return { server, speakers: connected };
}

/** All speak at once for so many frames, at the pace of speech. */
export async function speak({ server, speakers: all }: Studio, frames: number): Promise<Sample> {
  const beginning = head();
  const before = server.cpu;
  let answered = 0;
  const streams = all.map(({ connection, token }) => {
    const fields = {
      authorization: `Bearer ${token}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
    };
    const sink = {
      status: (status: number) => {
        if (status === 204) answered++;
      },
    };
    const stream = connection.request("POST", "/v1/events", fields, sink, { end: false });
    connection.send(stream, beginning);
    return { connection, stream };
  });
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    const early = start + frame * frameTime - performance.now();
    if (early > 1) await sleep(early);
    const at = (frame % 100) * frameBytes;
    for (const { connection, stream } of streams) {
      connection.send(stream, noise.subarray(at, at + frameBytes));
    }
  }
  const duration = performance.now() - start;
  for (const { connection, stream } of streams) connection.send(stream, tail, true);
  const giveUp = performance.now() + 10_000;
  while (answered < all.length && performance.now() < giveUp) await sleep(5);
  if (answered < all.length) throw new Error(`${answered} of ${all.length} streams were answered`);
  const cpu = server.cpu - before;
  return {
    cpu: cpu / (frames * all.length),
    share: cpu / 10 / duration,
    pace: duration / (frames * frameTime),
  };
}

const quantities = {
  cpu: { label: "CPU per frame", unit: "µs", better: "lower" },
  share: { label: `of a core for ${speakers} speakers`, unit: "%", better: "lower" },
  pace: { label: "time taken of real time", unit: "×", better: "lower", digits: 2 },
} as const;

const about = `${speakers} devices stream 16 kHz PCM in frames of ${frameBytes} bytes at the pace of speech; the recogniser discards it, the peer discards the body.`;

export const speech: Scenario = {
  name: "speech",
  about,
  devices: () => speakers,
  async run(bench): Promise<ScenarioResult> {
    const { cores, certificate, directory } = bench;
    const core = cores.server;
    const fleet = await bench.fleet();
    const devices = fleet.devices.slice(0, speakers);
    const ca = certificate.certificate;
    const studios = {
      trefoil: await openStudio(
        await startTrefoil(fleet, { core, directory, certificate }),
        ca,
        devices,
        trefoilDownchannel,
      ),
      "node:http2": await openStudio(
        await startOwn("bare-http2", certificate, { core }),
        ca,
        devices,
        bareDownchannel,
      ),
    };
    try {
      const samples = await alternate(
        studios,
        bench.quick ? 1 : 4,
        (studio, warmingUp) => speak(studio, bench.quick || warmingUp ? 200 : 800),
        (step) => bench.tell(step),
      );
      const group = groupOf(`${speakers} speakers`, quantities, samples, "node:http2");
      return {
        scenario: "speech",
        about,
        groups: [group],
        curves: [],
        floors: [
          {
            text: "CPU per frame against bare node:http2",
            value: ratioTo(group, "cpu", "trefoil", "node:http2"),
            bound: 0.7,
            sense: "at least",
            unit: "×",
          },
        ],
        notes: [],
      };
    } finally {
      for (const { server, speakers: all } of Object.values(studios)) {
        for (const { connection } of all) connection.close();
        await server.stop();
      }
    }
  },
};
