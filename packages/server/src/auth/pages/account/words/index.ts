// The words of the account pages in each language.

import type { Language } from "../../language.js";
import { type AccountWords, en } from "./en.js";
import { ja } from "./ja.js";
import { ko } from "./ko.js";

export type { AccountWords } from "./en.js";

export const accountWords: Readonly<Record<Language, AccountWords>> = { en, ja, ko };
