// A test of a client, and of a service, without a server and without hardware.

import assert from "node:assert/strict";
import { createClient } from "@trefoil/client/node";
import { MockAuthorization, MockGateway } from "@trefoil/client/mock-gateway";
import { VirtualDevice } from "@trefoil/client/virtual-device";

const gateway = await MockGateway.start();
gateway.on("TextRecognizer.Recognize", (event) => [
  event.reply("Alerts.SetAlert", {
    token: "tea",
    type: "TIMER",
    scheduledTime: new Date(Date.now() + 1_000).toISOString(),
  }),
]);

const client = createClient({
  authUrl: "https://nobody.invalid",
  gatewayUrl: gateway.url,
  client: { id: "id", secret: "secret" },
  device: { id: "device", model: "model" },
  http: new MockAuthorization().http,
});
const device = new VirtualDevice(client);
await client.signIn({ kind: "guest" });
await client.connect();

await client.send("TextRecognizer.Recognize", { text: "a timer for a second" });
const started = await gateway.received("Alerts.AlertStarted");
assert.deepEqual(started.payload, { token: "tea", type: "TIMER" });
assert.equal(device.alerts.list[0]?.phase, "ringing");

device.dispose();
await client.close();
await gateway.close();
