// oidc-provider as a peer: opaque tokens, rotated refresh tokens, no ID token; in memory or on the embedded database.

import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { ready, startArgument } from "./commands.js";
import { MemoryAdapter } from "./oidc-memory-adapter.js";
import { sqliteAdapter } from "./oidc-sqlite-adapter.js";

interface Argument {
  readonly certificate: string;
  readonly key: string;
  /** The database; in memory unless given. */
  readonly file?: string;
}

const { certificate, key, file } = startArgument<Argument>();
const clientId = "bench";
const clientSecret = "bench-secret-bench-secret-bench-secret";
const scope = "offline_access";

// It warns of keys for cookies and signatures that this form of use does not touch.
Object.assign(console, { info: () => undefined, warn: () => undefined });

const provider = new Provider("https://localhost", {
  adapter: file === undefined ? MemoryAdapter : sqliteAdapter(file),
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      token_endpoint_auth_method: "client_secret_post",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: ["https://localhost/callback"],
    },
  ],
  findAccount: (_context: unknown, accountId: string) => ({
    accountId,
    claims: () => ({ sub: accountId }),
  }),
  rotateRefreshToken: true,
  cookies: { keys: ["bench"] },
  features: { devInteractions: { enabled: false } },
});

/** Signs an account in without its browser. @returns its refresh token */
async function mint(account: string): Promise<string> {
  const grant = new provider.Grant({ accountId: account, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const client = await provider.Client.find(clientId);
  return new provider.RefreshToken({
    accountId: account,
    client,
    grantId,
    gty: "authorization_code",
    scope,
    rotations: 0,
    iiat: Math.floor(Date.now() / 1_000),
  }).save();
}

const server = createServer({ cert: certificate, key, noDelay: true }, provider.callback());
server.listen(0, "127.0.0.1", () => {
  ready((server.address() as AddressInfo).port, {
    mint: async (count: number) => ({
      clientId,
      clientSecret,
      refreshTokens: await Promise.all(
        Array.from({ length: count }, (_, index) => mint(`account-${index}`)),
      ),
    }),
  });
});
