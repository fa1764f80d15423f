// Alerts.AlertsState: the alerts that the device keeps, and those that ring now.

import { z } from "zod";
import { defineContext } from "../definition.js";
import { list } from "../members.js";
import { alertInfo } from "../objects/alert.js";

/** The alerts of a device. */
export const alertsState = defineContext("Alerts.AlertsState", {
  summary: "The alerts that the device keeps, and those that ring now.",
  payload: () =>
    z.looseObject({
      allAlerts: list(alertInfo()).describe("All alerts that the device keeps."),
      activeAlerts: list(alertInfo()).describe("Those that ring now; may be empty."),
    }),
});
