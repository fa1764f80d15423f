// The music player: a queue, one item at a time, and the reports of how far it has come, by the clock.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { ContextPayload, DirectivePayload, EventPayload } from "@trefoil/protocol/interfaces";
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

/** What the player works with. */
export interface PlayerOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** What plays, or whether it does, is another thing. */
  readonly changed: () => void;
  /** Length of a stream that has no duration, in milliseconds. */
  readonly trackLength: number;
}

/** Items that wait, and items that were played, at most. */
const maxItems = 200;
/** How long `StreamDeliver` may take, in milliseconds. */
const deliveryTimeout = 10_000;
/** A stream shorter than this is not repeated, in milliseconds: it would be a flood of events. */
const shortestRepeat = 1_000;

/** The player of one device. */
export class Player {
  readonly #options: PlayerOptions;
  #phase: Phase = { kind: "idle", item: undefined };
  #queue: PlayerItem[] = [];
  #played: PlayerItem[] = [];
  #repeatMode: "NONE" | "REPEAT_ONE" = "NONE";

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  /** What is in the player, whether it plays or not. */
  get item(): PlayerItem | undefined {
    return this.#phase.item;
  }

  /** What waits. */
  get queue(): readonly PlayerItem[] {
    return this.#queue;
  }

  get repeatMode(): "NONE" | "REPEAT_ONE" {
    return this.#repeatMode;
  }

  /** `PlaybackController.SetRepeatMode`. */
  repeat(mode: "NONE" | "REPEAT_ONE"): void {
    this.#repeatMode = mode;
    this.#options.changed();
  }

  /** Where the item is, in milliseconds from the stream's start. */
  get offset(): number {
    return this.#head()?.offset ?? this.item?.stream.beginAtInMilliseconds ?? 0;
  }

  /** `AudioPlayer.Play`. An item that is there already is the same item. */
  play({ audioItem, playBehavior }: DirectivePayload<"AudioPlayer.Play">): void {
    const { audioItemId, stream } = audioItem;
    const item = { audioItemId, title: audioItem.titleText, original: stream, stream };
    if (playBehavior === "ENQUEUE") {
      this.#enqueue(item);
      return;
    }
    this.#cutOff();
    this.#queue = [];
    this.#begin(item);
  }

  /** `AudioPlayer.StreamDeliver`. What was not asked for, or is no longer wanted, is ignored. */
  deliver({ audioItemId, audioStream }: DirectivePayload<"AudioPlayer.StreamDeliver">): void {
    const phase = this.#phase;
    if (phase.kind !== "requesting" || phase.item.audioItemId !== audioItemId) return;
    phase.timer.cancel();
    const stream = delivered(phase.item.original, audioStream);
    this.#start({ ...phase.item, stream });
  }

  /** `PlaybackController.Pause`. */
  pause(): void {
    this.#halt("paused");
  }

  /** `PlaybackController.Stop`. The stream stays known. */
  stop(): void {
    if (this.#phase.kind === "paused") {
      this.#phase = { ...this.#phase, kind: "stopped" };
      this.#reportPlay("AudioPlayer.PlayStopped");
      this.#options.changed();
    } else {
      this.#halt("stopped");
    }
  }

  /** `PlaybackController.Resume`. @returns whether there was anything to go on with */
  resume(): boolean {
    const phase = this.#phase;
    if (phase.kind !== "paused" && phase.kind !== "stopped") return phase.kind !== "idle";
    if (phase.head === undefined) {
      this.#begin(phase.item);
      return true;
    }
    this.#run(phase.item, phase.head);
    this.#reportPlay("AudioPlayer.PlayResumed");
    return true;
  }

