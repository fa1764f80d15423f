// All scenarios, in the order in which they run.

import { connect } from "./connect.js";
import { idle } from "./idle.js";
import { knobs } from "./knobs.js";
import { push } from "./push.js";
import { events, ping } from "./requests.js";
import type { Scenario } from "./scenario.js";
import { speech } from "./speech.js";
import { start } from "./start.js";
import { token } from "./token.js";

export const scenarios: readonly Scenario[] = [
  ping,
  events,
  idle,
  push,
  token,
  connect,
  speech,
  start,
  knobs,
];
