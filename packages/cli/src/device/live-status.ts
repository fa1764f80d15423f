// What the live view says about a device, in a few lines of text: computed from what is, drawn elsewhere.

import type { ConnectionState } from "@trefoil/client/node";
import type { VirtualDevice } from "@trefoil/client/virtual-device";
import pico from "picocolors";
import { printable } from "../printable.js";

/** What is shown. */
export interface LiveStatus {
  readonly server: string;
  readonly deviceId: string;
  readonly connection: ConnectionState;
  /** When the connection became what it is; milliseconds since the epoch. */
  readonly since: number;
  readonly dialogue: string | undefined;
  readonly device: Pick<
    VirtualDevice,
    "alerts" | "player" | "voice" | "indicator" | "muted" | "state"
  >;
}

/** Lines of the view. */
export const statusHeight = 4;

/**
 * The view's lines, without what does not fit.
 * @param now milliseconds since the epoch
 */
export function statusLines(
  status: LiveStatus,
  now: number,
  width: number,
  colour: boolean,
): readonly string[] {
  const { dim } = pico.createColors(colour);
  const title = `─ ${status.deviceId.slice(0, 36)} at ${status.server} `;
  const rule = dim(`${title}${"─".repeat(Math.max(0, width - title.length))}`.slice(0, width));
  const row = (name: string, value: string, mark = "") =>
    `${dim(` ${name.padEnd(11)}`)}${mark}${cut(printable(value), width - 14)}`;
  const dialogue =
    status.dialogue === undefined ? "" : `, dialogue #${status.dialogue.slice(0, 8)}`;
  const connection = `${phaseWords(status, now)}${dialogue}${voiceWords(status)}`;
  return [
    rule,
    row("connection", connection, phaseMark(status.connection, colour)),
    row("player", playerWords(status)),
    row("alerts", alertWords(status, now)),
  ];
}

function phaseMark({ phase }: ConnectionState, colour: boolean): string {
  const { green, red, yellow } = pico.createColors(colour);
  if (phase === "open") return green("● ");
  return phase === "stopped" || phase === "closed" ? red("● ") : yellow("● ");
}

function phaseWords({ connection, since }: LiveStatus, now: number): string {
  switch (connection.phase) {
    case "open":
      return `connected for ${clockTime(now - since)}`;
    case "waiting": {
      const left = Math.max(0, since + connection.delay - now);
      return `next try in ${Math.ceil(left / 1_000)} s: ${connection.cause.message}`;
    }
    case "stopped":
      return `stopped: ${connection.cause.message}`;
    case "closed":
      return "not connected";
    case "connecting":
      return "connecting";
    case "opening":
      return "opening the downchannel";
    case "renewing":
      return "renewing the token";
  }
}

function voiceWords({ device }: LiveStatus): string {
  const speaking = device.voice.state?.playerActivity === "PLAYING" ? ", speaking" : "";
  return `${speaking}${device.indicator.kind === "on" ? ", light on" : ""}`;
}

function playerWords({ device }: LiveStatus): string {
  const { player } = device;
  const volume = device.state.volume;
  const level = device.muted ? "muted" : `volume ${volume?.value ?? "-"} of ${volume?.max ?? "-"}`;
  const { item } = player;
  if (item === undefined) return `nothing, ${level}`;
  const activity = player.state().playerActivity.toLowerCase();
  const length = item.stream.durationInMilliseconds;
  const of = length === undefined ? "" : ` of ${clockTime(length)}`;
  const queue = player.queue.length === 0 ? "" : `, ${player.queue.length} more`;
  return `${activity}: ${item.title} ${clockTime(player.offset)}${of}${queue}, ${level}`;
}

function alertWords({ device }: LiveStatus, now: number): string {
  const { list } = device.alerts;
  if (list.length === 0) return "none";
  const words = list.map(({ alert, phase }) => {
    const type = alert.type.toLowerCase();
    if (phase === "ringing") return `${type} RINGS (type stop)`;
    if (phase === "over") return `${type} over`;
    return `${type} in ${clockTime(Math.max(0, Date.parse(alert.scheduledTime) - now))}`;
  });
  return words.join(", ");
}

/** `1:02:03`, or `2:03`. */
function clockTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
