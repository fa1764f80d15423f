// DeviceControl: switching and setting features of a device, and keeping the account's devices informed of each other.

import { z } from "zod";
import { type DirectiveFacts, defineInterface, directive, event } from "./definition.js";
import { bluetoothMessages } from "./device-control-bluetooth.js";
import { count, list } from "./members.js";
import {
  executedAction,
  failedAction,
  levelTarget,
  openTarget,
  switchTarget,
} from "./objects/device-action.js";
import { deviceState } from "./objects/device-state.js";

/** What the directives that act on a feature have in common. */
const controlled = {
  dialogRequestId: "either",
  dialogueNote: "With an id when it answers the user's request; none when the companion app asked.",
  answeredBy: ["DeviceControl.ActionExecuted", "DeviceControl.ActionFailed"],
  notes: ["Exactly one of the two events answers, with a fresh Device.DeviceState as context."],
} as const satisfies Omit<DirectiveFacts, "summary">;

const toAllDevices = [
  {
    message: "DeviceControl.SynchronizeState",
    to: "all devices of the account",
    via: "downchannel",
  },
] as const;

const stepOf = () =>
  z.looseObject({
    target: levelTarget(),
    value: z.string().optional().describe("By how much. Absent: the client's own step."),
  });

/** Switching and setting features of a device. */
export const deviceControl = defineInterface(
  "DeviceControl",
  "Switching and setting features of a device, Bluetooth, and keeping the account's devices informed of each other.",
  {
    ...bluetoothMessages,

    ActionExecuted: event({
      summary: "A directive of this interface was carried out.",
      repliesWith: ["DeviceControl.SynchronizeState"],
      fanout: toAllDevices,
      related: ["DeviceControl.ActionFailed"],
      payload: executedAction,
    }),

    ActionFailed: event({
      summary: "A directive of this interface could not be carried out.",
      repliesWith: ["DeviceControl.SynchronizeState"],
      fanout: toAllDevices,
      related: ["DeviceControl.ActionExecuted"],
      payload: failedAction,
    }),

    Decrease: directive({
      summary: "Turn a level down.",
      ...controlled,
      related: ["DeviceControl.Increase", "DeviceControl.SetValue"],
      payload: stepOf,
    }),

    ExpectReportState: directive({
      summary: "Report your state now, or again and again for a while.",
      via: "downchannel",
      dialogRequestId: "never",
      dialogueNote:
        "A public example shows an id; a client would drop the directive for it, so none is sent.",
      answeredBy: ["DeviceControl.ReportState"],
      notes: ["Report at once; then every intervalInSeconds until durationInSeconds are over."],
      related: ["DeviceControl.RequestStateSynchronization"],
      payload: () =>
        z
          .looseObject({
            durationInSeconds: count().optional().describe("Absent: report once."),
            intervalInSeconds: count().optional().describe("Only together with durationInSeconds."),
          })
          .refine(
            (wish) => wish.intervalInSeconds === undefined || wish.durationInSeconds !== undefined,
            {
              path: ["durationInSeconds"],
              error: "is missing; intervalInSeconds is allowed only together with it",
            },
          ),
    }),

    Increase: directive({
      summary: "Turn a level up.",
      ...controlled,
      related: ["DeviceControl.Decrease", "DeviceControl.SetValue"],
      payload: stepOf,
    }),

    LaunchApp: directive({
      summary: "Start an app.",
      ...controlled,
      answeredBy: ["DeviceControl.ActionFailed"],
      notes: ["Answered only when it fails, with target `app`."],
      deprecated: true,
      payload: () => z.looseObject({ target: z.string().describe("The app's name.") }),
    }),

    Open: directive({
      summary: "Open a screen.",
      ...controlled,
      payload: () => z.looseObject({ target: openTarget() }),
    }),

    OpenScreen: directive({
      summary: "Open the settings screen.",
      ...controlled,
      deprecated: true,
      supersededBy: "DeviceControl.Open",
      payload: () => z.looseObject({ target: z.enum(["settings"]) }),
    }),

    RenderDeviceList: directive({
      summary: "The devices of the account, for the app that asked.",
      via: "response",
      dialogRequestId: "always",
      onlyIn: "newer",
      related: ["DeviceControl.RequestDeviceList", "DeviceControl.RequestStateSynchronization"],
      payload: () =>
        z.looseObject({
          deviceList: list(
            z.looseObject({
              deviceId: z.string().describe("Names the device in messages to others."),
              deviceName: z.string().describe("As the user calls it."),
              modelId: z.string(),
              clientId: z.string(),
              clientName: z.string(),
              bindTime: z.string().describe("When the device was added to the account."),
              availabilities: list(
                z.looseObject({
                  name: z.enum([
                    "DELEGATION",
                    "AUDIOPLAYER_CONTROL",
                    "AUDIOPLAYER_EXPOSE",
                    "SPEAKER_REGISTRATION",
                  ]),
                  available: z.boolean(),
                }),
              ).describe("What others may do with it."),
              configuration: z
                .looseObject({
                  DeviceInfoDefinedName: z
                    .string()
                    .optional()
                    .describe("The name that the user chose in the settings."),
                })
                .optional()
                .describe("Settings of the device."),
              companionAppUrl: z.string().nullish(),
              deviceImageUrl: z.string().nullish(),
              is3rdParty: z.boolean().meta({
                description: "Whether another maker built it.",
                internal: true,
              }),
              manufacturerName: z.string().nullish(),
              userGuideUrl: z.string().nullish(),
              websiteUrl: z.string().nullish(),
            }),
          ),
        }),
    }),

    ReportState: event({
      summary: "The device's state, as asked for or because it changed.",
      httpStatus: 204,
      fanout: toAllDevices,
      notes: ["The state itself is the context Device.DeviceState."],
      related: ["DeviceControl.ExpectReportState"],
    }),

    RequestDeviceList: event({
      summary: "An app asks for the devices of the account.",
      repliesWith: ["DeviceControl.RenderDeviceList"],
      onlyIn: "newer",
    }),

    RequestStateSynchronization: event({
      summary: "An app asks for the state of the account's devices.",
      repliesWith: ["DeviceControl.SynchronizeState"],
      httpStatus: 204,
      fanout: [
        {
          message: "DeviceControl.ExpectReportState",
          to: "all other devices of the account, or the one of payload.deviceId",
          via: "downchannel",
        },
      ],
      notes: ["The answers come later on the downchannel, one for each device that reports."],
      related: ["DeviceControl.RenderDeviceList"],
      payload: () =>
        z.looseObject({
          deviceId: z.string().optional().describe("Absent: every other device of the account."),
        }),
    }),

    SetValue: directive({
      summary: "Set a level.",
      ...controlled,
      related: ["DeviceControl.Decrease", "DeviceControl.Increase"],
      payload: () =>
        z.looseObject({ target: levelTarget(), value: z.string().describe("The new level.") }),
    }),

    SynchronizeState: directive({
      summary: "The state of one device, for the others.",
      via: "downchannel",
      dialogRequestId: "never",
      broadcast: true,
      notes: ["Apps keep the states by deviceId."],
      related: ["DeviceControl.ReportState"],
      payload: () =>
        z.looseObject({
          deviceId: z.string().describe("Whose state it is."),
          deviceState: deviceState().optional().describe("Absent: that device is offline."),
        }),
    }),

    TurnOff: directive({
      summary: "Switch a feature off.",
      ...controlled,
      related: ["DeviceControl.TurnOn"],
      payload: () => z.looseObject({ target: switchTarget() }),
    }),

    TurnOn: directive({
      summary: "Switch a feature on.",
      ...controlled,
      related: ["DeviceControl.TurnOff"],
      payload: () => z.looseObject({ target: switchTarget() }),
    }),
  },
);
