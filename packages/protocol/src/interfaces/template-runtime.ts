// TemplateRuntime: the screen of the music player, and what the user does on it.

import { z } from "zod";
import { defineInterface, directive, event } from "./definition.js";
import { list } from "./members.js";

const itemToken = () => z.looseObject({ token: z.string().describe("The item's token.") });

const control = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.looseObject({
    name: z.enum(names),
    type: z.enum(["BUTTON"]),
    enabled: z.boolean().describe("Whether it can be used."),
    selected: z.boolean().describe("Whether it is on, such as a pressed Like."),
  });

const playableItem = () =>
  z.looseObject({
    token: z.string().describe("Names the item; that of its stream."),
    titleText: z.string(),
    titleSubText1: z.string().describe("Mostly the artist."),
    titleSubText2: z.string().optional().describe("Mostly the album."),
    headerText: z.string().optional(),
    artImageUrl: z.string().optional(),
    isLive: z.boolean().optional(),
    showAdultIcon: z.boolean().describe("Whether the item is for adults only."),
    controls: list(
      control([
        "BACKWARD_15S",
        "BACKWARD_30S",
        "BACKWARD_60S",
        "FORWARD_15S",
        "FORWARD_30S",
        "FORWARD_60S",
        "LIKE_DISLIKE",
        "MORE",
        "NEXT",
        "PLAY_PAUSE",
        "PREVIOUS",
        "PROGRESS_BAR",
        "REPEAT",
        "SUBSCRIBE_UNSUBSCRIBE",
      ]),
    )
      .optional()
      .describe("Controls of this item."),
    lyrics: list(
      z
        .looseObject({
          format: z.enum(["LRC", "PLAIN"]),
          data: z.string().nullish().describe("The words. Either data or url is given."),
          url: z.string().nullish().describe("Where the words are. Either data or url is given."),
        })
        .refine((lyrics) => typeof lyrics.data === "string" || typeof lyrics.url === "string", {
          path: ["data"],
          error: "is missing; either data or url must be given",
        }),
    ).optional(),
  });

