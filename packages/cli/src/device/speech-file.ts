// A file of speech as a microphone gives it: PCM at the pace at which it would be spoken.

import { readFile, stat } from "node:fs/promises";
import type { Clock } from "@trefoil/protocol/clock";
import { TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";

/** Largest file that is read. Bytes. */
const maxFile = 10_485_760;
/** 100 ms of 16-bit samples at 16 kHz. Bytes. */
const chunk = 3_200;
/** Milliseconds that a chunk lasts. */
const pace = 100;

/**
 * The samples of a WAV file: signed 16-bit little-endian, one channel, 16 kHz.
 * @throws {TrefoilError} `invalid_request` where it is something else, with how to convert it
 * @see http://soundfile.sapp.org/doc/WaveFormat/
 */
export function samplesOf(wav: Buffer): Buffer {
  if (wav.toString("latin1", 0, 4) !== "RIFF" || wav.toString("latin1", 8, 12) !== "WAVE") {
    throw notSpeech("it is no WAV file");
  }
  let format: string | undefined;
  for (let at = 12; at + 8 <= wav.length;) {
    const name = wav.toString("latin1", at, at + 4);
    const size = wav.readUInt32LE(at + 4);
    const body = wav.subarray(at + 8, at + 8 + size);
    if (name === "fmt " && body.length >= 16) {
      // The extensible format says PCM further back; its first fields are the same.
      const isPcm = [1, 0xfffe].includes(body.readUInt16LE(0));
      const [channels, rate, bits] = [
        body.readUInt16LE(2),
        body.readUInt32LE(4),
        body.readUInt16LE(14),
      ];
      if (!isPcm || channels !== 1 || rate !== 16_000 || bits !== 16) {
        throw notSpeech(
          `it has ${channels} channel(s), ${rate} Hz, ${bits} bit${isPcm ? "" : ", compressed"}`,
        );
      }
      format = name;
    }
    if (name === "data" && format !== undefined) return body.subarray(0, body.length & ~1);
    // Chunks are padded to an even length.
    at += 8 + size + (size & 1);
  }
  throw notSpeech("it holds no samples");
}

function notSpeech(why: string): TrefoilError {
  return new TrefoilError(
    "invalid_request",
    `${why}; speech is 16 bit, one channel, 16 kHz: ffmpeg -i IN -ar 16000 -ac 1 -sample_fmt s16 OUT.wav`,
  );
}

/**
 * Reads a file of speech.
 * @param path absolute
 * @throws {TrefoilError} `invalid_request` where it cannot be read, or is no speech
 */
export async function readSpeech(path: string): Promise<Buffer> {
  let content: Buffer;
  try {
    // Before it is opened: a pipe to which nobody writes would wait for ever, and its reader could not even end.
    const found = await stat(path);
    if (!found.isFile()) throw new TrefoilError("invalid_request", `${path} is no file`);
    if (found.size > maxFile) throw notSpeech("it is larger than 10 MiB");
    content = await readFile(path);
  } catch (cause) {
    if (isTrefoilError(cause)) throw cause;
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
    throw new TrefoilError("invalid_request", `cannot read ${path}: ${why}`, { cause });
  }
  return samplesOf(content);
}

/** The samples, as a microphone gives them. */
export async function* spoken(
  samples: Uint8Array,
  clock: Clock,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < samples.length; at += chunk) {
    yield samples.subarray(at, at + chunk);
    await new Promise<void>((resolve) => void clock.after(pace, resolve));
  }
}
