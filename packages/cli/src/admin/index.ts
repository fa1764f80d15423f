// The public door of this room.
export { type AdminOptions, AdminConnection, adminCommand, withAdmin } from "./connection.js";
export { type Cell, type Column, printList, printOne } from "./output.js";
export { type ReadInput, isInputTyped, readStandardInput } from "./standard-input.js";
export { readCount, readSeconds, readTime } from "./values.js";
