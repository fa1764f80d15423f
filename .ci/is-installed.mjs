// Ends with 0 where node_modules is what package-lock.json says, with 1 where `npm ci` is due.
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
/** npm writes there what it has installed. */
const installed = new URL("node_modules/.package-lock.json", root);

function packagesIn(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

function isInstalled() {
  if (!existsSync(installed)) return false;
  const there = packagesIn(installed);
  return Object.entries(packagesIn(new URL("package-lock.json", root))).every(([path, wanted]) => {
    // The repository and its workspaces are not installed; packages for other machines are left out.
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
    if (there[path] === undefined) return wanted.optional === true;
    return there[path].version === wanted.version && there[path].resolved === wanted.resolved;
  });
}

process.exitCode = isInstalled() ? 0 : 1;
