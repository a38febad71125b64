// Servers that are down, slow, full of refusals, or gone at the wrong moment (MT1 to MT4).
"use strict";

const assert = require("assert");
const net = require("net");
const { once } = require("events");
const { Sink, Script, reply } = require("./sink");
const { tls, clear } = require("./tap");

const MINUTE = 60000;
// How long a test itself may take beside a pause with its jitter.
const SLACK = MINUTE;
const SHORT = { TENANTRY_TEST_NET_MS: "400" };

function waitsFor(row, minutes) {
	assert.strictEqual(row.state, "waiting");
	assert.strictEqual(row.dropped, "0");
	assert.ok(row.due_in >= minutes * MINUTE, `${row.due_in} ms`);
	assert.ok(row.due_in <= minutes * MINUTE * 1.2 + SLACK, `${row.due_in} ms`);
}

async function freePort() {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

// The email waits, says why, and arrives once the server is there.
async function unreachable(t, settings, env) {
	const world = await t.world(settings);
	await world.add();
	const courier = world.courier(env);
	await courier.heard("email_later");
	const row = await world.row();
	waitsFor(row, 1);
	assert.strictEqual(row.tries, "1");
	assert.ok(row.answer.length > 0);
	await courier.stop();
	const sink = await t.listen(new Sink());
	world.configure(tls(sink));
	await world.hurry();
	await world.courier().heard("email_sent");
	assert.strictEqual(sink.mails.length, 1);
	assert.strictEqual((await world.row()).tries, "2");
}

async function refuses(t) {
	await unreachable(t, { smtp_url: `smtp://127.0.0.1:${await freePort()}` });
}

async function no_such_host(t) {
	await unreachable(t, { smtp_url: "smtp://mail.invalid:2525" }, { TENANTRY_TEST_NET_MS: "5000" });
}

async function black_hole(t) {
	const script = await t.listen(new Script({ greeting: null }));
	await unreachable(t, tls(script), SHORT);
}

// Nobody who adds an email waits for the server that another one is stuck at.
async function adding_does_not_wait(t) {
	const script = await t.listen(new Script({ greeting: null }));
	const world = await t.world(tls(script));
	await world.add();
	const courier = world.courier();
	await once(script.server, "connection");
	await world.add({ to: "other@x.test" });
	assert.strictEqual(courier.log.length, 0);
	assert.deepStrictEqual((await world.rows()).map((row) => row.state), ["waiting", "waiting"]);
}

async function a_stalled_one_delays_no_other(t) {
	const sink = await t.listen(new Sink({ hooks: {
		rcpt: (address) => (address === "slow@x.test" ? new Promise(() => {}) : undefined),
	} }));
	const world = await t.world(tls(sink));
	await world.add({ to: "slow@x.test", priority: 0 });
	await world.add({ count: 8 });
	const courier = world.courier();
	await courier.heard("email_sent", 8);
	assert.strictEqual(courier.log.length, 8);
}

async function expired(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	await world.add({ expires: Date.now() - 1, to: "late@x.test" });
	await world.add();
	await world.courier().heard("email_sent");
	const [late] = await world.rows();
	assert.deepStrictEqual([late.state, late.answer, late.dropped], ["dead", "link expired", "1"]);
	assert.deepStrictEqual(sink.rcpts, ["ann@x.test"]);
}

async function gives_up_after_a_day(t) {
	const world = await t.world({ smtp_url: `smtp://127.0.0.1:${await freePort()}` });
	await world.add();
	await world.sql("UPDATE outbox SET tries = 26");
	const courier = world.courier();
	await courier.heard("email_later");
	waitsFor(await world.row(), 60);
	await world.hurry();
	courier.wake();
	await courier.heard("email_given_up");
	const row = await world.row();
	assert.deepStrictEqual([row.state, row.tries, row.dropped], ["dead", "28", "1"]);
	assert.ok(row.answer.length > 0);
}

// Where the server asks for patience: refused once, taken five minutes later, one email.
function grey(hook, code) {
	return async (t) => {
		let first = true;
		const sink = await t.listen(new Sink({ hooks: {
			[hook]() {
				if (!first)
					return;
				first = false;
				throw reply(code, "Come back later");
			},
		} }));
		const world = await t.world(tls(sink));
		await world.add();
		const courier = world.courier();
		await courier.heard("email_later");
		const row = await world.row();
		waitsFor(row, 5);
		assert.match(row.answer, new RegExp(`^${code} .*Come back later`));
		await world.hurry();
		courier.wake();
		await courier.heard("email_sent");
		assert.strictEqual(sink.mails.length, 1);
	};
}

// For good: no second try, the answer kept, the next recipient unaffected.
function bounced(hook, code) {
	return async (t) => {
		const refuse = (address) => {
			if (address === "bad@x.test")
				throw reply(code, "5.1.1 No thanks");
		};
		const sink = await t.listen(new Sink({ hooks: {
			[hook]: (what) => refuse(hook === "data" ? what.to[0] : what),
		} }));
		const world = await t.world(tls(sink));
		for (const [id, name] of [[1, "bad"], [2, "good"]])
			await world.sql("INSERT INTO people (id, email, email_key, name, confirmed_at, method," +
				" language, timezone, theme, date_format, clock, tenants_ever, factor," +
				` mail_refused_at, created_at, version) VALUES (${id}, '${name}@x.test',` +
				` '${name}@x.test', '${name}', 1, 'password', 'en', '', 'system', '', 0, 0, 0,` +
				` ${id === 2 ? 7 : 0}, 1, 1)`);
		await world.add({ to: "bad@x.test", person: 1 });
		await world.add({ to: "good@x.test", person: 2 });
		const courier = world.courier();
		await Promise.all([courier.heard("email_refused"), courier.heard("email_sent")]);
		const [bad, good] = await world.rows();
		assert.deepStrictEqual([bad.state, bad.tries, bad.dropped], ["dead", "1", "1"]);
		assert.match(bad.answer, new RegExp(`^${code} .*No thanks`));
		assert.strictEqual(good.state, "sent");
		assert.strictEqual(sink.mails.length, 1);
		// A refused recipient is marked, a refused message not; what arrives takes the mark away.
		assert.deepStrictEqual([bad.unreachable, good.unreachable], [hook === "rcpt" ? "1" : "0", "0"]);
	};
}

// A refusal of us, not of the recipient, may be put right: the email waits.
async function refuses_us(t) {
	const sink = await t.listen(new Sink({ hooks: {
		connect() { throw reply(554, "Not you"); },
	} }));
	const world = await t.world(tls(sink));
	await world.add();
	await world.courier().heard("email_later");
	waitsFor(await world.row(), 1);
	assert.match((await world.row()).answer, /^554/);
}

async function wrong_password(t) {
	const sink = await t.listen(new Sink({ login: { user: "tenantry", password: "right" } }));
	const world = await t.world(tls(sink));
	world.login(tls(sink), "tenantry", "wrong");
	await world.add();
	await world.courier().heard("email_later");
	assert.match((await world.row()).answer, /^535/);
	assert.strictEqual(sink.mails.length, 0);
}

async function byte_by_byte(t) {
	const script = await t.listen(new Script({ drip: true }));
	const world = await t.world(clear(script));
	await world.add({ text: ".\n".repeat(50) });
	await world.courier().heard("email_sent");
	assert.strictEqual(script.mails.length, 1);
	assert.ok(script.mails[0].raw.includes("\r\n.\r\n.\r\n"));
}

async function stalls_after_data(t) {
	const script = await t.listen(new Script({
		answer: (line) => (line === "DATA" ? null : undefined),
	}));
	const world = await t.world(clear(script));
	await world.add();
	await world.courier(SHORT).heard("email_later");
	const row = await world.row();
	waitsFor(row, 1);
	assert.strictEqual(row.in_doubt, "0");
}

// The outcome is not known: once more with the same Message-ID, not a third time.
function unknown(how) {
	return async (t) => {
		const seen = [];
		const script = await t.listen(new Script({
			answer(line, talk) {
				if (line !== ".")
					return undefined;
				seen.push(talk.message);
				if (how === "close")
					talk.socket.destroy();
				return null;
			},
		}));
		const world = await t.world(clear(script));
		await world.add();
		const courier = world.courier(SHORT);
		await courier.heard("email_in_doubt");
		const row = await world.row();
		waitsFor(row, 1);
		assert.strictEqual(row.in_doubt, "1");
		assert.match(row.answer, /^no answer; it may have arrived/);
		await world.hurry();
		courier.wake();
		await courier.heard("email_given_up");
		assert.strictEqual((await world.row()).state, "dead");
		assert.strictEqual(seen.length, 2);
		for (const name of ["Message-ID", "X-Tenantry-Id"]) {
			const ids = seen.map((message) => new RegExp(`^${name}: (.+)$`, "m").exec(message)[1]);
			assert.strictEqual(ids[0], ids[1]);
		}
	};
}

async function unknown_then_taken(t) {
	let first = true;
	const script = await t.listen(new Script({
		answer(line, talk) {
			if (line !== "." || !first)
				return undefined;
			first = false;
			talk.socket.destroy();
			return null;
		},
	}));
	const world = await t.world(clear(script));
	await world.add();
	const courier = world.courier();
	await courier.heard("email_in_doubt");
	await world.hurry();
	courier.wake();
	await courier.heard("email_sent");
	assert.strictEqual(script.mails.length, 1);
}

module.exports = [
	["MT1 refuses connections", refuses],
	["MT1 no such host", no_such_host],
	["MT1 no banner", black_hole],
	["MT1 adding does not wait for a server", adding_does_not_wait],
	["a stalled email delays no other", a_stalled_one_delays_no_other],
	["MT1 not sent after its link has expired", expired],
	["MT1 hourly, and given up after a day", gives_up_after_a_day],
	["MT2 421 at the greeting", grey("connect", 421)],
	["MT2 450 for the recipient", grey("rcpt", 450)],
	["MT2 451 after the message", grey("data", 451)],
	["MT3 550 for the recipient", bounced("rcpt", 550)],
	["MT3 552 after the message", bounced("data", 552)],
	["MT3 554 after the message", bounced("data", 554)],
	["554 at the greeting is not the recipient's", refuses_us],
	["535 is not the recipient's", wrong_password],
	["MT4 byte by byte", byte_by_byte],
	["MT4 stalls after DATA", stalls_after_data],
	["MT4 stalls after the final dot", unknown("stall")],
	["MT4 closes after the final dot", unknown("close")],
	["MT4 closes after the final dot, then takes it", unknown_then_taken],
];
