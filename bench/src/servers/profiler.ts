// CPU profiles of a server, exactly as long as its load lasts.

import { Session } from "node:inspector/promises";
import type { Profiler } from "node:inspector";

/** Time between samples. Microseconds. */
const interval = 200;

let session: Session | undefined;

export const profilerCommands = {
  async "profile-start"(): Promise<void> {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval });
    await session.post("Profiler.start");
  },
  async "profile-stop"(): Promise<Profiler.Profile | undefined> {
    const stopped = await session?.post("Profiler.stop");
    session?.disconnect();
    session = undefined;
    return stopped?.profile;
  },
};
