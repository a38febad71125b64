// Mail servers to try the courier against: one that is a real server with hooks, and one that
// follows a script where a real server would not go.  The tests are in mail.test.js.
"use strict";

const net = require("net");
const fs = require("fs");
const path = require("path");
const { SMTPServer } = require("smtp-server");

const certificates = process.env.MAIL_CERTS;

function certificate(name) {
	return {
		key: fs.readFileSync(path.join(certificates, `${name}.key`)),
		cert: fs.readFileSync(path.join(certificates, `${name}.crt`)),
	};
}

// An answer other than "ok" that a hook throws.
function reply(code, text) {
	const e = new Error(text);
	e.responseCode = code;
	return e;
}

async function whole(stream) {
	const parts = [];
	for await (const part of stream)
		parts.push(part);
	return Buffer.concat(parts);
}

// A real server.  hooks: connect(session), mail(session), rcpt(address, session),
// data(mail, session); each may throw a reply(), wait, or break the connection by hangUp().
// What it took is in mails, each RCPT in rcpts, each sign-in in logins.
class Sink {
	constructor(options = {}) {
		this.hooks = options.hooks || {};
		this.mails = [];
		this.rcpts = [];
		this.logins = [];
		this.connections = 0;
		this.server = new SMTPServer({
			...certificate(options.certificate || "good"),
			secure: Boolean(options.secure),
			authOptional: !options.login,
			disableReverseLookup: true,
			closeTimeout: 10,
			size: options.size,
			hideSTARTTLS: Boolean(options.hideSTARTTLS),
			hide8BITMIME: Boolean(options.plain),
			hideSMTPUTF8: Boolean(options.plain),
			disabledCommands: options.disabled || [],
			onConnect: (session, done) => this.#connect(session).then(() => done(), done),
			onAuth: (auth, session, done) => this.#auth(auth, options.login, done),
			onMailFrom: (address, session, done) => this.#run("mail", done, session),
			onRcptTo: (address, session, done) => {
				this.rcpts.push(address.address);
				this.#run("rcpt", done, address.address, session);
			},
			onData: (stream, session, done) => this.#data(stream, session).then(
				() => done(null, "taken"), done),
		});
		this.server.on("error", () => {});
	}

	#run(hook, done, ...args) {
		Promise.resolve()
			.then(() => this.hooks[hook] && this.hooks[hook](...args))
			.then(() => done(), done);
	}

	async #connect(session) {
		this.connections++;
		if (this.hooks.connect)
			await this.hooks.connect(session);
	}

	#auth(auth, login, done) {
		this.logins.push(auth.username);
		if (login && auth.username === login.user && auth.password === login.password)
			done(null, { user: auth.username });
		else
			done(reply(535, "Authentication failed"));
	}

	async #data(stream, session) {
		const mail = {
			raw: await whole(stream),
			from: session.envelope.mailFrom,
			to: session.envelope.rcptTo.map((to) => to.address),
			secure: session.secure,
		};
		if (this.hooks.data)
			await this.hooks.data(mail, session);
		this.mails.push(mail);
	}

	// Ends all connections without another word.
	hangUp() {
		for (const connection of this.server.connections)
			connection._socket.destroy();
	}

	listen() {
		return new Promise((resolve, reject) => {
			this.server.once("error", reject);
			this.server.listen(0, "127.0.0.1", () => {
				this.port = this.server.server.address().port;
				resolve(this);
			});
		});
	}

	close() {
		this.hangUp();
		return new Promise((resolve) => this.server.close(resolve));
	}
}

// A server by script, in clear.  answer(line, talk) gives the reply to each command, or null
// for none; talk.message is what came between DATA and the final dot, for which answer(".")
// is asked.  With drip it reads and writes byte by byte.
class Script {
	constructor(options = {}) {
		this.greeting = options.greeting === undefined ? "220 script ESMTP" : options.greeting;
		this.answer = options.answer || (() => undefined);
		this.drip = Boolean(options.drip);
		this.lines = [];
		this.mails = [];
		this.sockets = new Set();
		this.connections = 0;
		this.server = net.createServer((socket) => this.#serve(socket));
	}

	async #write(socket, text) {
		const bytes = Buffer.from(`${text}\r\n`, "latin1");
		if (!this.drip) {
			socket.write(bytes);
			return;
		}
		for (const byte of bytes) {
			socket.write(Buffer.from([byte]));
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	async #command(socket, talk, line) {
		const verb = line.split(" ")[0].toUpperCase();
		const usual = { EHLO: "250 script", DATA: "354 go on", QUIT: "221 bye", ".": "250 taken" };
		this.lines.push(line);
		let text = await this.answer(line, talk);
		if (text === undefined)
			text = usual[verb] || "250 ok";
		if (verb === "." && text && text.startsWith("250"))
			this.mails.push({ raw: Buffer.from(talk.message, "latin1") });
		if (verb === "DATA" && text && text.startsWith("354")) {
			talk.data = true;
			talk.message = "";
		}
		if (text !== null && !socket.destroyed)
			await this.#write(socket, text);
		if (verb === "QUIT" && text)
			socket.end();
	}

	async #line(socket, talk, line) {
		if (talk.data && line !== ".") {
			talk.message += `${line.startsWith(".") ? line.slice(1) : line}\r\n`;
			return;
		}
		talk.data = false;
		await this.#command(socket, talk, line);
	}

	async #serve(socket) {
		const talk = { socket, data: false, message: "" };
		let rest = "";
		this.connections++;
		this.sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => this.sockets.delete(socket));
		if (this.greeting !== null)
			await this.#write(socket, this.greeting);
		try {
			for await (const chunk of socket) {
				const pieces = this.drip ? [...chunk].map((b) => Buffer.from([b])) : [chunk];
				for (const piece of pieces) {
					let end;
					rest += piece.toString("latin1");
					while ((end = rest.indexOf("\r\n")) >= 0) {
						const line = rest.slice(0, end);
						rest = rest.slice(end + 2);
						await this.#line(socket, talk, line);
					}
				}
			}
		} catch (e) {
			// The other side may go at any time.
			if (!["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(e.code))
				throw e;
		}
	}

	listen() {
		return new Promise((resolve) => {
			this.server.listen(0, "127.0.0.1", () => {
				this.port = this.server.address().port;
				resolve(this);
			});
		});
	}

	close() {
		for (const socket of this.sockets)
			socket.destroy();
		return new Promise((resolve) => this.server.close(resolve));
	}
}

module.exports = { Sink, Script, reply };
