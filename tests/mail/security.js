// What must never be sent: in clear, to a stranger, or with a line of somebody's own (MT5, and
// header injection).
"use strict";

const assert = require("assert");
const fs = require("fs");
const path = require("path");
const { Sink, Script } = require("./sink");
const { tls, clear } = require("./tap");

// Nothing of the email leaves, and it waits for the server to be put right.
async function keeps_it(world, server) {
	await world.add();
	await world.courier().heard("email_later");
	assert.strictEqual((await world.row()).state, "waiting");
	assert.strictEqual(server.mails.length, 0);
	return server;
}

function told(script) {
	return script.lines.map((line) => line.split(" ")[0]);
}

async function no_starttls(t) {
	const sink = await t.listen(new Sink({ hideSTARTTLS: true, disabled: ["STARTTLS"] }));
	const world = await t.world(tls(sink));
	world.login(tls(sink), "tenantry", "secret");
	await keeps_it(world, sink);
	assert.deepStrictEqual([sink.rcpts, sink.logins], [[], []]);
}

async function starttls_stripped(t) {
	const script = await t.listen(new Script({
		answer: (line) => ({ EHLO: "250-script\r\n250 STARTTLS", STARTTLS: "454 not now" })[
			line.split(" ")[0]],
	}));
	await keeps_it(await t.world(tls(script)), script);
	assert.ok(!told(script).includes("MAIL"));
}

// Replies in clear sent along with the one to STARTTLS must not count behind it.
async function pipelined_replies(t) {
	const script = await t.listen(new Script({
		answer(line, talk) {
			if (line.startsWith("EHLO"))
				return "250-script\r\n250 STARTTLS";
			if (line !== "STARTTLS")
				return undefined;
			talk.socket.write("220 go on\r\n250-script\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
			return null;
		},
	}));
	const world = await t.world(tls(script));
	await world.add();
	const courier = world.courier({ TENANTRY_TEST_NET_MS: "400" });
	await courier.heard("email_later");
	assert.ok(!told(script).includes("MAIL"));
	assert.strictEqual(script.mails.length, 0);
}

function wrong_certificate(name) {
	return async (t) => {
		const sink = await t.listen(new Sink({ certificate: name }));
		await keeps_it(await t.world(tls(sink)), sink);
		assert.deepStrictEqual(sink.rcpts, []);
		assert.match((await t.open.at(-1).row()).answer, /certificate|SSL/i);
	};
}

async function clear_to_another_machine(t) {
	const world = await t.world({});
	world.configure({ smtp_url: "smtp://mail.example:25", smtp_tls: "none" });
	await world.add().catch(() => {});
	assert.notStrictEqual(await world.courier().exit(), 0);
}

// Neither a proxy nor a password of the environment is taken.
async function environment(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	fs.writeFileSync(path.join(world.folder, ".netrc"),
		"machine 127.0.0.1 login canary password canary\n", { mode: 0o600 });
	await world.add();
	await world.courier({ HOME: world.folder, ALL_PROXY: "socks5://127.0.0.1:1",
		all_proxy: "socks5://127.0.0.1:1" }).heard("email_sent");
	assert.deepStrictEqual(sink.logins, []);
}

// Refused again here, whatever the pages let through; what is next goes out all the same.
async function injection(t) {
	const script = await t.listen(new Script());
	const world = await t.world(clear(script));
	const bad = [
		{ to: "a@b>\r\nRCPT TO:<c@x.test" }, { to: "a@b\nRCPT TO:<c@x.test>" },
		{ to: "a@b.test>" }, { to: "a b@x.test" }, { to: "a@x.test,c@x.test" },
		{ to: "josé@x.test" }, { to: "a@[127.0.0.1]" }, { to: "" },
		{ subject: "x\r\nBcc: c@x.test" }, { subject: "x\nBcc: c@x.test" },
		{ from_name: "x\r\nBcc: c@x.test" }, { from_name: "x\r\n\r\nbody" },
	];
	for (const values of bad)
		await world.add(values);
	await world.add({ to: "good@x.test", reply_to: "x@y.test\r\nBcc: c@x.test",
		text: "Bcc: c@x.test\r\n.\r\nQUIT\r\nMAIL FROM:<c@x.test>\r\n" });
	const courier = world.courier();
	await courier.heard("email_refused", bad.length);
	await courier.heard("email_sent");
	assert.deepStrictEqual(told(script).filter((verb) => verb !== "QUIT"),
		["EHLO", "MAIL", "RCPT", "DATA", "."]);
	assert.ok(script.lines.includes("RCPT TO:<good@x.test>"));
	const head = script.mails[0].raw.toString().split("\r\n\r\n")[0];
	assert.ok(!/^(Bcc|Reply-To)/im.test(head));
	assert.deepStrictEqual((await world.rows()).map((row) => row.state),
		[...bad.map(() => "dead"), "sent"]);
}

module.exports = [
	["MT5 STARTTLS not offered", no_starttls],
	["MT5 STARTTLS refused", starttls_stripped],
	["MT5 replies in clear behind STARTTLS", pipelined_replies],
	["MT5 certificate of an unknown authority", wrong_certificate("unknown")],
	["MT5 certificate of another host", wrong_certificate("elsewhere")],
	["in clear to this machine only", clear_to_another_machine],
	["no proxy and no .netrc", environment],
	["no line of somebody's own in envelope or header", injection],
];