/** The screen of the music player. */
export const templateRuntime = defineInterface(
  "TemplateRuntime",
  "The screen of the music player, and what the user does on it.",
  {
    ExpectRequestPlayerInfo: directive({
      summary: "Ask for what the player's screen is to show.",
      dialogRequestId: "always",
      answeredBy: ["TemplateRuntime.RequestPlayerInfo"],
    }),

    LikeCommandIssued: event({
      summary: "The user likes an item.",
      repliesWith: ["TemplateRuntime.UpdateLike"],
      related: ["TemplateRuntime.RenderPlayerInfo", "TemplateRuntime.UnlikeCommandIssued"],
      payload: itemToken,
    }),

    MoreCommandIssued: event({
      summary: "The user wants to see more about an item.",
      repliesWith: ["TemplateRuntime.RenderPlaylist", "Clova.RenderTemplate"],
      notes: ["Mostly one of the two answers."],
      onlyIn: "newer",
      related: ["TemplateRuntime.RenderPlayerInfo"],
      payload: itemToken,
    }),

    RenderPlayerInfo: directive({
      summary: "What the player's screen is to show.",
      dialogRequestId: "always",
      uiEvents: {
        LIKE_DISLIKE: ["TemplateRuntime.LikeCommandIssued", "TemplateRuntime.UnlikeCommandIssued"],
        MORE: ["TemplateRuntime.MoreCommandIssued"],
        NEXT: ["PlaybackController.NextCommandIssued"],
        PREVIOUS: ["PlaybackController.PreviousCommandIssued"],
        PLAY_PAUSE: [
          "PlaybackController.PauseCommandIssued",
          "PlaybackController.ResumeCommandIssued",
        ],
        SUBSCRIBE_UNSUBSCRIBE: [
          "TemplateRuntime.SubscribeCommandIssued",
          "TemplateRuntime.UnsubscribeCommandIssued",
        ],
        "item chosen in list": ["PlaybackController.PlayCommandIssued"],
      },
      related: ["AudioPlayer.Play", "TemplateRuntime.RequestPlayerInfo"],
      payload: () =>
        z.looseObject({
          displayType: z.enum(["list", "single"]),
          controls: list(control(["NEXT", "PLAY_PAUSE", "PREVIOUS"])).describe(
            "Controls of the whole player.",
          ),
          playableItems: list(playableItem()).describe("May be empty."),
          provider: z
            .looseObject({
              name: z.string(),
              logoUrl: z.string().optional(),
              smallLogoUrl: z.string().optional(),
            })
            .optional()
            .describe("Who provides the audio."),
        }),
    }),

    RenderPlaylist: directive({
      summary: "A list to choose from; its items may be lists themselves.",
      dialogRequestId: "either",
      dialogueNote: "Answers an event without an id, so it mostly has none itself.",
      notes: ["A client must be able to show at least three levels, one inside the other."],
      uiEvents: { "item chosen": ["TemplateRuntime.SelectCommandIssued"] },
      onlyIn: "newer",
      payload: () =>
        z.looseObject({
          title: z.string(),
          items: list(
            z.looseObject({
              token: z.string().describe("Names the item."),
              type: z
                .enum(["playlist", "track", "live"])
                .describe("playlist: choosing it brings another list."),
              titleText: z.string(),
              titleSubText1: z.string().optional(),
              titleSubText2: z.string().optional(),
              imageUri: z.string().optional(),
              showAdultIcon: z.boolean().describe("Whether the item is for adults only."),
            }),
          ),
        }),
    }),

    RequestPlayerInfo: event({
      summary: "The client asks for what the player's screen is to show.",
      repliesWith: ["TemplateRuntime.RenderPlayerInfo"],
      related: ["TemplateRuntime.ExpectRequestPlayerInfo"],
      payload: () =>
        z.looseObject({
          token: z.string().describe("The item around which to look."),
          range: z
            .looseObject({
              before: z.int().min(1).optional().describe("How many items before it."),
              after: z.int().min(1).optional().describe("How many items after it."),
            })
            .optional()
            .describe("The item itself comes on top. Absent: as many as the platform likes."),
        }),
    }),

    SelectCommandIssued: event({
      summary: "The user chose an item of a list.",
      repliesWith: ["TemplateRuntime.RenderPlaylist", "AudioPlayer.Play"],
      notes: ["A list for an item of type playlist, otherwise the item itself."],
      onlyIn: "newer",
      payload: itemToken,
    }),

    SubscribeCommandIssued: event({
      summary: "The user subscribes to an item.",
      repliesWith: ["TemplateRuntime.UpdateSubscribe"],
      related: ["TemplateRuntime.RenderPlayerInfo", "TemplateRuntime.UnsubscribeCommandIssued"],
      payload: itemToken,
    }),

    UnlikeCommandIssued: event({
      summary: "The user no longer likes an item.",
      repliesWith: ["TemplateRuntime.UpdateLike"],
      related: ["TemplateRuntime.LikeCommandIssued", "TemplateRuntime.RenderPlayerInfo"],
      payload: itemToken,
    }),

    UnsubscribeCommandIssued: event({
      summary: "The user no longer subscribes to an item.",
      repliesWith: ["TemplateRuntime.UpdateSubscribe"],
      related: ["TemplateRuntime.RenderPlayerInfo", "TemplateRuntime.SubscribeCommandIssued"],
      payload: itemToken,
    }),

    UpdateLike: directive({
      summary: "Whether the user likes an item.",
      via: "either",
      dialogRequestId: "either",
      dialogueNote: "On the downchannel, to the account's other devices, without an id.",
      related: ["TemplateRuntime.RenderPlayerInfo"],
      payload: () => itemToken().extend({ like: z.boolean() }),
    }),

    UpdateSubscribe: directive({
      summary: "Whether the user subscribes to an item.",
      via: "either",
      dialogRequestId: "either",
      dialogueNote: "On the downchannel, to the account's other devices, without an id.",
      related: ["TemplateRuntime.RenderPlayerInfo"],
      payload: () => itemToken().extend({ subscribe: z.boolean() }),
    }),
  },
);
