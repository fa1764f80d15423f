// The test files that rows name.

import { testsIn } from "../row.js";

export const authorize = testsIn("test/authorization/authorize.test.ts");
export const codeGrant = testsIn("test/authorization/token-authorization-code.test.ts");
export const refreshGrant = testsIn("test/authorization/token-refresh.test.ts");
export const deleteGrant = testsIn("test/authorization/token-delete.test.ts");
export const transport = testsIn("test/authorization/transport.test.ts");
export const owner = testsIn("test/authorization/device-owner.test.ts");
export const operators = testsIn("test/authorization/operators.test.ts");
export const revocation = testsIn("test/authorization/revocation.test.ts");
export const twoProcesses = testsIn("test/authorization/two-processes.test.ts");
export const accountSignIn = testsIn("test/authorization/sign-in.test.ts");
export const databaseDump = testsIn("test/authorization/database-dump.test.ts");
export const randomParameters = testsIn("test/authorization/random-parameters.test.ts");

export const downchannel = testsIn("test/gateway/downchannel.test.ts");
export const events = testsIn("test/gateway/events.test.ts");
export const delivery = testsIn("packages/server/src/delivery/delivery.test.ts");
export const mailbox = testsIn("packages/server/src/delivery/mailbox.test.ts");
export const pings = testsIn("packages/server/src/gateway/ping-acknowledgement.test.ts");
export const answers = testsIn("packages/server/src/gateway/events/answer-writer.test.ts");
export const multipartReader = testsIn("packages/protocol/src/multipart/reader.test.ts");
export const multipartProperties = testsIn(
  "packages/protocol/src/multipart/reader.property.test.ts",
);
export const plainText = testsIn("test/plain-text/foreign-clients.test.ts");
export const userAgent = testsIn("packages/protocol/src/user-agent/user-agent.test.ts");

export const shippedAuthorization = testsIn("test/shipped-devices/authorization.test.ts");
export const shippedListener = testsIn("test/shipped-devices/listener.test.ts");
export const shippedConnection = testsIn("test/shipped-devices/connection.test.ts");
export const shippedMessages = testsIn("test/shipped-devices/messages.test.ts");
export const curl = testsIn("test/foreign-clients/curl.test.ts");
export const nghttp = testsIn("test/foreign-clients/nghttp.test.ts");

export const admin = testsIn("packages/server/src/admin/admin.test.ts");
export const openapi = testsIn("packages/server/src/admin/openapi.test.ts");

export const developerServer = testsIn("test/command/developer-server.test.ts");
export const failures = testsIn("test/command/failures.test.ts");
export const help = testsIn("test/command/help.test.ts");
export const serve = testsIn("packages/cli/src/serve/serve.test.ts");
export const deviceCommands = testsIn("test/client/commands.test.ts");
export const deviceTerminal = testsIn("test/device/terminal.test.ts");
export const firstClient = testsIn("test/documentation/first-client.test.ts");
export const crossOriginBrowser = testsIn("test/browser/cross-origin.test.ts");
export const crossOriginGateway = testsIn("test/gateway/cross-origin.test.ts");
export const configCommand = testsIn("packages/cli/src/config/config.test.ts");
export const configLoading = testsIn("packages/server/src/config/load.test.ts");
export const sqlite = testsIn("test/storage/sqlite.test.ts");
export const certificates = testsIn("packages/server/src/dev/certificates.test.ts");
export const logging = testsIn("packages/server/src/logging/logging.test.ts");

export const clientAuth = testsIn("packages/client/src/auth/auth.test.ts");
export const tokenKeeper = testsIn("packages/client/src/auth/token-keeper.test.ts");
export const clientConnection = testsIn("test/client/connection.test.ts");
export const clientDirectives = testsIn("test/client/directives.test.ts");
export const clientEvents = testsIn("test/client/events.test.ts");
export const clientDialogue = testsIn("packages/client/src/dialogue/dialogue.test.ts");
export const chaos = testsIn("test/client/chaos.test.ts");
export const session = testsIn("test/client/session.test.ts");
export const dialogueState = testsIn("packages/client/src/dialogue/dialogue-state.test.ts");
export const transition = testsIn("packages/client/src/connection/transition.test.ts");

