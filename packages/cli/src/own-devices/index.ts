// The public door of this room.
export { type DeviceKeeper, type OwnDevicesOptions, ownDevices } from "./own-devices.js";
