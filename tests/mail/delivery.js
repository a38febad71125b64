// Emails that arrive, and what they look like then.
"use strict";

const assert = require("assert");
const fs = require("fs");
const path = require("path");
const { simpleParser } = require("mailparser");
const { Sink, Script } = require("./sink");
const { tls, clear } = require("./tap");

const HEADERS = ["date", "from", "to", "subject", "message-id", "x-tenantry-id",
	"auto-submitted", "mime-version", "content-type"];

function headerNames(raw) {
	const head = raw.toString("latin1").split("\r\n\r\n")[0];
	return head.split("\r\n").filter((line) => !line.startsWith(" "))
		.map((line) => line.split(":")[0].toLowerCase());
}

async function one_email(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	await world.add({ to: "ann@x.test", reply_to: "help@acme.example" });
	await world.courier().heard("email_sent");
	assert.deepStrictEqual(sink.rcpts, ["ann@x.test"]);
	assert.strictEqual(sink.mails.length, 1);
	const [mail] = sink.mails;
	assert.strictEqual(mail.secure, true);
	assert.strictEqual(mail.from.address, "post@console.example");
	assert.deepStrictEqual(headerNames(mail.raw).sort(), [...HEADERS, "reply-to"].sort());
	const parsed = await simpleParser(mail.raw);
	assert.strictEqual(parsed.from.text, '"Acme" <post@console.example>');
	assert.strictEqual(parsed.to.text, "ann@x.test");
	assert.strictEqual(parsed.replyTo.text, "help@acme.example");
	assert.strictEqual(parsed.subject, "Your link");
	assert.match(parsed.messageId, /^<[A-Za-z0-9_-]{24}@console\.example>$/);
	assert.strictEqual(parsed.headers.get("auto-submitted"), "auto-generated");
	assert.strictEqual(parsed.text.trim(), "Hello.");
	assert.strictEqual(parsed.html.trim(), "<p>Hello.</p>");
	const row = await world.row();
	assert.deepStrictEqual([row.state, row.tries, row.dropped], ["sent", "1", "1"]);
	assert.match(row.answer, /^250 .*taken/);
}

async function tls_from_the_start(t) {
	const sink = await t.listen(new Sink({ secure: true }));
	const world = await t.world({ smtp_url: `smtps://127.0.0.1:${sink.port}` });
	await world.add();
	await world.courier().heard("email_sent");
	assert.strictEqual(sink.mails[0].secure, true);
}

async function signs_in(t) {
	const login = { user: "tenantry", password: "canary pass wörd" };
	const sink = await t.listen(new Sink({ login }));
	const world = await t.world(tls(sink));
	world.login(tls(sink), login.user, login.password);
	await world.add();
	const courier = world.courier();
	await courier.heard("email_sent");
	assert.deepStrictEqual(sink.logins, ["tenantry"]);
	assert.ok(!courier.text.includes("canary"));
}

async function woken(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	const courier = world.courier();
	await world.add({ to: "first@x.test" });
	courier.wake();
	await courier.heard("email_sent");
	await world.add({ to: "second@x.test" });
	courier.wake();
	await courier.heard("email_sent", 2);
	assert.deepStrictEqual(sink.rcpts, ["first@x.test", "second@x.test"]);
}

async function many(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	await world.add({ count: 30 });
	await world.courier().heard("email_sent", 30);
	const ids = new Set(sink.mails.map((mail) => /Message-ID: (.*)/.exec(mail.raw)[1]));
	assert.strictEqual(ids.size, 30);
	assert.ok(sink.mails.every((mail) => mail.to.length === 1));
}

// Four go at once: of twelve the one somebody waits for is among the first four.
async function priority(t) {
	let four;
	const held = new Promise((resolve) => { four = resolve; });
	const sink = await t.listen(new Sink({ hooks: {
		rcpt() {
			if (sink.rcpts.length === 4)
				four();
			return held;
		},
	} }));
	const world = await t.world(tls(sink));
	await world.add({ count: 11, to: "many@x.test" });
	await world.add({ to: "reset@x.test", priority: 0 });
	await world.courier().heard("email_sent", 12);
	assert.ok(sink.rcpts.slice(0, 4).includes("reset@x.test"));
}

