// Real nghttp: what it says of each frame, and the bodies that it gets.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { foreignCommand } from "../harness/foreign-commands.js";

export interface RunningNghttp {
  /** Everything it has said: with `-v` each frame, and the bodies among them. */
  readonly said: () => string;
  /** Waits until what it has said matches. */
  until(pattern: RegExp): Promise<void>;
  /** Its exit code, once it has ended; null where it was killed. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

const patience = 15_000;

/**
 * Starts nghttp: one connection for all its addresses.
 * @param args its options and addresses
 */
export async function startNghttp(...args: readonly string[]): Promise<RunningNghttp> {
  // It has no way to be told of a certificate authority.
  const child = spawn(await foreignCommand("nghttp"), ["--no-verify-peer", "-v", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const watchers = new Set<() => void>();
  const listen = (text: string): void => {
    said += text;
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", listen);
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    said: () => said,
    ended,
    async until(pattern) {
      let timer: NodeJS.Timeout | undefined;
      let watch: (() => void) | undefined;
      await new Promise<void>((resolve, reject) => {
        const giveUp = (): void => reject(new Error(`never came: ${pattern}; it said: ${said}`));
        watch = () => {
          if (pattern.test(said)) resolve();
        };
        watchers.add(watch);
        timer = setTimeout(giveUp, patience);
        watch();
        void ended.then(giveUp);
      }).finally(() => {
        clearTimeout(timer);
        if (watch !== undefined) watchers.delete(watch);
      });
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The status of each stream, in the order in which they came. */
export function statusesOf(said: string): readonly (readonly [stream: number, status: number])[] {
  return [...said.matchAll(/recv \(stream_id=(\d+)\) :status: (\d+)/g)].map(
    ([, stream, status]) => [Number(stream), Number(status)] as const,
  );
}

/** The frames of one type, as `recv DATA frame <length=..., flags=0x.., stream_id=...>`. */
export function framesOf(
  said: string,
  direction: "send" | "recv",
  type: string,
): readonly { readonly stream: number; readonly flags: number }[] {
  const pattern = new RegExp(
    `${direction} ${type} frame <length=\\d+, flags=0x([0-9a-f]+), stream_id=(\\d+)>`,
    "g",
  );
  return [...said.matchAll(pattern)].map(([, flags = "", stream]) => ({
    stream: Number(stream),
    flags: Number.parseInt(flags, 16),
  }));
}

/** The directives among what it printed. */
export function directivesOf(
  said: string,
): readonly { readonly header: Record<string, string>; readonly payload: object }[] {
  return [...said.matchAll(/^\{"directive":.*\}$/gm)].map(
    ([json]) =>
      (
        JSON.parse(json) as {
          directive: { header: Record<string, string>; payload: object };
        }
      ).directive,
  );
}
