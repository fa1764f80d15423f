// The public door of this room.
export {
  type ClovaUserAgent,
  type OtherUserAgent,
  type UserAgent,
  parseUserAgent,
} from "./user-agent.js";
