// One item in the player: asked for, playing, held, over, by the clock, with the reports of how far it has come.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { DirectivePayload } from "@trefoil/protocol/interfaces";
import type { Report } from "./device-link.js";
import {
  type AudioStream,
  type Playhead,
  advanced,
  delivered,
  nextMilestone,
  reported,
  sought,
  startOf,
} from "./progress.js";

/** One item of the player. */
export interface PlayerItem {
  readonly audioItemId: string;
  readonly title: string;
  /** As `Play` had it. */
  readonly original: AudioStream;
  /** With what `StreamDeliver` changed. */
  readonly stream: AudioStream;
}

type Phase =
  | { readonly kind: "idle"; readonly item: PlayerItem | undefined }
  /** `StreamRequested` was sent. */
  | { readonly kind: "requesting"; readonly item: PlayerItem; readonly timer: Timer }
  | {
      readonly kind: "playing";
      readonly item: PlayerItem;
      /** As it was at `since`. */
      readonly head: Playhead;
      readonly since: number;
      readonly timer: Timer;
    }
  | {
      readonly kind: "paused" | "stopped";
      readonly item: PlayerItem;
      /** Undefined where it was cut off before it had begun. */
      readonly head: Playhead | undefined;
    };

/** What playing works with. */
export interface PlaybackOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** What plays, or whether it does, is another thing. */
  readonly changed: () => void;
  /** Length of a stream that has no duration, in milliseconds. */
  readonly trackLength: number;
}

/** How long `StreamDeliver` may take, in milliseconds. */
const deliveryTimeout = 10_000;

