// The members by which templates say where their content comes from and where there is more of it.

import { text, uri } from "./value-objects.js";

/** Whom to name as the source. */
export const reference = () => ({
  referenceText: text().describe("The source's name; may be empty."),
  referenceUrl: uri().describe("The source's page; may be empty."),
});

/** The source, and a page with more. */
export const linkedReference = () => ({
  ...reference(),
  linkUrl: uri().describe("A page with more; may be empty."),
});
