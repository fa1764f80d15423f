// oidc-provider as its documentation begins: nothing but a client. Says so when it listens.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

// It notes what a real deployment would have to set.
Object.assign(console, { info: () => undefined, warn: () => undefined });

const provider = new Provider("http://localhost:3000", {
  clients: [{ client_id: "foo", client_secret: "bar", redirect_uris: ["http://localhost/cb"] }],
});
createServer(provider.callback()).listen(0, "127.0.0.1", () => process.stdout.write("listens\n"));
