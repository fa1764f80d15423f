// Whether a code or token is presented by the device that it was given to.

/** The device as the request names it. `deviceId` may be left out where the grant allows. */
export interface NamedDevice {
  readonly deviceId: string | undefined;
  readonly modelId: string;
}

/** The device as the row names it. */
export interface BoundDevice {
  readonly deviceId: string;
  readonly modelId: string;
}

export function isSameDevice(bound: BoundDevice, named: NamedDevice): boolean {
  return (
    bound.modelId === named.modelId &&
    (named.deviceId === undefined || bound.deviceId === named.deviceId)
  );
}
