// A mail server that takes everything and keeps it for the tests.
import { createRequire } from "node:module";
import { patience } from "./site.mjs";

const require = createRequire(import.meta.url);
const { SMTPServer } = require("smtp-server");
const { simpleParser } = require("mailparser");

export class Post {
	constructor() {
		this.mails = [];
		this.waiting = [];
		this.server = new SMTPServer({
			authOptional: true,
			hideSTARTTLS: true,
			disableReverseLookup: true,
			closeTimeout: 10,
			onData: (stream, session, done) => this.#take(stream, session).then(() => done(), done),
		});
		this.server.on("error", () => {});
	}

	async #take(stream, session) {
		const mail = await simpleParser(stream);
		mail.rcpt = session.envelope.rcptTo.map((to) => to.address);
		mail.link = (/https:\/\/\S+\?t=[\w-]+/.exec(mail.text) || [])[0];
		this.mails.push(mail);
		this.waiting = this.waiting.filter((look) => !look());
	}

	listen() {
		return new Promise((resolve) => {
			this.server.listen(0, "127.0.0.1", () => {
				this.port = this.server.server.address().port;
				resolve();
			});
		});
	}

	close() {
		return new Promise((resolve) => this.server.close(resolve));
	}

	// All that went to this address, oldest first.
	to(address) {
		return this.mails.filter((mail) => mail.rcpt.includes(address));
	}

	// The nth email to the address (from 1), or the nth whose subject matches, as soon as it is there.
	get(address, subject = /./, nth = 1) {
		const found = () => this.to(address).filter((mail) => subject.test(mail.subject))[nth - 1];
		return patience(new Promise((resolve) => {
			const look = () => {
				const mail = found();
				if (mail)
					resolve(mail);
				return Boolean(mail);
			};
			if (!look())
				this.waiting.push(look);
		}), `email ${nth} to ${address}, ${subject}; there were: ${
			this.to(address).map((mail) => mail.subject).join(", ")}`);
	}
}
