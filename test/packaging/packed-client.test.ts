// What somebody gets who installs @trefoil/client: the tarballs, in an empty folder, without a network.

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Most that a device downloads and unpacks, in bytes: beyond it somebody has packed what does not belong there. */
const limits = { packed: 150_000, unpacked: 600_000 };

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let client: Packed;

async function pack(directory: string): Promise<Packed> {
  const { stdout } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, directory],
    { cwd: repository },
  );
  return (JSON.parse(stdout) as Packed[])[0]!;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trefoil-packed-"));
  client = await pack("./packages/client");
  const protocol = await pack("./packages/protocol");
  const zod = await pack("./node_modules/zod");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  const tarballs = [zod, protocol, client].map(({ filename }) => `./${filename}`);
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...tarballs], {
    cwd: folder,
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runThere(name: string, source: string): Promise<string> {
  writeFileSync(join(folder, name), source);
  return (await run(process.execPath, [name], { cwd: folder, timeout: 30_000 })).stdout;
}

describe("the packed client", () => {
  it("holds what is needed and nothing else", () => {
    const wrong = client.files
      .map(({ path }) => path)
      .filter(
        (path) => !/^(?:dist\/.+(?:\.js|\.d\.ts)|package\.json|README\.md|LICENSE)$/.test(path),
      );
    expect(wrong).toEqual([]);
    expect(client.files.filter(({ path }) => path.includes(".test."))).toEqual([]);
    expect(client.size).toBeLessThan(limits.packed);
    expect(client.unpackedSize).toBeLessThan(limits.unpacked);
  });

  it("brings the protocol and zod along, and nothing else", () => {
    const modules = join(folder, "node_modules");
    const installed = readdirSync(modules)
      .filter((name) => !name.startsWith("."))
      .flatMap((name) =>
        name.startsWith("@")
          ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`)
          : [name],
      )
      .filter((name) => statSync(join(modules, name)).isDirectory());
    expect(installed.toSorted()).toEqual(["@trefoil/client", "@trefoil/protocol", "zod"]);
  });

  it("runs: a device signs in, connects, is told and does it", async () => {
    const output = await runThere(
      "device.js",
      `
        import { createClient } from "@trefoil/client/node";
        import { MockAuthorization, MockGateway } from "@trefoil/client/mock-gateway";
        import { VirtualDevice } from "@trefoil/client/virtual-device";
        const gateway = await MockGateway.start();
        gateway.on("TextRecognizer.Recognize", (event) => [
          event.reply("DeviceControl.SetValue", { target: "volume", value: "9" }),
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
        await client.send("TextRecognizer.Recognize", { text: "louder" });
        await gateway.received("DeviceControl.ActionExecuted");
        console.log(device.state.volume.value);
        device.dispose();
        await client.close();
        await gateway.close();
      `,
    );
    expect(output.trim()).toBe("9");
  });

  it.each(["@trefoil/client", "@trefoil/client/browser"])(
    "has %s, which runs anywhere",
    async (entry) => {
      const output = await runThere(
        "import.js",
        `import { createClient } from "${entry}"; console.log(typeof createClient);`,
      );
      expect(output.trim()).toBe("function");
    },
  );
});
