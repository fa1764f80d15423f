// The public door of this room.
export { Dialogue, type DialogueListener } from "./dialogue.js";
export { beginsDialogue } from "./dialogue-state.js";
