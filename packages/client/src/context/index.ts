// The public door of this room.
export { type ContextProvider, ContextProviders } from "./context-providers.js";
