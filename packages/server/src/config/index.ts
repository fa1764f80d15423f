// The public door of this room.
export { parseNetwork } from "./addresses.js";
export { type FileFindings, checkFiles, minAdminTokenLength } from "./check-files.js";
export { checkDataDirectory, prepareDataDirectory } from "./data-directory.js";
export { type Flag, fileVariable } from "./environment.js";
export { reasonOf } from "./file-errors.js";
export { type ConfigRequest, type LoadedConfig, loadConfig } from "./load.js";
export { printConfig } from "./print.js";
export { writeReference } from "./reference.js";
export type { ServerForm } from "./requirements.js";
export {
  type AuthConfig,
  type Config,
  type DeliveryConfig,
  type GatewayConfig,
  type LimitsConfig,
  type TermsDocument,
  configSchema,
} from "./schema.js";
export { type Section, type Setting, listSections, listSettings } from "./settings.js";
export { closestName } from "./suggest.js";
