// Runs tests one after the other and prints TAP.
"use strict";

const { World } = require("./world");

// What a test opens is closed after it, however it ended.
class Test {
	constructor() {
		this.open = [];
	}

	async listen(server) {
		await server.listen();
		this.open.push(server);
		return server;
	}

	// Settings for a server: "smtp" with TLS, or in clear for a script.
	async world(settings) {
		const world = new World(settings);
		this.open.push(world);
		return world.make();
	}

	async close() {
		for (const thing of this.open.reverse())
			await thing.close();
	}
}

async function one(name, body) {
	const t = new Test();
	try {
		await body(t);
		return null;
	} catch (e) {
		return e;
	} finally {
		await t.close();
	}
}

async function run(tests, only) {
	const chosen = tests.filter(([name]) => !only || name.includes(only));
	let failed = 0;
	console.log(`1..${chosen.length}`);
	for (const [i, [name, body]] of chosen.entries()) {
		const e = await one(name, body);
		console.log(`${e ? "not ok" : "ok"} ${i + 1} - ${name}`);
		if (e) {
			failed++;
			console.log(String(e.stack).replace(/^/gm, "# "));
		}
	}
	process.exitCode = failed ? 1 : 0;
}

function tls(server) {
	return { smtp_url: `smtp://127.0.0.1:${server.port}` };
}

function clear(server) {
	return { smtp_url: `smtp://127.0.0.1:${server.port}`, smtp_tls: "none" };
}

module.exports = { run, tls, clear };
