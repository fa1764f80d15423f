// Bluetooth of a device that has no radio: peers that are said to be near, paired, connected and asked for their PIN.

import type { Clock, Timer } from "@trefoil/protocol/clock";
import type { Report, TakeDirective } from "./device-link.js";
import type { DeviceState } from "./features.js";

/** A peer in reach. */
export interface NearbyPeer {
  readonly address: string;
  readonly name: string;
  /** What the peer is for: a sink takes audio, a source gives it. */
  readonly role: "sink" | "source";
  /** What it asks for before it pairs; undefined where it asks for nothing. */
  readonly pinCode?: string;
}

/** `DeviceState.bluetooth`. */
export type BluetoothState = NonNullable<DeviceState["bluetooth"]>;

type Paired = BluetoothState["btlist"][number];

/** The directives about Bluetooth. */
const bluetoothCommands = [
  "BtConnect",
  "BtConnectByPINCode",
  "BtDelete",
  "BtDisconnect",
  "BtPlay",
  "BtRescan",
  "BtStartPairing",
  "BtStopPairing",
] as const;

/** One of them. */
export type BluetoothCommand = (typeof bluetoothCommands)[number];

/** How long things take, in milliseconds. */
export interface BluetoothTimes {
  readonly scan: number;
  readonly connect: number;
  /** How long a peer waits for its PIN. */
  readonly pin: number;
}

/** What Bluetooth works with. */
export interface BluetoothOptions {
  readonly clock: Clock;
  readonly report: Report;
  readonly nearby: readonly NearbyPeer[];
  readonly times: BluetoothTimes;
  read(): BluetoothState | undefined;
  write(state: BluetoothState): void;
  /** Goes on with the last or paused stream; answers whether there is one. */
  resume(): boolean;
}

/** The Bluetooth of one device. */
export class Bluetooth {
  readonly #options: BluetoothOptions;
  readonly #timers = new Set<Timer>();
  #wantsPin: { readonly peer: NearbyPeer; readonly timer: Timer } | undefined;

  constructor(options: BluetoothOptions) {
    this.#options = options;
  }

  /** Carries out what the platform says. */
  take(on: TakeDirective): void {
    for (const command of bluetoothCommands) {
      on(`DeviceControl.${command}`, ({ payload }) => this.carryOut(command, payload));
    }
  }

  /** Carries a directive out and reports what came of it: one of `ActionExecuted` and `ActionFailed`, once. */
  carryOut(command: BluetoothCommand, payload: Readonly<Record<string, unknown>>): void {
    const state = this.#options.read();
    if (state === undefined || state.state === "off" || !state.actions.includes(command)) {
      this.#answer(command, false);
      return;
    }
    switch (command) {
      case "BtStartPairing":
        this.#scan(command, { ...state, pairing: "on" });
        break;
      case "BtRescan":
        this.#scan(command, state);
        break;
      case "BtStopPairing":
        this.#write({ pairing: "off", scanning: "off", scanlist: [] });
        this.#answer(command, true);
        break;
      case "BtConnect":
        this.#connect(this.#chosen(state, payload));
        break;
      case "BtConnectByPINCode":
        this.#connectByPin(payload["pinCode"]);
        break;
      case "BtDisconnect":
        this.#disconnect(state, payload["address"]);
        break;
      case "BtDelete":
        this.#forget(state, payload["address"]);
        break;
      case "BtPlay":
        this.#play(state);
        break;
    }
  }