export const termsPages = testsIn("test/authorization/terms.test.ts");
export const termsConfig = testsIn("packages/server/src/config/terms.test.ts");
export const withdrawal = testsIn("test/authorization/withdrawal.test.ts");
export const accountPages = testsIn("test/authorization/account-pages.test.ts");
export const externalProvider = testsIn("test/authorization/external-provider.test.ts");
export const oidcProvider = testsIn("test/authorization/oidc-provider.test.ts");
export const standards = testsIn("test/authorization/standards.test.ts");
export const deviceFlow = testsIn("test/authorization/device-flow.test.ts");
export const limits = testsIn("test/authorization/limits.test.ts");
export const attemptJournal = testsIn("packages/server/src/auth/limits/attempt-journal.test.ts");
export const crashRefresh = testsIn("test/crash-refresh/refresh.test.ts");
export const oauthClients = testsIn("test/foreign-clients/oauth.test.ts");
export const postgres = testsIn("test/storage/postgres.test.ts");
export const selectedStorage = testsIn("test/storage/selected.test.ts");
export const operatorCommands = testsIn("test/command/operators.test.ts");
export const adminOperators = testsIn("packages/server/src/admin/operators.test.ts");

export const termsInChromium = testsIn("test/browser/terms.test.ts");
export const accountPagesInChromium = testsIn("test/browser/account-pages.test.ts");
export const accessibility = testsIn("test/browser/accessibility.test.ts");
export const appSignInInChromium = testsIn("test/browser/app-sign-in.test.ts");
export const clientInChromium = testsIn("test/browser/client.test.ts");

export const addressing = testsIn("packages/server/src/admin/addressing.test.ts");
export const presence = testsIn("packages/server/src/delivery/presence.test.ts");
export const presenceEvents = testsIn("packages/server/src/admin/presence-events.test.ts");
export const soak = testsIn("test/soak/soak.test.ts");
export const soakVerdict = testsIn("test/soak/verdict.test.ts");
export const crash = testsIn("test/crash/crash.test.ts");
export const drain = testsIn("test/gateway/drain.test.ts");
export const drainWaves = testsIn("packages/server/src/gateway/drain-waves.test.ts");
export const lifecycle = testsIn("test/operations/lifecycle.test.ts");
export const operationsListener = testsIn(
  "packages/server/src/observability/operations-listener.test.ts",
);
export const gatewayObservability = testsIn("test/gateway/observability.test.ts");
export const tracing = testsIn("packages/server/src/observability/tracing.test.ts");
export const operationsPage = testsIn("test/documentation/operations.test.ts");

export const rapidReset = testsIn("test/hardening/rapid-reset.test.ts");
export const openStreams = testsIn("test/hardening/open-streams.test.ts");
export const slowReaders = testsIn("test/hardening/slow-readers.test.ts");
export const silentConnections = testsIn("test/hardening/silent-connections.test.ts");
export const frameFloods = testsIn("test/hardening/frame-floods.test.ts");
export const headerBombs = testsIn("test/hardening/header-bombs.test.ts");
export const slowBodies = testsIn("test/hardening/slow-bodies.test.ts");
export const connectionFloods = testsIn("test/hardening/connection-floods.test.ts");

export const deviceSessions = testsIn("test/device/sessions.test.ts");
export const fleet = testsIn("packages/cli/src/fleet/fleet.test.ts");
export const doctor = testsIn("test/doctor/doctor.test.ts");
export const conformanceOwn = testsIn("test/conformance/own-server.test.ts");
export const conformanceFaults = testsIn("test/conformance/faults.test.ts");

export const clientDeviceFlow = testsIn("packages/client/src/auth/device-flow.test.ts");
export const signInByCode = testsIn("test/client/sign-in-by-code.test.ts");
export const recognize = testsIn("test/client/recognize.test.ts");
export const mockGateway = testsIn("test/client/mock-gateway.test.ts");
export const virtualAlerts = testsIn("packages/client/src/virtual-device/alerts.test.ts");
export const virtualPlayer = testsIn("packages/client/src/virtual-device/player.test.ts");
export const virtualDevice = testsIn("packages/client/src/virtual-device/virtual-device.test.ts");
export const browserModules = testsIn("packages/client/src/browser.test.ts");
