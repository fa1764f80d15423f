// Device.DeviceState: what the device can do and how it is set.

import { defineContext } from "../definition.js";
import { deviceState as payload } from "../objects/device-state.js";

/** What a device can do and how it is set. */
export const deviceState = defineContext("Device.DeviceState", {
  summary: "What the device can do and how it is set: a member for each feature that it has.",
  payload,
});
