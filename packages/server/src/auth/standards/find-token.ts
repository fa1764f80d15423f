// Finding a token by its value, whichever kind it is.

import type { AccessTokenRecord, RefreshTokenRecord, Stores } from "../../storage/index.js";
import { hashOf } from "../secrets.js";

/** What a value turned out to be. */
export type FoundToken =
  | { readonly kind: "access_token"; readonly record: AccessTokenRecord }
  | { readonly kind: "refresh_token"; readonly record: RefreshTokenRecord };

/** @param hint `access_token` or `refresh_token`: looked for first; anything else is no hint */
export async function findToken(
  stores: Stores,
  token: string,
  hint: string | undefined,
): Promise<FoundToken | undefined> {
  const hash = hashOf(token);
  const access = async (): Promise<FoundToken | undefined> => {
    const record = await stores.accessTokens.find(hash);
    return record && { kind: "access_token", record };
  };
  const refresh = async (): Promise<FoundToken | undefined> => {
    const record = await stores.refreshTokens.find(hash);
    return record && { kind: "refresh_token", record };
  };
  return hint === "refresh_token"
    ? ((await refresh()) ?? (await access()))
    : ((await access()) ?? (await refresh()));
}
