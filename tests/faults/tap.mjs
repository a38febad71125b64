// One TAP line for each check; a file of checks ends with done().
import assert from "node:assert/strict";

let tests = 0, failed = 0;

// check(name, promise or function): passes unless it throws.
export async function check(name, body) {
	try {
		await (typeof body === "function" ? body() : body);
		console.log(`ok ${++tests} - ${name}`);
		return true;
	} catch (e) {
		console.log(`not ok ${++tests} - ${name}`);
		console.log(String(e.stack || e).slice(0, 4000).replace(/^/gm, "# "));
		failed++;
		return false;
	}
}

export function skip(name, why) {
	console.log(`ok ${++tests} - ${name} # SKIP ${why}`);
}

export function note(text) {
	console.log(`# ${text}`);
}

// Runs what makes the checks, and closes the world whatever happens.
export async function run(world, body) {
	try {
		await body(world);
		await world.stop();
		await check("no sanitizer complains", () => assert.deepEqual(world.findings(), []));
	} catch (e) {
		await check("the test itself", () => {
			throw e;
		});
	} finally {
		await world.close();
	}
}

// What nobody waits for fails by its name, not by a process that is gone.
process.on("unhandledRejection", (reason) => check("a promise that nobody waits for", () => {
	throw reason;
}));

export function done() {
	console.log(`1..${tests}`);
	process.exitCode = failed ? 1 : 0;
}

export { assert };
