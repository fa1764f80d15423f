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
