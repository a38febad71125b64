// All browser tests in one process: one site, one Chromium, one after the other.  Names of files
// as arguments choose some of them, and "1/2" one half, with what is looked at in the end.
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

// Which part has which file: the longest first, each to the part that has least.  To look at every
// page takes as long as four files.
const length = (file) => fs.statSync(path.join(here, file)).size * (file.startsWith("08_") ? 4 : 1);
const loads = Array(Number(parts)).fill(0);
const partOf = new Map();
for (const file of [...files].sort((a, b) => length(b) - length(a))) {
	const least = loads.indexOf(Math.min(...loads));
	loads[least] += length(file);
	partOf.set(file, least);
}

for (const file of files)
	if ((partOf.get(file) === part - 1 || file.startsWith("99_")) &&
	    (wanted.length === 0 || wanted.some((word) => file.includes(word))))
		await import(path.join(here, file));
