// The live view: what it says, and that it stays within its lines of the terminal.
import { EventEmitter } from "node:events";
import { FakeClock } from "@trefoil/protocol/clock";
import { TrefoilError } from "@trefoil/protocol/errors";
import { describe, expect, it } from "vitest";
import { type LiveStatus, statusHeight, statusLines } from "./live-status.js";
import { type Display, LiveView } from "./live-view.js";

const idle = {
  alerts: { list: [] },
  player: { item: undefined, queue: [], offset: 0, state: () => ({ playerActivity: "IDLE" }) },
  voice: { state: undefined },
  indicator: { kind: "off" },
  muted: false,
  state: { volume: { value: 5, max: 10 } },
};

const status = (changes: object = {}, device: object = {}): LiveStatus =>
  ({
    server: "localhost:8443",
    deviceId: "d1",
    connection: { phase: "open" },
    since: 0,
    dialogue: undefined,
    device: { ...idle, ...device },
    ...changes,
  }) as unknown as LiveStatus;

const lines = (of: LiveStatus, now = 65_000) => statusLines(of, now, 100, false).slice(1);

describe("the live view", () => {
  it("tells of an idle device", () => {
    expect(lines(status())).toEqual([
      " connection ● connected for 1:05",
      " player     nothing, volume 5 of 10",
      " alerts     none",
    ]);
  });

  it("tells of the dialogue, the player, the voice and alerts", () => {
    const device = {
      player: {
        item: { title: "Moonlight\u001b[2J", stream: { durationInMilliseconds: 3_723_000 } },
        queue: [{}, {}],
        offset: 61_000,
        state: () => ({ playerActivity: "PLAYING" }),
      },
      voice: { state: { playerActivity: "PLAYING" } },
      indicator: { kind: "on" },
      muted: true,
      alerts: {
        list: [
          {
            alert: { type: "TIMER", scheduledTime: new Date(95_000).toISOString() },
            phase: "waiting",
          },
          { alert: { type: "ALARM", scheduledTime: new Date(0).toISOString() }, phase: "ringing" },
        ],
      },
    };
    expect(lines(status({ dialogue: "0123456789" }, device))).toEqual([
      " connection ● connected for 1:05, dialogue #01234567, speaking, light on",
      " player     playing: Moonlight\\u001b[2J 1:01 of 1:02:03, 2 more, muted",
      " alerts     timer in 0:30, alarm RINGS (type stop)",
    ]);
  });

  it("counts down to the next try", () => {
    const cause = new TrefoilError("unavailable", "It was lost.");
    const connection = { phase: "waiting", delay: 10_000, cause };
    expect(lines(status({ connection, since: 60_000 }))[0]).toBe(
      " connection ● next try in 5 s: It was lost.",
    );
  });

  it("never is wider than the terminal", () => {
    const wide = status(
      { server: "s".repeat(200), dialogue: "d" },
      { player: { ...idle.player, item: { title: "t".repeat(300), stream: {} } } },
    );
    for (const width of [40, 77, 120]) {
      const shown = statusLines(wide, 0, width, false);
      expect(shown).toHaveLength(statusHeight);
      for (const line of shown) expect(line.length).toBeLessThanOrEqual(width);
    }
  });
});

/** A terminal that keeps what is written to it. */
class FakeDisplay extends EventEmitter {
  columns = 80;
  rows = 24;
  written = "";
  write(text: string): boolean {
    this.written += text;
    return true;
  }
  take(): string {
    const { written } = this;
    this.written = "";
    return written.replaceAll("\u001b", "^");
  }
}

describe("on the terminal", () => {
  const opened = () => {
    const display = new FakeDisplay();
    const clock = new FakeClock();
    let prompts = 0;
    const view = new LiveView(
      display as unknown as Display,
      clock,
      2,
      () => ["one", "two"],
      () => prompts++,
    );
    view.open();
    return { display, clock, view, prompts: () => prompts };
  };

  it("it takes the last lines and leaves the rest to scroll, with the prompt right above", () => {
    const { display, prompts } = opened();
    const written = display.take();
    expect(written).toContain("^[1;22r^[22;1H");
    expect(written).toContain("^7^[23;1H^[2Kone^[24;1H^[2Ktwo^8");
    expect(prompts()).toBe(1);
  });

  it("a change is drawn once, however often it is told, and time is drawn every second", () => {
    const { display, clock, view } = opened();
    display.take();
    for (let count = 0; count < 100; count++) view.changed();
    clock.advance(50);
    expect(display.take().match(/one/g)).toHaveLength(1);
    clock.advance(950);
    expect(display.take().match(/one/g)).toHaveLength(1);
  });

  it("it follows a change of size, and steps aside where there is no room", () => {
    const { display, clock, prompts } = opened();
    display.rows = 30;
    display.emit("resize");
    expect(display.take()).toContain("^[1;28r^[28;1H");
    display.rows = 6;
    display.emit("resize");
    expect(display.take()).toMatch(/\^\[r\^\[6;1H$/);
    clock.advance(2_000);
    expect(display.take()).toBe("");
    expect(prompts()).toBe(3);
  });

  it("the end gives the whole terminal back, and leaves no timer", () => {
    const { display, clock, view } = opened();
    view.changed();
    display.take();
    view.close();
    expect(display.take()).toBe("^[r^[23;1H^[J");
    expect(clock.pendingTimers).toBe(0);
    expect(display.listenerCount("resize")).toBe(0);
  });
});
