// Every page that any test was shown, for the last tests: is it valid HTML, and what did the
// browser complain about.
import crypto from "node:crypto";

const kept = new Map();
// What browsers said on their consoles, and violations of the content security policy.
export const complaints = [];

// Two pages made of the same elements count as one: what differs is only how often they come.
function shape(body) {
	const tags = body.match(/<[a-z][^>]*>/g) || [];
	return [...new Set(tags.map((tag) => tag.replace(/="[^"]*"/g, (value) =>
		(/="[a-z -]{0,30}"/.test(value) ? value : "=\"\""))))].sort().join("");
}

export function keepPage(what, status, type, body) {
	if (!/^text\/html/.test(type || "") || !body)
		return;
	const key = crypto.createHash("sha1").update(shape(body)).digest("hex");
	if (!kept.has(key))
		kept.set(key, { what, status, body });
}

export function keptPages() {
	return [...kept.values()];
}