  /** `PlaybackController.Next`: the next item of the queue, if there is one. */
  next(): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#cutOff();
    this.#begin(next);
  }

  /** `PlaybackController.Previous`: the item before, or this one from its start. */
  previous(): void {
    const { item } = this;
    const before = this.#played.pop();
    if (before === undefined) {
      this.replay();
      return;
    }
    if (item !== undefined) this.#queue = [item, ...this.#queue].slice(0, maxItems);
    this.#cutOff("forgotten");
    this.#begin(before);
  }

  /** `PlaybackController.Replay`. */
  replay(): void {
    const { item } = this;
    if (item === undefined) return;
    this.#cutOff("forgotten");
    this.#begin(item);
  }

  /** The user moves to another place, inside what the platform lets play. */
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

  /** `AudioPlayer.ClearQueue`. */
  clearQueue({ clearBehavior }: DirectivePayload<"AudioPlayer.ClearQueue">): void {
    this.#queue = [];
    if (clearBehavior === "CLEAR_ALL") {
      this.#cutOff("forgotten");
      this.#phase = { kind: "idle", item: undefined };
    }
    this.#options.report("AudioPlayer.PlaybackQueueCleared", { clearBehavior });
    this.#options.changed();
  }

  /** The device is switched off: nothing is reported any more. */
  dispose(): void {
    this.#silence();
    this.#queue = [];
    this.#phase = { kind: "idle", item: undefined };
  }

  /** The context `AudioPlayer.PlaybackState`. */
  state(): ContextPayload<"AudioPlayer.PlaybackState"> {
    const { item } = this;
    const repeatMode = this.#repeatMode;
    if (this.#phase.kind === "idle" || item === undefined) {
      return { playerActivity: "IDLE", repeatMode };
    }
    const { beginAtInMilliseconds: begin, durationInMilliseconds: duration } = item.stream;
    return {
      playerActivity: activities[this.#phase.kind],
      repeatMode,
      stream: item.stream,
      offsetInMilliseconds: Math.round(this.offset),
      ...(duration === undefined ? {} : { totalInMilliseconds: begin + duration }),
    };
  }

  /** The payload of `AudioPlayer.ReportPlaybackState`. */
  reportState(): EventPayload<"AudioPlayer.ReportPlaybackState"> {
    const state = this.state();
    return state.stream === undefined ? state : { ...state, token: state.stream.token };
  }

  #enqueue(item: PlayerItem): void {
    const same = ({ audioItemId }: PlayerItem) => audioItemId === item.audioItemId;
    const index = this.#queue.findIndex(same);
    if (index >= 0) this.#queue[index] = item;
    else if (this.#phase.kind !== "idle" && same(this.#phase.item)) return;
    else if (this.#phase.kind === "idle") this.#begin(item);
    else if (this.#queue.length < maxItems) this.#queue.push(item);
    this.#options.changed();
  }

  /** Asks for the real address first, where `url` is none: now and not earlier. */
  #begin(item: PlayerItem): void {
    const { original } = item;
    if (original.urlPlayable) {
      this.#start({ ...item, stream: original });
      return;
    }
    const timer = this.#options.clock.after(deliveryTimeout, () => {
      this.#phase = { kind: "stopped", item, head: undefined };
      this.#options.changed();
    });
    this.#phase = { kind: "requesting", item, timer };
    const { audioItemId } = item;
    this.#options.report("AudioPlayer.StreamRequested", { audioItemId, audioStream: original });
    this.#options.changed();
  }

  #start(item: PlayerItem): void {
    this.#run(item, startOf(item.stream));
    this.#reportPlay("AudioPlayer.PlayStarted");
  }

  /** Plays on from a playhead until its next milestone. */
  #run(item: PlayerItem, head: Playhead): void {
    const { clock } = this.#options;
    this.#silence();
    const milestone = nextMilestone(item.stream, head, this.#endOf(item.stream));
    const timer = clock.after(milestone.after, () => {
      const arrived = advanced(head, milestone.after);
      if (milestone.kind === "end") {
        this.#finish(item, arrived);
        return;
      }
      this.#run(item, reported(arrived, milestone.kind));
      this.#reportPlay(reports[milestone.kind]);
    });
    this.#phase = { kind: "playing", item, head, since: clock.now(), timer };
    this.#options.changed();
  }

  #finish(item: PlayerItem, head: Playhead): void {
    this.#phase = { kind: "stopped", item, head };
    this.#reportPlay("AudioPlayer.PlayFinished");
    this.#phase = { kind: "idle", item };
    if (this.#repeatMode === "REPEAT_ONE" && head.played >= shortestRepeat) {
      this.#begin(item);
      return;
    }
    const next = this.#queue.shift();
    if (next !== undefined) {
      this.#remember(item);
      this.#begin(next);
    }
    this.#options.changed();
  }

  #halt(kind: "paused" | "stopped"): void {
    const phase = this.#phase;
    if (phase.kind !== "playing" && phase.kind !== "requesting") return;
    const head = this.#head();
    this.#silence();
    this.#phase = { kind, item: phase.item, head };
    this.#reportPlay(kind === "paused" ? "AudioPlayer.PlayPaused" : "AudioPlayer.PlayStopped");
    this.#options.changed();
  }

  /** Another item takes the place of this one. */
  #cutOff(item: "remembered" | "forgotten" = "remembered"): void {
    if (this.#phase.item !== undefined && item === "remembered") this.#remember(this.#phase.item);
    if (this.#phase.kind !== "stopped") this.stop();
  }

  #remember(item: PlayerItem): void {
    this.#played = [...this.#played, item].slice(-maxItems);
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

  #reportPlay(name: keyof typeof playReports): void {
    const { item } = this;
    if (item === undefined) return;
    this.#options.report(name, {
      token: item.stream.token,
      offsetInMilliseconds: Math.round(this.offset),
    });
  }
}

const activities = {
  requesting: "PLAYING",
  playing: "PLAYING",
  paused: "PAUSED",
  stopped: "STOPPED",
} as const;

const reports = {
  delay: "AudioPlayer.ProgressReportDelayPassed",
  interval: "AudioPlayer.ProgressReportIntervalPassed",
  position: "AudioPlayer.ProgressReportPositionPassed",
} as const;

const playReports = {
  "AudioPlayer.PlayStarted": true,
  "AudioPlayer.PlayPaused": true,
  "AudioPlayer.PlayResumed": true,
  "AudioPlayer.PlayStopped": true,
  "AudioPlayer.PlayFinished": true,
  "AudioPlayer.ProgressReportDelayPassed": true,
  "AudioPlayer.ProgressReportIntervalPassed": true,
  "AudioPlayer.ProgressReportPositionPassed": true,
} as const;
