// The music player: what the platform and the user want of it, carried out on one item and a queue.

import type { ContextPayload, DirectivePayload, EventPayload } from "@trefoil/protocol/interfaces";
import { PlayQueue, isSame } from "./play-queue.js";
import { type RepeatMode, playbackReport, playbackState } from "./playback-state.js";
import { Playback, type PlaybackOptions, type PlayerItem } from "./playback.js";

export type { PlayerItem } from "./playback.js";

/** What the player works with. */
export type PlayerOptions = PlaybackOptions;

/** A stream shorter than this is not repeated, in milliseconds: it would be a flood of events. */
const shortestRepeat = 1_000;

/** The player of one device. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #playback: Playback;
  readonly #queue = new PlayQueue();
  #repeatMode: RepeatMode = "NONE";

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#playback = new Playback(options, (item, played) => this.#goOn(item, played));
  }

  /** What is in the player, whether it plays or not. */
  get item(): PlayerItem | undefined {
    return this.#playback.item;
  }

  /** What waits. */
  get queue(): readonly PlayerItem[] {
    return this.#queue.waiting;
  }

  get repeatMode(): RepeatMode {
    return this.#repeatMode;
  }

  /** `PlaybackController.SetRepeatMode`. */
  repeat(mode: RepeatMode): void {
    this.#repeatMode = mode;
    this.#options.changed();
  }

  /** Where the item is, in milliseconds from the stream's start. */
  get offset(): number {
    return this.#playback.offset;
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
    this.#queue.clear();
    this.#playback.begin(item);
  }

  /** `AudioPlayer.StreamDeliver`. What was not asked for, or is no longer wanted, is ignored. */
  deliver(payload: DirectivePayload<"AudioPlayer.StreamDeliver">): void {
    this.#playback.deliver(payload);
  }

  /** `PlaybackController.Pause`. */
  pause(): void {
    this.#playback.pause();
  }

  /** `PlaybackController.Stop`. The stream stays known. */
  stop(): void {
    this.#playback.stop();
  }

  /** `PlaybackController.Resume`. @returns whether there was anything to go on with */
  resume(): boolean {
    return this.#playback.resume();
  }

  /** `PlaybackController.Next`: the next item of the queue, if there is one. */
  next(): void {
    const next = this.#queue.next();
    if (next === undefined) return;
    this.#cutOff();
    this.#playback.begin(next);
  }

  /** `PlaybackController.Previous`: the item before, or this one from its start. */
  previous(): void {
    this.#playAgain(this.#queue.goBack(this.item) ?? this.item);
  }

  /** `PlaybackController.Replay`. */
  replay(): void {
    this.#playAgain(this.item);
  }

  /** The user moves to another place, inside what the platform lets play. */
  seek(offset: number): void {
    this.#playback.seek(offset);
  }

  /** `AudioPlayer.ClearQueue`. */
  clearQueue({ clearBehavior }: DirectivePayload<"AudioPlayer.ClearQueue">): void {
    this.#queue.clear();
    if (clearBehavior === "CLEAR_ALL") {
      this.#playback.stop();
      this.#playback.eject();
    }
    this.#options.report("AudioPlayer.PlaybackQueueCleared", { clearBehavior });
    this.#options.changed();
  }

  /** The device is switched off: nothing is reported any more. */
  dispose(): void {
    this.#queue.clear();
    this.#playback.eject();
  }

  /** The context `AudioPlayer.PlaybackState`. */
  state(): ContextPayload<"AudioPlayer.PlaybackState"> {
    return playbackState(this.#playback, this.#repeatMode);
  }

  /** The payload of `AudioPlayer.ReportPlaybackState`. */
  reportState(): EventPayload<"AudioPlayer.ReportPlaybackState"> {
    return playbackReport(this.state());
  }

  #enqueue(item: PlayerItem): void {
    const { item: current, kind } = this.#playback;
    const isHere = kind !== "idle" && current !== undefined && isSame(current, item);
    if (this.#queue.has(item)) this.#queue.add(item);
    else if (isHere) return;
    else if (kind === "idle") this.#playback.begin(item);
    else this.#queue.add(item);
    this.#options.changed();
  }

  /** An item has come to its end. */
  #goOn(item: PlayerItem, played: number): void {
    if (this.#repeatMode === "REPEAT_ONE" && played >= shortestRepeat) {
      this.#playback.begin(item);
      return;
    }
    const next = this.#queue.next();
    if (next !== undefined) {
      this.#queue.remember(item);
      this.#playback.begin(next);
    }
    this.#options.changed();
  }

  #playAgain(item: PlayerItem | undefined): void {
    if (item === undefined) return;
    this.#playback.stop();
    this.#playback.begin(item);
  }

  /** Another item takes the place of this one. */
  #cutOff(): void {
    const { item } = this;
    if (item !== undefined) this.#queue.remember(item);
    this.#playback.stop();
  }
}
