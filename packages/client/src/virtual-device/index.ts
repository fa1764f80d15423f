// @trefoil/client/virtual-device: a device without hardware, for those who build servers and services. Not bound to Node.js.
export { type Alert, type AlertReference, Alerts } from "./alerts.js";
export { Bluetooth, type BluetoothState, type NearbyPeer } from "./bluetooth.js";
export type { PlayerButton } from "./buttons.js";
export type { DeviceLink } from "./device-link.js";
export { DeviceSettings } from "./device-settings.js";
export type { DeviceState } from "./features.js";
export type { VirtualDeviceOptions } from "./options.js";
export { Player, type PlayerItem } from "./player.js";
export type { AudioStream } from "./progress.js";
export { type Indicator, type Shown, VirtualDevice } from "./virtual-device.js";
export { Voice } from "./voice.js";
