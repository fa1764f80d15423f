// The client of docs/write-a-client.md: signs in, connects, asks, speaks, and rings.

import { readFile } from "node:fs/promises";
import { createClient } from "@trefoil/client/node";

const development = JSON.parse(await readFile("data/dev.json", "utf8")) as Record<string, string>;
const { gatewayBaseUrl = "", clientId = "", clientSecret = "", caFile = "" } = development;

const client = createClient({
  authUrl: gatewayBaseUrl,
  gatewayUrl: gatewayBaseUrl,
  client: { id: clientId, secret: clientSecret },
  device: { id: "5f0c8a52-8b0e-4a57-9d3a-4d6b7b9f1e10", model: "first-client" },
  tls: { ca: await readFile(caFile, "utf8") },
  tokenFile: "tokens.json",
});

if (!(await client.signedIn())) {
  const outcome = await client.signInByCode({
    prompt: ({ userCode, verificationUri }) =>
      console.log(`Open ${verificationUri} and type ${userCode}.`),
  });
  if (outcome.kind !== "signed-in") throw new Error(`Not signed in: ${outcome.kind}`);
}

client.context.provide("Speaker.VolumeState", () => ({ volume: 5, muted: false }));

client.on("Clova.RenderText", ({ payload }) => console.log(payload.text));
client.on("SpeechSynthesizer.Speak", async ({ payload, signal }, speech) => {
  await client.send("SpeechSynthesizer.SpeechStarted", { token: payload.token });
  for await (const bytes of speech ?? []) {
    if (signal.aborted) return;
    loudspeaker(bytes);
  }
  await client.send("SpeechSynthesizer.SpeechFinished", { token: payload.token });
});

client.watch((notice) => {
  if (notice.kind === "connection") console.log(`The connection is ${notice.state.phase}.`);
  if (notice.kind === "sign-in-needed") console.log("Sign in again.");
});

await client.connect();

const answer = await client.send("TextRecognizer.Recognize", { text: "what time is it?" });
for await (const directive of answer) console.log(directive.name);

const recognition = client.recognize(microphone(), {
  lang: "en",
  onText: (text) => console.log(`… ${text}`),
  listen: () => microphone(),
});
await recognition.captured;
await (await recognition.answer).directives();

await client.close({ drain: 5_000 });

/** A second of silence, where a device reads its microphone. */
async function* microphone(): AsyncGenerator<Uint8Array> {
  for (let frame = 0; frame < 100; frame++) yield new Uint8Array(320);
}

/** Where a device plays MP3. */
function loudspeaker(bytes: Uint8Array): void {
  console.log(`${bytes.length} bytes of speech`);
}