/** Plays one item after another, as it is told. What comes next is not its business. */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #finished: (item: PlayerItem, played: number) => void;
  #phase: Phase = { kind: "idle", item: undefined };

  /** @param finished called when an item has come to its end, with how long it played in milliseconds */
  constructor(options: PlaybackOptions, finished: (item: PlayerItem, played: number) => void) {
    this.#options = options;
    this.#finished = finished;
  }

  get kind(): Phase["kind"] {
    return this.#phase.kind;
  }

  /** What is in the player, whether it plays or not. */
  get item(): PlayerItem | undefined {
    return this.#phase.item;
  }

  /** Where the item is, in milliseconds from the stream's start. */
  get offset(): number {
    return this.#head()?.offset ?? this.item?.stream.beginAtInMilliseconds ?? 0;
  }

  /** Plays an item from its start. Asks for the real address first, where `url` is none: now and not earlier. */
  begin(item: PlayerItem): void {
    const { original } = item;
    if (original.urlPlayable) {
      this.#start({ ...item, stream: original });
      return;
    }
    this.#silence();
    const timer = this.#options.clock.after(deliveryTimeout, () => {
      this.#phase = { kind: "stopped", item, head: undefined };
      this.#options.changed();
    });
    this.#phase = { kind: "requesting", item, timer };
    const { audioItemId } = item;
    this.#options.report("AudioPlayer.StreamRequested", { audioItemId, audioStream: original });
    this.#options.changed();
  }

  /** `AudioPlayer.StreamDeliver`. What was not asked for, or is no longer wanted, is ignored. */
  deliver({ audioItemId, audioStream }: DirectivePayload<"AudioPlayer.StreamDeliver">): void {
    const phase = this.#phase;
    if (phase.kind !== "requesting" || phase.item.audioItemId !== audioItemId) return;
    phase.timer.cancel();
    this.#start({ ...phase.item, stream: delivered(phase.item.original, audioStream) });
  }

  pause(): void {
    this.#halt("paused");
  }

  /** The item and its place stay known. */
  stop(): void {
    if (this.#phase.kind === "paused") {
      this.#phase = { ...this.#phase, kind: "stopped" };
      this.#report("AudioPlayer.PlayStopped");
      this.#options.changed();
    } else {
      this.#halt("stopped");
    }
  }

  /** @returns whether there was anything to go on with */
  resume(): boolean {
    const phase = this.#phase;
    if (phase.kind !== "paused" && phase.kind !== "stopped") return phase.kind !== "idle";
    if (phase.head === undefined) {
      this.begin(phase.item);
      return true;
    }
    this.#run(phase.item, phase.head);
    this.#report("AudioPlayer.PlayResumed");
    return true;
  }

  /** Moves to another place, inside what the platform lets play. */
  seek(offset: number): void {
    const { item } = this;
    const head = this.#head();
    if (item === undefined || head === undefined) return;
    const { beginAtInMilliseconds: begin } = item.stream;
    const place = Math.round(Math.min(Math.max(offset, begin), this.#endOf(item.stream)));
    const { head: after, crossed } = sought(item.stream, head, place);
    const phase = this.#phase;
    if (phase.kind === "playing") this.#run(item, after);
    else if (phase.kind !== "idle" && phase.kind !== "requesting") {
      this.#phase = { ...phase, head: after };
    }
    if (crossed !== undefined) {
      this.#options.report("AudioPlayer.ProgressReportPositionPassed", {
        token: item.stream.token,
        offsetInMilliseconds: crossed,
      });
    }
    this.#options.changed();
  }

  /** Takes the item out, without a report. */
  eject(): void {
    this.#silence();
    this.#phase = { kind: "idle", item: undefined };
  }

  #start(item: PlayerItem): void {
    this.#run(item, startOf(item.stream));
    this.#report("AudioPlayer.PlayStarted");
  }

  /** Plays on from a playhead until its next milestone. */
  #run(item: PlayerItem, head: Playhead): void {
    const { clock } = this.#options;
    this.#silence();
    const milestone = nextMilestone(item.stream, head, this.#endOf(item.stream));
    const timer = clock.after(milestone.after, () => {
      const arrived = advanced(head, milestone.after);
      if (milestone.kind === "end") {
        this.#end(item, arrived);
        return;
      }
      this.#run(item, reported(arrived, milestone.kind));
      this.#report(milestoneReports[milestone.kind]);
    });
    this.#phase = { kind: "playing", item, head, since: clock.now(), timer };
    this.#options.changed();
  }

  #end(item: PlayerItem, head: Playhead): void {
    this.#phase = { kind: "stopped", item, head };
    this.#report("AudioPlayer.PlayFinished");
    this.#phase = { kind: "idle", item };
    this.#finished(item, head.played);
  }

  #halt(kind: "paused" | "stopped"): void {
    const phase = this.#phase;
    if (phase.kind !== "playing" && phase.kind !== "requesting") return;
    const head = this.#head();
    this.#silence();
    this.#phase = { kind, item: phase.item, head };
    this.#report(kind === "paused" ? "AudioPlayer.PlayPaused" : "AudioPlayer.PlayStopped");
    this.#options.changed();
  }

  #silence(): void {
    if (this.#phase.kind === "playing" || this.#phase.kind === "requesting") {
      this.#phase.timer.cancel();
    }
  }

  #head(): Playhead | undefined {
    const phase = this.#phase;
    switch (phase.kind) {
      case "idle":
      case "requesting":
        return undefined;
      case "playing":
        return advanced(phase.head, this.#options.clock.now() - phase.since);
      case "paused":
      case "stopped":
        return phase.head;
    }
  }

  #endOf({ beginAtInMilliseconds: begin, durationInMilliseconds: duration }: AudioStream): number {
    return duration === undefined ? Math.max(begin, this.#options.trackLength) : begin + duration;
  }

  #report(name: PlayReport): void {
    const { item } = this;
    if (item === undefined) return;
    this.#options.report(name, {
      token: item.stream.token,
      offsetInMilliseconds: Math.round(this.offset),
    });
  }
}

const milestoneReports = {
  delay: "AudioPlayer.ProgressReportDelayPassed",
  interval: "AudioPlayer.ProgressReportIntervalPassed",
  position: "AudioPlayer.ProgressReportPositionPassed",
} as const;

/** Events that say where in the stream something happened. */
type PlayReport =
  | "AudioPlayer.PlayStarted"
  | "AudioPlayer.PlayPaused"
  | "AudioPlayer.PlayResumed"
  | "AudioPlayer.PlayStopped"
  | "AudioPlayer.PlayFinished"
  | (typeof milestoneReports)[keyof typeof milestoneReports];
