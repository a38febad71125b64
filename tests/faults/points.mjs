// The program dies in the midst of a change, at points that the test build has (TAP).
import fs from "node:fs";
import path from "node:path";
import { assert, check, done, run } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText, until } from "./world.mjs";

// Whether the change is there after the death at this point.
const points = { audit: false, outbox: false, commit: false, committed: true };

async function roleOf(world, member) {
	return (await world.rows("SELECT r.id, (SELECT count(*) FROM events WHERE act = 41) AS events, " +
		"(SELECT count(*) FROM outbox WHERE kind = 'role_changed') AS mails FROM members AS m " +
		"JOIN roles AS r ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
		`WHERE m.id = ${member}`))[0];
}

async function dies(world, point, there) {
	const armed = path.join(world.dir, "armed"), visitor = new Visitor(world, point);
	const [member] = await world.rows("SELECT m.id, m.role_id FROM members AS m JOIN roles AS r " +
		"ON r.tenant_id = m.tenant_id AND r.id = m.role_id " +
		"WHERE m.status = 'active' AND r.name = 'User' LIMIT 1");
	const [role] = await world.rows("SELECT id FROM roles WHERE name = 'Guest'");
	const target = `/t/acme/users/${idText(member.id)}/role`;
	await world.start({ TENANTRY_FAULT: `${point}:1`, TENANTRY_FAULT_WHEN: armed });
	assert.equal((await visitor.enter(world.email, world.password)).status, 200);
	// What is written after the answer is no part of this.
	await until(async () => await world.number("SELECT count(*) FROM session_tenants AS t " +
		`JOIN sessions AS s ON s.id = t.session_id WHERE s.user_agent = '${point}/1'`) === 1,
	"the session's note");
	const before = await roleOf(world, member.id), deaths = world.count("process_died");
	fs.writeFileSync(armed, "");
	await check(`${point}: the answer breaks off`, async () => {
		const answer = await visitor.post(target, { role: idText(role.id) });
		assert.equal(answer.status, 0);
		await world.heard("process_died", deaths + 1);
	});
	const after = await roleOf(world, member.id);
	await check(`${point}: the change is ${there ? "there, whole" : "not there, nor a part of it"}`,
		() => {
			const more = there ? 1 : 0;
			assert.equal(after.id, there ? role.id : before.id);
			assert.equal(Number(after.events), Number(before.events) + more);
			assert.equal(Number(after.mails), Number(before.mails) + more);
		});
	const last = await world.rows("SELECT id FROM roles WHERE name = 'Consumer'");
	await check(`${point}: no lock is left, and the next one works`, async () => {
		const answer = await visitor.post(target, { role: idText(last[0].id) });
		assert.equal(answer.status, 303);
		assert.equal((await roleOf(world, member.id)).id, last[0].id);
		assert.equal(world.count("process_died"), deaths + 1);
	});
	await world.tenantry("audit", "verify");
	await world.stop();
	fs.rmSync(armed);
}

await run(new World(), async (world) => {
	await world.make();
	world.write("UPDATE tenants SET role_emails = 1;");
	for (const [point, there] of Object.entries(points))
		await dies(world, point, there);
});
done();
