/* Makes dist/: style, script, icons and the favicon, each under a name with a hash of its
 * content and compressed beside it, and manifest.txt with their names.  Same sources, same
 * bytes.  Fails when a template shows an icon that is not in src/icons.json. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const read = (...path) => readFileSync(join(here, ...path), "utf8");
const dist = join(here, "dist");

const css = () => readdirSync(join(here, "src")).filter((name) => name.endsWith(".css")).sort()
	.map((name) => read("src", name)).join("")
	.replace(/\/\*[^]*?\*\//g, "")
	.replace(/\s+/g, " ")
	.replace(/ ?([{};,]) ?/g, "$1")
	.replace(/: /g, ":")
	.replace(/;}/g, "}")
	.trim();

/* Our own part goes without its comments and indentation; there are no strings over lines. */
const js = () => read("node_modules/htmx.org/dist/htmx.min.js").replace(/\n?\/\/# sourceMappingURL=.*\n?/, "") +
	"\n" + read("src/app.js").replace(/^\s*\/\*[^]*?\*\/\s*$/gm, "").replace(/^\s+/gm, "");

const symbol = ([id, name]) => {
	const svg = read("node_modules/@tabler/icons/icons/outline", name + ".svg");
	const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));

	return `<symbol id="${id}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "")}</symbol>`;
};

const brand = () => read("src/favicon.svg").trim()
	.replace(/<svg[^>]*>/, '<symbol id="brand" viewBox="0 0 32 32">').replace("</svg>", "</symbol>");

const icons = () => '<svg xmlns="http://www.w3.org/2000/svg">' + brand() +
	Object.entries(JSON.parse(read("src/icons.json"))).map(symbol).join("") + "</svg>\n";

const checkIcons = (sprite) => {
	const templates = join(here, "..", "templates");
	const files = readdirSync(templates, { recursive: true }).filter((name) => name.endsWith(".mustache"));

	for (const file of files)
		for (const [, id] of readFileSync(join(templates, file), "utf8").matchAll(/{{icons}}#([a-z-]+)"/g))
			if (!sprite.includes(`<symbol id="${id}"`))
				throw new Error(`templates/${file} shows an icon that is not in src/icons.json: ${id}`);
};

const made = { "app.css": css(), "app.js": js(), "icons.svg": icons(), "favicon.svg": read("src/favicon.svg") };

checkIcons(made["icons.svg"]);
if (/url\(|@import|data:/.test(made["app.css"]))
	throw new Error("the style names something from outside itself");
mkdirSync(dist, { recursive: true });

const old = new Set(readdirSync(dist));
let manifest = "", wire = 0;

for (const [name, text] of Object.entries(made)) {
	const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
	const hashed = name.replace(/(\.\w+)$/, `.${hash}$1`);
	const gz = gzipSync(text, { level: 9 });

	writeFileSync(join(dist, hashed), text);
	writeFileSync(join(dist, hashed + ".gz"), gz);
	old.delete(hashed);
	old.delete(hashed + ".gz");
	manifest += `${name} ${hashed}\n`;
	wire += /css|js$/.test(name) ? gz.length : 0;
	console.log(`${hashed}  ${text.length} bytes, ${gz.length} compressed`);
}
writeFileSync(join(dist, "manifest.txt"), manifest);
old.delete("manifest.txt");
for (const name of old)
	rmSync(join(dist, name));
if (wire > 45 * 1024)
	throw new Error(`style and script are ${wire} bytes compressed, more than 45 KB`);
