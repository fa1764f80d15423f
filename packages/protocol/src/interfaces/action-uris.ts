// The URIs of the scheme `clova` that templates carry: what a client does when the user opens one.

/** The directives of DeviceControl that `clova://device-control` may name as its command. */
export const actionUriCommands = [
  "BtConnect",
  "BtDisconnect",
  "BtStartPairing",
  "BtStopPairing",
  "Decrease",
  "Increase",
  "LaunchApp",
  "OpenScreen",
  "SetValue",
  "TurnOff",
  "TurnOn",
] as const;

/** What a kind of URI asks for. */
export interface ActionUri {
  /** What the client does, in a sentence. */
  readonly summary: string;
  /** Parameters of the query, and whether each must be there. */
  readonly parameters: Readonly<Record<string, "always" | "conditional">>;
}

/** All kinds of URI; `{service}` stands for the name of a service. */
export const actionUriSchemes = {
  "clova://app-launch/default-addressbook": { summary: "Open the address book.", parameters: {} },
  "clova://app-launch/default-browser": { summary: "Open the browser.", parameters: {} },
  "clova://app-launch/default-camera": { summary: "Open the camera.", parameters: {} },
  "clova://app-launch/default-email": { summary: "Open the mail app.", parameters: {} },
  "clova://app-launch/default-gallery": { summary: "Open the photo album.", parameters: {} },
  "clova://audio-repeat": {
    summary: "Play the audio at `url` again.",
    parameters: { url: "always" },
  },
  "clova://device-control": {
    summary: "Carry out the directive of DeviceControl that `command` names, on this device.",
    parameters: { command: "always", target: "always", value: "conditional" },
  },
  "clova://guide/talking": { summary: "Show what the user can say.", parameters: {} },
  "clova://{service}Search": {
    summary: "Open the results of a search by the service.",
    parameters: { url: "always" },
  },
  "clova://{service}-maps": {
    summary: "Open a map of the service.",
    parameters: { url: "always" },
  },
  "clova://ttsRepeat": {
    summary: "Speak again; `text` in the language `lang`.",
    parameters: { lang: "always", text: "conditional" },
  },
  "clova://webview": {
    summary: "Open the page at `url` inside the app, signed in if `auth_required` says so.",
    parameters: { url: "always", auth_required: "conditional" },
  },
} as const satisfies Record<string, ActionUri>;
