// What every report about a playing stream says, and how a queue is emptied.

import { z } from "zod";
import { once } from "../definition.js";
import { count } from "../members.js";

/** Which stream, and how far it has come. */
export const playReport = once(() =>
  z.looseObject({
    token: z.string().describe("The stream's token, as in Play."),
    offsetInMilliseconds: count().describe("How far the stream has come."),
  }),
);

/** How much of the queue is emptied. */
export const clearBehavior = once(() => z.enum(["CLEAR_ALL", "CLEAR_ENQUEUED"]));
