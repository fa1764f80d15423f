// The public door of this room. On a start: certificates and admin token before anything else, demo data when the
// authorization server is there, `dev.json` when the listener listens.
export { prepareAdminToken } from "./admin-token.js";
export { type DeveloperCertificates, prepareCertificates } from "./certificates.js";
export { type DemoAuthority, type DemoData, prepareDemoData } from "./demo-data.js";
export { type DevJson, developmentOrigin, writeDevJson } from "./dev-json.js";
