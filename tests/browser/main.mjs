// All browser tests in one process: one site, one Chromium, one after the other.  Names of files
// as arguments choose some of them.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";
import { closeChrome } from "./chrome.mjs";
import { closeSite } from "./site.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);

after(async () => {
	await closeChrome();
	await closeSite();
});
for (const file of fs.readdirSync(here).filter((name) => name.endsWith(".test.mjs")).sort())
	if (wanted.length === 0 || wanted.some((word) => file.includes(word)))
		await import(path.join(here, file));
