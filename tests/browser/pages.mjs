// Every page that any test was shown, for the last tests: is it valid HTML, and what did the
// browser complain about.
import crypto from "node:crypto";

const kept = new Map();
// What browsers said on their consoles, and violations of the content security policy.
export const complaints = [];

export function keepPage(what, status, type, body) {
	if (!/^text\/html/.test(type || "") || !body)
		return;
	const key = crypto.createHash("sha1")
		.update(body.replace(/value="[^"]*"|[0-9a-z]{13}\b|\d+/g, "")).digest("hex");
	if (!kept.has(key))
		kept.set(key, { what, status, body });
}

export function keptPages() {
	return [...kept.values()];
}