  /** Nothing happens any more. */
  dispose(): void {
    this.#wantsPin?.timer.cancel();
    for (const timer of this.#timers) timer.cancel();
  }

  #scan(command: "BtStartPairing" | "BtRescan", state: BluetoothState): void {
    this.#options.write({ ...state, scanning: "on", scanlist: [] });
    this.#after(this.#options.times.scan, () => {
      const now = this.#options.read();
      if (now === undefined) return;
      const paired = new Set(now.btlist.map(({ address }) => address));
      const found = this.#options.nearby.filter(({ address }) => !paired.has(address));
      // Pairing that was stopped meanwhile finds nothing.
      const scanlist = now.scanning === "on" ? found.map(scanned) : [];
      this.#write({ scanning: "off", scanlist });
      this.#answer(command, true);
    });
  }

  /** All members: that peer. `role` alone: a paired peer for that role of this device. Empty: a paired peer. */
  #chosen(
    state: BluetoothState,
    { address, role }: Readonly<Record<string, unknown>>,
  ): NearbyPeer | undefined {
    const { nearby } = this.#options;
    const wanted =
      address ??
      state.btlist.find(
        (peer) => role === undefined || peer.role === (role === "sink" ? "source" : "sink"),
      )?.address;
    return nearby.find((peer) => peer.address === wanted);
  }

  #connect(peer: NearbyPeer | undefined): void {
    if (peer === undefined) {
      this.#answer("BtConnect", false);
      this.#options.report("DeviceControl.ReportState", {});
      return;
    }
    this.#write({ connecting: "on" });
    const paired = this.#options.read()?.btlist.some(({ address }) => address === peer.address);
    if (peer.pinCode !== undefined && paired !== true) {
      this.#askForPin(peer);
      return;
    }
    this.#after(this.#options.times.connect, () => this.#connected("BtConnect", peer));
  }

  #askForPin(peer: NearbyPeer): void {
    this.#wantsPin?.timer.cancel();
    const timer = this.#options.clock.after(this.#options.times.pin, () => {
      this.#wantsPin = undefined;
      this.#write({ connecting: "off" });
      this.#options.report("DeviceControl.BtRequestToCancelPINCodeInput", {});
      this.#options.report("DeviceControl.ReportState", {});
    });
    this.#wantsPin = { peer, timer };
    // As much as could be done was done; the PIN is a directive of its own.
    this.#answer("BtConnect", true);
    this.#options.report("DeviceControl.BtRequestForPINCode", { deviceName: peer.name });
  }

  #connectByPin(pinCode: unknown): void {
    const wanting = this.#wantsPin;
    wanting?.timer.cancel();
    this.#wantsPin = undefined;
    if (wanting !== undefined && pinCode === wanting.peer.pinCode) {
      this.#after(this.#options.times.connect, () =>
        this.#connected("BtConnectByPINCode", wanting.peer),
      );
      return;
    }
    this.#write({ connecting: "off" });
    // An empty PIN gives the pairing up, which is what was asked for.
    this.#answer("BtConnectByPINCode", wanting !== undefined && pinCode === "");
    this.#options.report("DeviceControl.ReportState", {});
  }

  #connected(command: "BtConnect" | "BtConnectByPINCode", peer: NearbyPeer): void {
    const others = (this.#options.read()?.btlist ?? []).filter(
      ({ address }) => address !== peer.address,
    );
    const { address, name, role } = peer;
    const service = role === "sink" ? "AudioSink" : "AudioSource";
    this.#write({
      connecting: "off",
      scanlist: (this.#options.read()?.scanlist ?? []).filter((found) => found.address !== address),
      // One peer at a time, as a loudspeaker does it.
      btlist: [
        { address, name, role, connected: true, availableServiceClassList: [service] },
        ...others.map((other) => ({ ...other, connected: false })),
      ],
    });
    this.#answer(command, true);
    this.#options.report("DeviceControl.ReportState", {});
  }

  #disconnect({ btlist }: BluetoothState, address: unknown): void {
    const meant = (peer: Paired) => address === undefined || peer.address === address;
    if (address !== undefined && !btlist.some(meant)) {
      this.#answer("BtDisconnect", false);
      return;
    }
    this.#write({
      btlist: btlist.map((peer) => (meant(peer) ? { ...peer, connected: false } : peer)),
    });
    this.#answer("BtDisconnect", true);
  }

  #forget({ btlist }: BluetoothState, address: unknown): void {
    const left = btlist.filter((peer) => peer.address !== address);
    this.#write({ btlist: left });
    this.#answer("BtDelete", left.length < btlist.length);
  }

  #play(state: BluetoothState): void {
    const peer = state.btlist.find(({ connected }) => connected);
    if (peer?.role === "source") this.#write({ playerInfo: { state: "playing" } });
    // Nothing to go on with: the platform is asked for something to play.
    else if (peer !== undefined && !this.#options.resume()) {
      this.#options.report("PlaybackController.ResumeCommandIssued", {});
    }
    this.#answer("BtPlay", peer !== undefined);
  }

  #write(changes: Partial<BluetoothState>): void {
    const state = this.#options.read();
    if (state !== undefined) this.#options.write({ ...state, ...changes });
  }

  #answer(command: BluetoothCommand, executed: boolean): void {
    this.#options.report(executed ? "DeviceControl.ActionExecuted" : "DeviceControl.ActionFailed", {
      target: "bluetooth",
      command,
    });
  }

  #after(delay: number, run: () => void): void {
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }
}

function scanned({ address, name, role }: NearbyPeer) {
  return { address, name, role };
}