// A server without 8BITMIME and SMTPUTF8 gets nothing it could not take.
async function plain_ascii(t) {
	const sink = await t.listen(new Sink({ plain: true }));
	const world = await t.world(tls(sink));
	const text = `Grüße, 你好 🔑 = equals\n\n.\n..dots\n${"long ".repeat(60)}end\n`;
	const subject = "Grüße von Müller & Söhne: 你好 und noch etwas mehr, damit es lang wird";
	await world.add({ subject, from_name: 'Müller & Söhne "GmbH"', text,
		html: `<p title="x=y">${text}</p>\n` });
	await world.courier().heard("email_sent");
	const [{ raw, from }] = sink.mails;
	assert.ok(raw.every((byte) => byte < 0x80));
	assert.ok(raw.toString("latin1").split("\r\n").every((line) => line.length <= 76));
	assert.ok(!/[^\r]\n|\r[^\n]/.test(raw.toString("latin1")));
	assert.ok(!from.args || !("SMTPUTF8" in from.args || from.args.BODY));
	const parsed = await simpleParser(raw);
	assert.strictEqual(parsed.subject, subject);
	assert.strictEqual(parsed.from.value[0].name, 'Müller & Söhne "GmbH"');
	assert.strictEqual(parsed.text.trim(), text.trim());
	assert.strictEqual(parsed.html.trim(), `<p title="x=y">${text}</p>`);
}

async function says_hello_with_our_name(t) {
	const script = await t.listen(new Script());
	const world = await t.world(clear(script));
	await world.add();
	await world.courier().heard("email_sent");
	assert.strictEqual(script.lines[0], "EHLO console.example");
	assert.deepStrictEqual(script.lines.slice(1, 4),
		["MAIL FROM:<post@console.example>", "RCPT TO:<ann@x.test>", "DATA"]);
}

// A server that never says goodbye holds up nobody: the next emails need its connections.
async function no_goodbye(t) {
	const script = await t.listen(new Script({
		answer: (line) => (line === "QUIT" ? null : undefined),
	}));
	const world = await t.world(clear(script));
	await world.add({ count: 6 });
	await world.courier().heard("email_sent", 6);
	assert.strictEqual(script.mails.length, 6);
}

async function into_a_folder(t) {
	const world = await t.world({});
	const folder = path.join(world.folder, "mail");
	world.configure({ mail_dir: folder, smtp_url: "" });
	await world.add({ subject: "Für dich" });
	await world.courier().heard("email_sent");
	const names = fs.readdirSync(folder);
	assert.strictEqual(names.length, 1);
	assert.match(names[0], /^\d{13}-[0-9a-z]{13}\.eml$/);
	assert.strictEqual(fs.statSync(path.join(folder, names[0])).mode & 0o777, 0o600);
	const parsed = await simpleParser(fs.readFileSync(path.join(folder, names[0])));
	assert.strictEqual(parsed.subject, "Für dich");
	assert.strictEqual((await world.row()).state, "sent");
}

// SIGTERM and the supervisor's end alike: what is under way is ended, nothing is begun.
async function stops(t) {
	let begun, goOn;
	const started = new Promise((resolve) => { begun = resolve; });
	const held = new Promise((resolve) => { goOn = resolve; });
	const sink = await t.listen(new Sink({ hooks: { data() { begun(); return held; } } }));
	const world = await t.world(tls(sink));
	const courier = world.courier();
	await world.add();
	courier.wake();
	await started;
	courier.kill("SIGTERM");
	await world.add({ to: "later@x.test" });
	goOn();
	assert.strictEqual(await courier.exit(), 0);
	assert.deepStrictEqual((await world.rows()).map((row) => row.state), ["sent", "waiting"]);
	assert.deepStrictEqual(sink.rcpts, ["ann@x.test"]);
	const next = world.courier();
	await next.heard("email_sent");
	assert.strictEqual(await next.stop(), 0);
}

module.exports = [
	["one email, with known headers, to one recipient", one_email],
	["TLS from the first byte", tls_from_the_start],
	["signs in with the password of its file", signs_in],
	["woken when one is added", woken],
	["thirty, each with a Message-ID of its own", many],
	["what somebody waits for goes first", priority],
	["MT6 only ASCII and short lines, whatever is written", plain_ascii],
	["EHLO has the sender's domain", says_hello_with_our_name],
	["a server that does not answer QUIT", no_goodbye],
	["into a folder while no server is set", into_a_folder],
	["stops after what is under way", stops],
];
