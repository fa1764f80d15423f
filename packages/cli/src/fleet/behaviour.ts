// How the devices of a fleet differ: what each does, and how often.

/** What a device of a fleet does. */
export type Behaviour =
  /** Holds its downchannel, as most devices do most of the time. */
  | "listener"
  /** Asks in text. */
  | "talker"
  /** Asks in speech: a second of it, in 10 ms frames. */
  | "speaker"
  /** Presses the buttons of its player, and turns its volume. */
  | "presser"
  /** Loses its connection and comes back. */
  | "wanderer";

/** Twenty devices stand for the whole. */
const spread: readonly Behaviour[] = [
  "talker",
  "listener",
  "speaker",
  "presser",
  "talker",
  "listener",
  "wanderer",
  "talker",
  "listener",
  "speaker",
  "talker",
  "listener",
  "presser",
  "talker",
  "wanderer",
  "listener",
  "talker",
  "speaker",
  "listener",
  "talker",
];

/** Milliseconds between two doings, in the middle; undefined: it does nothing by itself. */
const pauses: Readonly<Record<Behaviour, number | undefined>> = {
  listener: undefined,
  talker: 5_000,
  speaker: 10_000,
  presser: 5_000,
  wanderer: 15_000,
};

/** What the device of an index (from 0) does. */
export function behaviourOf(index: number): Behaviour {
  return spread[index % spread.length] ?? "listener";
}

/**
 * Milliseconds until the next doing: around the middle, so that a fleet does not march in step.
 * @param random 0 <= random < 1
 */
export function pauseOf(behaviour: Behaviour, random: number): number | undefined {
  const middle = pauses[behaviour];
  return middle === undefined ? undefined : middle * (0.5 + random);
}
