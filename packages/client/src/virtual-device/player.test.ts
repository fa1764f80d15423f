// Playing by the clock: reports at their time, control by directives, queue, repeat, and the state that others see.
import { beforeEach, describe, expect, it } from "vitest";
import type { DirectivePayload } from "@trefoil/protocol/interfaces";
import { Bench } from "./fake-link.test.support.js";
import type { AudioStream } from "./progress.js";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const play = (
  id: string,
  stream: Partial<AudioStream> = {},
  playBehavior: "REPLACE_ALL" | "ENQUEUE" = "REPLACE_ALL",
): DirectivePayload<"AudioPlayer.Play"> => ({
  playBehavior,
  source: { name: "Test" },
  audioItem: {
    audioItemId: id,
    type: "MUSIC",
    titleText: `Title ${id}`,
    titleSubText1: "Artist",
    stream: {
      token: `token ${id}`,
      url: "https://audio.test/1.mp3",
      urlPlayable: true,
      beginAtInMilliseconds: 0,
      durationInMilliseconds: 10_000,
      ...stream,
    },
  },
});
const names = () => bench.take().map((name) => name.split(".")[1]);
const state = () => bench.contextOf("AudioPlayer.PlaybackState");
const shortly = (name: string) => name.replace("ProgressReport", "").replace("Passed", "");
const reports = () =>
  bench.sent.splice(0).map(({ name, payload, at }) => {
    expect(payload["token"]).toMatch(/^token /);
    return [shortly(name.split(".")[1]!), payload["offsetInMilliseconds"], at];
  });

