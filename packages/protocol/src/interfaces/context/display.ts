// Device.Display: the device's screen.

import { z } from "zod";
import { defineContext } from "../definition.js";

const unlessNone = "is missing; it may be absent only when size is none";

/** A device's screen. */
export const display = defineContext("Device.Display", {
  summary: "The device's screen.",
  payload: () =>
    z
      .looseObject({
        size: z
          .enum(["none", "s100", "m100", "l100", "xl100", "custom"])
          .describe("none: there is no screen. custom: contentLayer says how large it is."),
        dpi: z.int().optional().describe("Pixels an inch. May be absent only when size is none."),
        orientation: z
          .enum(["landscape", "portrait"])
          .optional()
          .describe("May be absent only when size is none."),
        contentLayer: z
          .looseObject({
            width: z.int().describe("In pixels."),
            height: z.int().describe("In pixels."),
          })
          .optional()
          .describe("The space for content. Mandatory when size is custom."),
      })
      .refine(({ size, contentLayer }) => size !== "custom" || contentLayer !== undefined, {
        path: ["contentLayer"],
        error: "is missing; it is mandatory when size is custom",
      })
      .refine(({ size, dpi }) => size === "none" || dpi !== undefined, {
        path: ["dpi"],
        error: unlessNone,
      })
      .refine(({ size, orientation }) => size === "none" || orientation !== undefined, {
        path: ["orientation"],
        error: unlessNone,
      }),
});
