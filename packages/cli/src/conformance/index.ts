// The public door of this room.
export { conformanceCommand } from "./command.js";
export { type Check, type Verdict, allChecks } from "./checks/index.js";
export { type Judgement, judge } from "./judge.js";
export type { Means, Sender } from "./means.js";