describe("playing", () => {
  it("reports each of its times with the place that it has reached, and its end", () => {
    bench.give(
      "AudioPlayer.Play",
      play("1", {
        beginAtInMilliseconds: 1_000,
        progressReport: {
          progressReportDelayInMilliseconds: 500,
          progressReportIntervalInMilliseconds: 4_000,
          progressReportPositionInMilliseconds: 6_000,
        },
      }),
    );
    bench.clock.advance(60_000);
    expect(reports()).toEqual([
      ["PlayStarted", 1_000, 0],
      ["Delay", 1_500, 500],
      ["Interval", 5_000, 4_000],
      ["Position", 6_000, 5_000],
      ["Interval", 9_000, 8_000],
      ["PlayFinished", 11_000, 10_000],
    ]);
    expect(state()).toEqual({ playerActivity: "IDLE", repeatMode: "NONE" });
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("reports nothing whose time is null", () => {
    bench.give(
      "AudioPlayer.Play",
      play("1", {
        progressReport: {
          progressReportDelayInMilliseconds: null,
          progressReportIntervalInMilliseconds: null,
          progressReportPositionInMilliseconds: null,
        },
      }),
    );
    bench.clock.advance(60_000);
    expect(names()).toEqual(["PlayStarted", "PlayFinished"]);
  });

  it("asks for the real stream right before, and lays it over the one of Play", () => {
    const original = {
      urlPlayable: false,
      url: "clova:1",
      customData: "keep",
      progressReport: { progressReportDelayInMilliseconds: 500 },
    };
    bench.give("AudioPlayer.Play", play("1", original));
    expect(bench.sent[0]).toMatchObject({
      name: "AudioPlayer.StreamRequested",
      payload: { audioItemId: "1", audioStream: original },
    });
    expect(names()).toEqual(["StreamRequested"]);
    const audioStream = {
      token: "token 1",
      url: "https://audio.test/real.mp3",
      urlPlayable: true,
      beginAtInMilliseconds: null,
      durationInMilliseconds: 3_000,
      customData: null,
      progressReport: {
        progressReportDelayInMilliseconds: null,
        progressReportIntervalInMilliseconds: 1_000,
      },
    };
    bench.give("AudioPlayer.StreamDeliver", { audioItemId: "another", audioStream });
    expect(names()).toEqual([]);
    bench.give("AudioPlayer.StreamDeliver", { audioItemId: "1", audioStream });
    bench.clock.advance(500);
    expect(state()).toEqual({
      playerActivity: "PLAYING",
      repeatMode: "NONE",
      offsetInMilliseconds: 500,
      totalInMilliseconds: 3_000,
      stream: {
        token: "token 1",
        url: "https://audio.test/real.mp3",
        urlPlayable: true,
        beginAtInMilliseconds: 0,
        durationInMilliseconds: 3_000,
        customData: "keep",
        progressReport: {
          progressReportDelayInMilliseconds: 500,
          progressReportIntervalInMilliseconds: 1_000,
        },
      },
    });
    bench.clock.advance(5_000);
    expect(reports().map(([name]) => name)).toEqual([
      "PlayStarted",
      "Delay",
      "Interval",
      "Interval",
      "Interval",
      "PlayFinished",
    ]);
  });

  it("gives up on a stream that is never delivered", () => {
    bench.give("AudioPlayer.Play", play("1", { urlPlayable: false }));
    bench.clock.advance(10_000);
    expect(state()).toMatchObject({ playerActivity: "STOPPED", offsetInMilliseconds: 0 });
    bench.give("PlaybackController.Resume", {});
    expect(names()).toEqual(["StreamRequested", "StreamRequested"]);
  });

  it("refuses an item that is not as it should be, and plays on", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.take();
    const broken = { ...play("2"), playBehavior: "SOMEHOW" } as never;
    expect(() => bench.give("AudioPlayer.Play", broken)).toThrow();
    expect(bench.device.player.item?.audioItemId).toBe("1");
  });
});

describe("control", () => {
  it("pauses, goes on and stops only by directives, and reports each", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.clock.advance(2_000);
    bench.take();
    bench.device.press("pause");
    expect(names()).toEqual(["PauseCommandIssued"]);
    expect(state()).toMatchObject({ playerActivity: "PLAYING" });
    bench.give("PlaybackController.Pause", {});
    bench.clock.advance(5_000);
    expect(state()).toMatchObject({ playerActivity: "PAUSED", offsetInMilliseconds: 2_000 });
    bench.give("PlaybackController.Resume", {});
    bench.clock.advance(1_000);
    bench.give("PlaybackController.Stop", {});
    expect(bench.takeWith("offsetInMilliseconds")).toEqual([
      ["PlayPaused", 2_000],
      ["PlayResumed", 2_000],
      ["PlayStopped", 3_000],
    ]);
    expect(state()).toMatchObject({ playerActivity: "STOPPED", offsetInMilliseconds: 3_000 });
    bench.give("PlaybackController.Pause", {});
    bench.give("PlaybackController.Stop", {});
    expect(names()).toEqual([]);
  });

  it("leaves a command for another player alone", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.take();
    bench.give("PlaybackController.Pause", { target: { namespace: "MediaPlayer" } });
    expect(names()).toEqual([]);
    bench.give("PlaybackController.Pause", { target: { namespace: "AudioPlayer" } });
    expect(names()).toEqual(["PlayPaused"]);
  });

  it.each([
    ["PlaybackController.ExpectNextCommand", "NextCommandIssued"],
    ["PlaybackController.ExpectPauseCommand", "PauseCommandIssued"],
    ["PlaybackController.ExpectPreviousCommand", "PreviousCommandIssued"],
    ["PlaybackController.ExpectResumeCommand", "ResumeCommandIssued"],
    ["PlaybackController.ExpectStopCommand", "StopCommandIssued"],
  ] as const)("%s is answered as if the button was pressed", (directive, event) => {
    bench.give(directive, {});
    bench.give(directive, { target: { namespace: "AudioPlayer" } });
    expect(bench.takeWith("source")).toEqual([
      [event, undefined],
      [event, { namespace: "AudioPlayer" }],
    ]);
  });

  it("takes playing over with what it was told", () => {
    const command = { handover: { deviceId: "giver", customData: "data" }, token: "token 1" };
    bench.give("PlaybackController.ExpectPlayCommand", command);
    expect(bench.sent[0]).toMatchObject({
      name: "PlaybackController.PlayCommandIssued",
      payload: command,
    });
  });

  it("reports its state when asked, with the token where there is a stream", () => {
    bench.give("AudioPlayer.ExpectReportPlaybackState", {});
    bench.give("AudioPlayer.Play", play("1"));
    bench.give("AudioPlayer.ExpectReportPlaybackState", {});
    expect(bench.takeWith("token")).toEqual([
      ["ReportPlaybackState", undefined],
      ["PlayStarted", "token 1"],
      ["ReportPlaybackState", "token 1"],
    ]);
  });
});

