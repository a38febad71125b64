// A browser without a window: cookies, forms, redirects, and every header as it came.  What it
// sends beside that is what a browser sends for a form of the page it is on.
import https from "node:https";
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import { host } from "./site.mjs";
import { keepPage } from "./pages.mjs";

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/" };

export function decoded(text) {
	return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (all, name) => {
		if (entities[name])
			return entities[name];
		if (name.startsWith("#x"))
			return String.fromCodePoint(parseInt(name.slice(2), 16));
		return name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : all;
	});
}

function attributes(tag) {
	const all = {};
	for (const [, name, , value] of tag.matchAll(/([a-z-]+)(="([^"]*)")?/g))
		all[name] = decoded(value || "");
	return all;
}

export class Answer {
	constructor(status, headers, raw, bytes, url) {
		Object.assign(this, { status, headers, raw, bytes, url });
		this.body = bytes.toString("utf8");
	}

	// All values of a header, as they came.
	all(name) {
		const values = [];
		for (let i = 0; i < this.raw.length; i += 2)
			if (this.raw[i].toLowerCase() === name.toLowerCase())
				values.push(this.raw[i + 1]);
		return values;
	}

	get location() {
		return this.headers.location;
	}

	// What a reader sees of it.
	get text() {
		return decoded(this.body.replace(/<(script|style)[\s\S]*?<\/\1>/g, " ")
			.replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim();
	}

	get title() {
		return decoded((/<title>([\s\S]*?)<\/title>/.exec(this.body) || [])[1] || "");
	}

	get heading() {
		const found = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(this.body);
		return found ? decoded(found[1].replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim() : "";
	}

	// The message at a field of a form, "" when it is fine.
	errorAt(name) {
		const found = new RegExp(`id="${name}-error"[^>]*>([^<]*)<`).exec(this.body);
		return found ? decoded(found[1]).trim() : "";
	}

	// The form whose action is (or matches) this, with its fields as they are now and the names of
	// all that can be filled in.
	form(action) {
		for (const [, tag, inside] of this.body.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
			const form = attributes(tag);
			if (typeof action === "string" ? form.action !== action : !action.test(form.action))
				continue;
			const fields = {}, names = new Set();
			for (const [, input] of inside.matchAll(/<(?:input|select|textarea|button)([^>]*)>/g))
				names.add(attributes(input).name);
			for (const [, input] of inside.matchAll(/<input([^>]*)>/g)) {
				const { name, type, value, checked, disabled } = attributes(input);
				if (!name || disabled !== undefined ||
				    (/^(checkbox|radio)$/.test(type) && checked === undefined))
					continue;
				fields[name] = value || "";
			}
			for (const [, select, options] of inside.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
				const all = [...options.matchAll(/<option([^>]*)>/g)].map(([, option]) => attributes(option));
				const chosen = all.find((option) => option.selected !== undefined) || all[0];
				fields[attributes(select).name] = chosen ? chosen.value : "";
			}
			return { action: form.action, fields, names };
		}
		throw new Error(`no form ${action} on ${this.url} (${this.status}): ${this.text.slice(0, 300)}`);
	}
}

export class Visitor {
	constructor(site, { from = "127.0.0.1", agent = "Visitor/1", language } = {}) {
		this.site = site;
		this.from = from;
		this.userAgent = agent;
		this.language = language;
		this.cookies = new Map();
	}

	#note(answer) {
		for (const line of answer.all("set-cookie")) {
			const [pair, ...rest] = line.split("; ");
			const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
			if (rest.some((part) => /^Max-Age=0$|^Expires=Thu, 01 Jan 1970/i.test(part)) || value === "")
				this.cookies.delete(name);
			else
				this.cookies.set(name, value);
			if (value.length > 20)
				this.site.secrets.add(value);
		}
	}

	get cookieHeader() {
		return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	}

	// One request, no redirect followed.  A body is sent as it is.
	ask(method, target, { headers = {}, body, cookies = true } = {}) {
		const site = this.site;
		const all = { host: `${host}:${site.port}`, "user-agent": this.userAgent,
			"accept-language": this.language, ...headers };
		if (cookies && this.cookies.size && !("cookie" in all))
			all.cookie = this.cookieHeader;
		if (body !== undefined)
			all["content-length"] = Buffer.byteLength(body);
		for (const name of Object.keys(all))
			if (all[name] === undefined)
				delete all[name];
		return new Promise((resolve, reject) => {
			const request = (site.plain ? http : https).request({
				host: "127.0.0.1", port: site.port, method, path: target, headers: all, setHost: false,
				localAddress: this.from, servername: host, agent: false,
				ca: site.plain ? undefined : fs.readFileSync(path.join(site.dir, "tls", "cert.pem")),
			}, (incoming) => {
				const parts = [];
				incoming.on("data", (part) => parts.push(part));
				incoming.on("error", reject);
				incoming.on("end", () => {
					const answer = new Answer(incoming.statusCode, incoming.headers, incoming.rawHeaders,
						Buffer.concat(parts), target);
					if (cookies)
						this.#note(answer);
					keepPage(`${method} ${target}`, answer.status, answer.headers["content-type"],
						answer.body);
					resolve(answer);
				});
			});
			request.on("error", reject);
			request.end(body);
		});
	}

	get(target, options) {
		return this.ask("GET", target.replace(this.site.base, ""), options);
	}

	// Where a chain of redirects ends.
	async follow(answer, most = 5) {
		while (answer.status >= 301 && answer.status <= 303 && most-- > 0)
			answer = await this.get(answer.location);
		return answer;
	}

	async open(target, options) {
		return this.follow(await this.get(target, options));
	}

	// What a form sends: fields is an object, an array of pairs, or encoded already.
	send(target, fields, { headers = {}, ...rest } = {}) {
		const body = typeof fields === "string" ? fields : new URLSearchParams(fields).toString();
		return this.ask("POST", target, { body, headers: {
			"content-type": "application/x-www-form-urlencoded", origin: this.site.base,
			"sec-fetch-site": "same-origin", ...headers }, ...rest });
	}

	// Opens the page, fills in its form, sends it.  "action" is needed where it is not the page's own.
	// What the form has no field for, nobody can send.
	async submit(target, fields = {}, action = target.split("?")[0]) {
		const page = await this.open(target);
		const form = page.form(action);
		for (const name of Object.keys(fields))
			if (!form.names.has(name))
				throw new Error(`no field ${name} in the form ${form.action} on ${page.url}`);
		return this.send(form.action, { ...form.fields, ...fields });
	}

	// The same with fields that the form does not have, as an attacker sends it.
	async forge(target, fields) {
		const form = (await this.open(target)).form(target);
		return this.send(form.action, { ...form.fields, ...fields });
	}

	async signIn(email, password, next = "") {
		const answer = await this.submit(`/signin${next && `?next=${encodeURIComponent(next)}`}`,
			{ email, password }, "/signin");
		return answer;
	}

	// Goes through the token of an emailed link, to its page.
	openLink(link) {
		this.site.secrets.add(new URL(link).searchParams.get("t"));
		return this.open(link);
	}
}
