// All browser tests in one process: one site, one Chromium, one after the other.  Names of files
// as arguments choose some of them, and "1/2" every other one, with what is looked at in the end.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";
import { closeChrome } from "./chrome.mjs";
import { closeSite } from "./site.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [, part, parts] = /^(\d)\/(\d)$/.exec(process.argv[2] || "") || [null, 1, 1];
const wanted = process.argv.slice(2).filter((word) => !word.includes("/"));

after(async () => {
	await closeChrome();
	await closeSite();
});
const files = fs.readdirSync(here).filter((name) => name.endsWith(".test.mjs")).sort();
for (const [i, file] of files.entries())
	if ((i % parts === part - 1 || file.startsWith("99_")) &&
	    (wanted.length === 0 || wanted.some((word) => file.includes(word))))
		await import(path.join(here, file));