describe("the queue", () => {
  it("plays one after another, and knows an item that came before", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.give("AudioPlayer.Play", play("2", {}, "ENQUEUE"));
    bench.give("AudioPlayer.Play", play("2", { durationInMilliseconds: 500 }, "ENQUEUE"));
    bench.give("AudioPlayer.Play", play("1", {}, "ENQUEUE"));
    bench.clock.advance(60_000);
    expect(bench.takeWith("token")).toEqual([
      ["PlayStarted", "token 1"],
      ["PlayFinished", "token 1"],
      ["PlayStarted", "token 2"],
      ["PlayFinished", "token 2"],
    ]);
  });

  it("is emptied by REPLACE_ALL, which cuts off what plays", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.give("AudioPlayer.Play", play("2", {}, "ENQUEUE"));
    bench.give("AudioPlayer.Play", play("3"));
    bench.clock.advance(60_000);
    expect(bench.takeWith("token")).toEqual([
      ["PlayStarted", "token 1"],
      ["PlayStopped", "token 1"],
      ["PlayStarted", "token 3"],
      ["PlayFinished", "token 3"],
    ]);
  });

  it("goes forth and back", () => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.give("AudioPlayer.Play", play("2", {}, "ENQUEUE"));
    bench.take();
    bench.give("PlaybackController.Next", {});
    bench.give("PlaybackController.Next", {});
    bench.give("PlaybackController.Previous", {});
    bench.give("PlaybackController.Next", {});
    bench.give("PlaybackController.Replay", {});
    expect(
      bench
        .takeWith("token")
        .filter(([name]) => name === "PlayStarted")
        .map(([, token]) => token),
    ).toEqual(["token 2", "token 1", "token 2", "token 2"]);
  });

  it.each([
    ["CLEAR_ALL", ["PlayStopped", "PlaybackQueueCleared"], "IDLE"],
    ["CLEAR_ENQUEUED", ["PlaybackQueueCleared"], "PLAYING"],
  ] as const)("is cleared by %s, and says so", (clearBehavior, events, playerActivity) => {
    bench.give("AudioPlayer.Play", play("1"));
    bench.give("AudioPlayer.Play", play("2", {}, "ENQUEUE"));
    bench.take();
    bench.give("AudioPlayer.ClearQueue", { clearBehavior });
    expect(bench.sent.at(-1)?.payload).toEqual({ clearBehavior });
    expect(names()).toEqual(events);
    expect(bench.device.player.queue).toEqual([]);
    expect(state()).toMatchObject({ playerActivity });
  });

  it("repeats one item until told otherwise, unless it is too short to hear", () => {
    bench.give("PlaybackController.SetRepeatMode", { repeatMode: "REPEAT_ONE" });
    bench.give("AudioPlayer.Play", play("1"));
    bench.clock.advance(25_000);
    expect(names().filter((name) => name === "PlayStarted")).toHaveLength(3);
    expect(state()).toMatchObject({ repeatMode: "REPEAT_ONE" });
    bench.give("PlaybackController.SetRepeatMode", { repeatMode: "NONE" });
    bench.clock.advance(60_000);
    expect(names()).toEqual(["PlayFinished"]);
    bench.give("PlaybackController.TurnOnRepeatMode", {});
    bench.give("AudioPlayer.Play", play("2", { durationInMilliseconds: 0 }));
    bench.clock.advance(60_000);
    expect(names()).toEqual(["PlayStarted", "PlayFinished"]);
  });
});

describe("seeking", () => {
  const withPosition = { progressReport: { progressReportPositionInMilliseconds: 5_000 } };

  it("across the reported place counts as passing it, with the place itself", () => {
    bench.give("AudioPlayer.Play", play("1", withPosition));
    bench.take();
    bench.device.player.seek(8_000);
    expect(bench.takeWith("offsetInMilliseconds")).toEqual([
      ["ProgressReportPositionPassed", 5_000],
    ]);
    bench.clock.advance(500);
    bench.device.player.seek(9_000);
    expect(names()).toEqual([]);
    bench.device.player.seek(4_000);
    expect(names()).toEqual([]);
    bench.clock.advance(60_000);
    expect(names()).toEqual(["ProgressReportPositionPassed", "PlayFinished"]);
  });

  it("stays inside what is to be played, also while paused", () => {
    bench.give("AudioPlayer.Play", play("1", { beginAtInMilliseconds: 1_000 }));
    bench.give("PlaybackController.Pause", {});
    bench.device.player.seek(0);
    expect(bench.device.player.offset).toBe(1_000);
    bench.device.player.seek(1e9);
    expect(bench.device.player.offset).toBe(11_000);
    bench.give("PlaybackController.Resume", {});
    bench.clock.advance(0);
    expect(names().at(-1)).toBe("PlayFinished");
  });
});
