// What nobody should type, for each field of a form: it comes back with what was typed and a
// message at the field, and nothing is stored.
import assert from "node:assert/strict";
import { PASSWORD } from "./fixtures.mjs";
import { theSite } from "./site.mjs";
import { decoded } from "./visitor.mjs";

// Everything that a form could have made.
export async function stored() {
	const site = await theSite();
	const counts = {};
	for (const table of ["people", "members", "invitations", "outbox", "sessions", "credentials",
		"reset_links", "tenants"])
		counts[table] = (await site.one(`SELECT count(*) AS n FROM ${table}`)).n;
	return counts;
}

export const pct = (text) => encodeURIComponent(text);
// Bytes as a form sends them; "kept" is what the field must hold afterwards, when it can hold it.
export const NEVER = {
	"too long": [pct("a".repeat(300)), "a".repeat(300)],
	"not UTF-8": ["Ann%ff%fe", undefined],
	"an overlong form": ["Ann%c0%af", undefined],
	"half a character": ["Ann%ed%a0%80", undefined],
	"NUL": ["Ann%00a", undefined],
	"a new line": [pct("Ann\r\nBcc: x@evil.test"), undefined],
	"an escape": ["Ann%1b%5b31m", undefined],
	"text turned around": [pct("Ann\u202eevil"), undefined],
	"an isolate": [pct("Ann\u2066evil"), undefined],
};
export const MARKUP = {
	"markup": "\"><img src=x onerror=alert(1)>",
	"a script": "<script>alert(1)</script>",
	"SQL": "x'); DROP TABLE members;--",
	"a template": "{{7*7}}{{{x}}}{{=<% %>=}}",
	"an entity": "&#x22;&lt;",
	"svg": "<svg/onload=alert(1)>",
};

export function bodyOf(fields, name, raw) {
	return Object.entries({ ...fields, [name]: "" }).map(([key, value]) =>
		`${pct(key)}=${key === name ? raw : pct(value)}`).join("&");
}

// Sends the form with one bad field.
export async function refused(visitor, form, good, name, what, raw, kept) {
	const answer = await visitor.send(form.action, bodyOf({ ...form.fields, ...good }, name, raw));
	assert.equal(answer.status, 422, `${name}, ${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
	assert.ok(answer.errorAt(name), `${name}, ${what}: no message at the field`);
	assert.doesNotMatch(answer.body, /<img src=x|<script>alert|<svg\/onload/, `${name}, ${what}`);
	const field = new RegExp(`<input[^>]* name="${name}" value="([^"]*)"`).exec(answer.body);
	assert.ok(field, `${name}, ${what}: the field is not there any more`);
	if (kept !== undefined)
		assert.equal(decoded(field[1]), kept, `${name}, ${what}: what was typed is kept`);
	for (const [other, value] of Object.entries(good))
		if (other !== name && !/password|again|role|terms/.test(other))
			assert.ok(answer.body.includes(value.replace(/&/g, "&amp;").replace(/'/g, "&#39;")) ||
				decoded(answer.body).includes(value), `${name}, ${what}: ${other} is kept`);
	assert.doesNotMatch(answer.body, new RegExp(PASSWORD), "a password never comes back");
}

// "keeps": what was typed comes back; "empty": the field may not be left empty.
export async function sweep(visitor, form, good, names, { keeps = true, empty = true } = {}) {
	const before = await stored();
	for (const name of names) {
		if (empty) {
			await refused(visitor, form, good, name, "empty", "", "");
			await refused(visitor, form, good, name, "blanks", "%20%20");
		}
		for (const [what, [raw, kept]] of Object.entries(NEVER))
			await refused(visitor, form, good, name, what, raw, keeps ? kept : undefined);
		for (const [what, text] of Object.entries(MARKUP))
			await refused(visitor, form, good, name, what, pct(text), keeps ? text : undefined);
	}
	assert.deepEqual(await stored(), before, "nothing was stored");
}
