// Every check, in the order in which they are made.

import { authorizationTransport } from "./authorization-transport.js";
import { authorize } from "./authorize.js";
import type { Check } from "./check.js";
import { connection } from "./connection.js";
import { directives } from "./directives.js";
import { downchannel } from "./downchannel.js";
import { events } from "./events.js";
import { failures } from "./failures.js";
import { termsAndWithdrawal } from "./terms-and-withdrawal.js";
import { token } from "./token.js";
import { towardsDevice } from "./towards-device.js";

export type { Check, Verdict } from "./check.js";

/** The whole suite. */
export const allChecks: readonly Check[] = [
  ...authorizationTransport,
  ...authorize,
  ...termsAndWithdrawal,
  ...token,
  ...connection,
  ...downchannel,
  ...towardsDevice,
  ...events,
  ...directives,
  ...failures,
];
