// The courier killed at each step (FT3): no email is lost, and at most one arrives twice, and
// then only when it had been sent whole.
"use strict";

const assert = require("assert");
const { Sink, Script } = require("./sink");
const { tls, clear } = require("./tap");

function ids(mails) {
	return mails.map((mail) => /^Message-ID: (.+)$/m.exec(mail.raw.toString())[1]);
}

// A new courier sends what the killed one left, once its lease has run out; then nothing is
// left to send.
async function recovers(world) {
	const row = await world.row();
	assert.strictEqual(row.state, "waiting");
	assert.strictEqual(row.tries, "1");
	assert.strictEqual(row.dropped, "0");
	assert.ok(Number(row.due_in) > 0, "held by a lease");
	await world.hurry();
	const courier = world.courier();
	await courier.heard("email_sent");
	assert.strictEqual((await world.row()).state, "sent");
	assert.strictEqual(await courier.stop(), 0);
}

async function claimed(t) {
	const sink = await t.listen(new Sink());
	const world = await t.world(tls(sink));
	await world.add();
	assert.strictEqual(await world.courier({ MAIL_DRIVER_DIE: "1" }).exit(), "SIGKILL");
	assert.strictEqual(sink.connections, 0);
	await recovers(world);
	assert.strictEqual(sink.mails.length, 1);
}

// hook is where the sink kills its first client, before it answers.
function killed(hook) {
	return async (t) => {
		let courier, first = true;
		const sink = await t.listen(new Sink({ hooks: {
			async [hook]() {
				if (!first)
					return;
				first = false;
				courier.kill("SIGKILL");
				await courier.exit();
			},
		} }));
		const world = await t.world(tls(sink));
		await world.add();
		courier = world.courier();
		assert.strictEqual(await courier.exit(), "SIGKILL");
		await recovers(world);
		const taken = ids(sink.mails);
		if (hook === "data")
			assert.deepStrictEqual([taken.length, new Set(taken).size], [2, 1]);
		else
			assert.strictEqual(taken.length, 1);
	};
}

// It says QUIT when it has the 250; the lock, taken before, keeps it from writing that down.
async function before_the_commit(t) {
	let courier, lock, first = true;
	const script = await t.listen(new Script({
		async answer(line) {
			if (!first || (line !== "." && line !== "QUIT"))
				return undefined;
			if (line === ".") {
				lock = await world.lock();
				return undefined;
			}
			first = false;
			courier.kill("SIGKILL");
			return null;
		},
	}));
	const world = await t.world(clear(script));
	await world.add();
	courier = world.courier();
	assert.strictEqual(await courier.exit(), "SIGKILL");
	await lock.release();
	await recovers(world);
	const taken = ids(script.mails);
	assert.deepStrictEqual([taken.length, new Set(taken).size], [2, 1]);
}

// Whether the courier was killed before it had sent them all.
async function sends_all(courier, waiting) {
	const sent = courier.heard("email_sent", waiting).then(() => false, (e) => {
		if (!courier.over)
			throw e;
		return true;
	});
	const died = await Promise.race([sent, courier.ended.then(() => true)]);
	if (!died)
		await courier.stop();
	return !died;
}

// Many kills, one after the other, while thirty emails go: all arrive, and each kill doubles
// at most those that were under way.
async function again_and_again(t) {
	let courier, kills = 0;
	const sink = await t.listen(new Sink({ hooks: {
		data() {
			if (sink.mails.length < 6 * (kills + 1) || kills === 4 || courier.over)
				return;
			kills++;
			courier.kill("SIGKILL");
		},
	} }));
	const world = await t.world(tls(sink));
	await world.add({ count: 30 });
	for (let done = false; !done;) {
		await world.hurry();
		const waiting = (await world.rows()).filter((row) => row.state === "waiting").length;
		courier = world.courier();
		done = await sends_all(courier, waiting);
	}
	assert.strictEqual(kills, 4);
	assert.strictEqual(new Set(ids(sink.mails)).size, 30);
	assert.ok(sink.mails.length <= 30 + kills * 4, `${sink.mails.length}`);
}

module.exports = [
	["FT3 killed when it has claimed", claimed],
	["FT3 killed when connected", killed("connect")],
	["FT3 killed after MAIL", killed("mail")],
	["FT3 killed after RCPT", killed("rcpt")],
	["FT3 killed between the final dot and 250", killed("data")],
	["FT3 killed between 250 and the commit", before_the_commit],
	["FT3 killed again and again", again_and_again],
];
