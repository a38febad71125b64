// A browser without a screen: cookies, the token of forms, and a sender's mark in each request,
// by which its event is found again.  The wire is in fcgi.mjs.
import { ask } from "./fcgi.mjs";
import { askHttp } from "./http.mjs";

export class Visitor {
	// "mark" is the beginning of the user agent; each request has a number behind it.
	constructor(world, mark, peer = "192.0.2.1") {
		this.world = world;
		this.mark = mark;
		this.peer = peer;
		this.jar = new Map();
		this.sent = 0;
	}

	// The socket that nginx would choose.
	#socket(method, target) {
		return this.world.isSlow(method, target) ? "slow" : "quick";
	}

	async send(method, target, body = "") {
		const agent = `${this.mark}/${++this.sent}`;
		const headers = { Host: "127.0.0.1", "User-Agent": agent };
		if (this.jar.size)
			headers.Cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
		if (method === "POST") {
			headers["Sec-Fetch-Site"] = "same-origin";
			headers["Content-Type"] = "application/x-www-form-urlencoded";
		}
		const request = { method, target, headers, body, peer: this.peer };
		const answer = this.world.port ? await askHttp(this.world.port, request) :
			await ask(this.world.socket(this.#socket(method, target)), request);
		for (const line of answer.cookies) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			if (/Max-Age=0/.test(line) || value === "")
				this.jar.delete(name);
			else
				this.jar.set(name, value);
			if (value)
				this.world.secrets.add(value);
		}
		answer.agent = agent;
		return answer;
	}

	// A page; its form's token is kept for the next post.
	async get(target) {
		const answer = await this.send("GET", target);
		const token = /name="csrf" value="([\w-]+)"/.exec(answer.body);
		if (token)
			this.csrf = token[1];
		return answer;
	}

	post(target, fields = {}) {
		const all = this.csrf ? { csrf: this.csrf, ...fields } : fields;
		return this.send("POST", target, new URLSearchParams(all).toString());
	}

	async signIn(email, password) {
		this.csrf = null;
		this.world.secrets.add(password);
		return this.post("/signin", { email, password, next: "" });
	}

	// Signs in and opens the list, whose forms have the token.
	async enter(email, password) {
		const answer = await this.signIn(email, password);
		if (answer.status !== 303)
			return answer;
		return this.get(`${this.world.place}/users`);
	}
}
