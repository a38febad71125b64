// A full disk (TAP): what can still be done, what is said, and that it ends by itself.  For a small
// file system of its own it needs root, or a kernel that lets anybody be root in a namespace.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { assert, check, done, run, skip } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText, until } from "./world.mjs";

const SIZE = "12m", WAL_SHORT = 512 << 10;

function fill(file) {
	const fd = fs.openSync(file, "a");
	for (let size = 1 << 16; size > 0;) {
		try {
			fs.writeSync(fd, Buffer.alloc(size));
		} catch (e) {
			assert.equal(e.code, "ENOSPC");
			size >>= 1;
		}
	}
	fs.closeSync(fd);
}

async function enter(world, mark, email) {
	const visitor = new Visitor(world, mark);
	assert.equal((await visitor.enter(email, world.password)).status,
		email === world.email ? 200 : 403, email);
	return visitor;
}

// Those to whom no group gives more than the role does.
async function members(world, role, n) {
	return world.rows("SELECT m.id, m.email FROM members AS m JOIN roles AS r " +
		"ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
		`WHERE m.status = 'active' AND m.groups = 0 AND r.name = '${role}' LIMIT ${n}`);
}

async function full(world, filler) {
	const [member, other] = await members(world, "User", 2);
	const [guest, unseen] = await members(world, "Guest", 2);
	const [role] = await world.rows("SELECT id FROM roles WHERE name = 'Consumer'");
	const logOut = `/t/acme/users/${idText(member.id)}/logout`;
	const admin = await enter(world, "admin", world.email);
	const nobody = await enter(world, "guest", guest.email);
	const more = await enter(world, "unseen", unseen.email);
	const events = () => world.number("SELECT count(*) FROM events");

	// The housekeeper gives space back when it empties what was written before the start.
	await until(() => fs.statSync(`${world.db}-wal`).size < WAL_SHORT, "the first checkpoint");
	fill(filler);
	const before = await events();
	await check("pages are answered with 200, and sessions are good", async () => {
		for (const query of ["", "?q=an", "?sort=email"])
			assert.equal((await admin.get(`/t/acme/users${query}`)).status, 200);
		assert.equal((await admin.get(`/t/acme/users/${idText(other.id)}`)).status, 200);
	});
	fill(filler);
	await check("a change is answered with 503, Retry-After and the reason", async () => {
		for (const [target, fields] of [[logOut, {}], [`/t/acme/users/${idText(member.id)}/role`,
			{ role: idText(role.id) }], ["/t/acme/users/logout", {}]]) {
			const answer = await admin.post(target, fields);
			assert.equal(answer.status, 503, target);
			assert.match(answer.body, /The storage is full/);
			assert.ok(Number(answer.headers["retry-after"]) > 0);
		}
	});
	await check("so is a sign-in, right or wrong", async () => {
		for (const password of [world.password, "not the password"]) {
			const answer = await new Visitor(world, "in").signIn(world.email, password);
			assert.equal(answer.status, 503);
			assert.match(answer.body, /The storage is full/);
			assert.deepEqual(answer.cookies.filter((c) => c.startsWith("sid=")), []);
		}
	});
	await check("a refusal is said, and that it could not be recorded", async () => {
		for (const visitor of [nobody, more]) {
			const answer = await visitor.get("/t/acme/audit");
			assert.equal(answer.status, 403);
			assert.match(answer.body, /could not be recorded/);
		}
	});
	await check("the program log has the refusal that the audit log has not", () => {
		const lost = world.entries("audit_lost");
		assert.ok(lost.length >= 2);
		assert.ok(lost.every((e) => e.actor && e.tenant && e.route === "/t/{tenant}/audit"));
	});
	await check("and a monitor can see how many", async () => {
		const { body } = await new Visitor(world, "monitor", "127.0.0.1").get("/metrics");
		assert.equal(Number(/^tenantry_audit_lost_total (\d+)$/m.exec(body)[1]), world.count("audit_lost"));
		assert.match(body, /^tenantry_crashes_total 0$/m);
	});
	await check("nothing was written, and no process died", async () => {
		assert.equal(await events(), before);
		assert.equal(world.count("process_died"), 0);
	});
	await check("the shortage is in the log, once a process", () => {
		const said = world.count("no space for the database");
		assert.ok(said >= 1 && said <= world.children().length, String(said));
	});

	fs.rmSync(filler);
	await check("with space again everything works by itself", async () => {
		for (let i = 0; i < 10; i++)
			assert.equal((await admin.post(logOut)).status, 303);
		assert.equal((await new Visitor(world, "in").signIn(world.email, world.password)).status, 303);
		assert.equal(await events(), before + 11);
		const answer = await nobody.get("/t/acme/audit");
		assert.equal(answer.status, 403);
		assert.doesNotMatch(answer.body, /could not be recorded/);
		await world.tenantry("audit", "verify");
	});
}

// Once more, as the root of a namespace of our own; its exit status, or undefined without one.
function inNamespace() {
	if (process.env.TENANTRY_NAMESPACE || spawnSync("unshare", ["-rm", "true"]).status !== 0)
		return undefined;
	return spawnSync("unshare", ["-rm", process.execPath, ...process.argv.slice(1)], {
		stdio: "inherit", env: { ...process.env, TENANTRY_NAMESPACE: "1" } }).status ?? 1;
}

if (process.getuid() !== 0) {
	const status = inNamespace();
	if (status !== undefined)
		process.exit(status);
}
const world = new World();
const state = path.join(world.dir, "state");
fs.mkdirSync(state, { mode: 0o700 });
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=0700`, "tmpfs", state]);
if (mounted.status !== 0) {
	// Where everything is to be tested, what could not be is no success.
	if (process.env.CI)
		await check("a full disk", () => assert.fail("a file system cannot be mounted here"));
	else
		skip("a full disk", "needs to mount a file system: as root, or by unshare -rm");
	await world.close();
} else {
	const close = world.close.bind(world);
	world.close = async () => {
		await world.stop();
		spawnSync("umount", [state]);
		await close();
	};
	await run(world, async () => {
		await world.make({ members: 200 });
		await world.start();
		await full(world, path.join(state, "filler"));
	});
}
done();
