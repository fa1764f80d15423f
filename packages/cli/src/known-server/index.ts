// The public door of this room.
export { adviceOn } from "./advice.js";
export type { DevJson } from "./dev-json.js";
export { reach } from "./reach.js";
export {
  type Surroundings,
  type TrustOptions,
  dataDirectory,
  developerServer,
  serverUrl,
  trust,
} from "./server-options.js";
export {
  type Credentials,
  type Proof,
  type Subject,
  type SubjectOptions,
  findSubject,
} from "./subject.js";
export { subjectCommand } from "./subject-command.js";
export { type Target, type TargetOptions, findTarget } from "./target.js";
