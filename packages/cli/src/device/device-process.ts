// What the process of a device is made of besides its terminal: keyboard, signals, its end.

import type { NodeClientOptions } from "@trefoil/client/node";
import type { Keyboard } from "./screen.js";

/** The process; tests bring their own. */
export interface DeviceProcess {
  readonly keyboard: () => Keyboard;
  /** Where the prompt is shown; undefined where standard output is no terminal. */
  readonly display: NodeJS.WritableStream | undefined;
  /** Calls `listener` when the process is asked to end; answers how to take the listener away. */
  readonly onStop: (listener: () => void) => () => void;
  /** Calls `listener` right before the process ends, in whatever way; answers how to take the listener away. */
  readonly onExit: (listener: () => void) => () => void;
  /** Changes to the client, as for a clock that stands still. */
  readonly clientOptions: Partial<NodeClientOptions>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The real one. */
export const realProcess: DeviceProcess = {
  keyboard: () => ({ input: process.stdin, isInteractive: process.stdin.isTTY }),
  display: process.stdout.isTTY ? process.stdout : undefined,
  onStop(listener) {
    for (const signal of stopSignals) process.on(signal, listener);
    return () => {
      for (const signal of stopSignals) process.off(signal, listener);
    };
  },
  onExit(listener) {
    process.once("exit", listener);
    return () => void process.off("exit", listener);
  },
  clientOptions: {},
  exit: (code) => process.exit(code),
};
