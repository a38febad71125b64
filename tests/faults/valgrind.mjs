// The real program under valgrind's memcheck, over mixed requests (TAP).  valgrind.mjs [REQUESTS].
// Not with a sanitizer's build.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { assert, check, done, note, run, skip } from "./tap.mjs";
import { Visitor } from "./visitor.mjs";
import { World, idText, until } from "./world.mjs";

const requests = Number(process.argv[2] || 400);
const pages = ["/t/acme/users", "/t/acme/users?q=an", "/t/acme/users?q=a",
	"/t/acme/users?sort=email", "/t/acme/users?status=active&sort=role&dir=desc",
	"/t/acme/users/invite", "/t/acme/audit", "/t/acme/roles",
	"/t/acme/settings", "/t/acme", "/legal", "/nothing/here", "/signin", "/forgot",
	"/t/other/users", "/readyz"];

function number(text, name) {
	return (new RegExp(`name="${name}" value="([\\w-]+)"`).exec(text) || [])[1];
}

async function invite(world, visitor, i) {
	const form = await visitor.get("/t/acme/users/invite");
	const [role] = await world.rows("SELECT id FROM roles WHERE name = 'User'");
	return visitor.post("/t/acme/users/invite", { name: "New Person", email: `new${i}@new.example`,
		phone: "", role: idText(role.id), form_id: number(form.body, "form_id") });
}

async function mixed(world, visitor, members, i) {
	const member = members[i % members.length], user = `/t/acme/users/${idText(member.id)}`;
	switch (i % 20) {
	case 3:
		return visitor.post(`${user}/logout`);
	case 7:
		return invite(world, visitor, i);
	case 9:
		return visitor.get(user);
	case 11:
		return visitor.post(`${user}/role`, { role: idText(members[(i + 1) % members.length].role_id) });
	case 13:
		return visitor.post("/forgot", { email: member.email });
	case 15:
		return new Visitor(world, "in", `10.0.0.${i % 250}`).signIn(member.email,
			i % 40 < 20 ? world.password : "not the password");
	case 17:
		return visitor.post("/t/acme/users/logout");
	default:
		return visitor.get(pages[i % pages.length]);
	}
}

if (spawnSync("valgrind", ["--version"]).status !== 0) {
	skip("valgrind", "is not there");
} else {
	await run(new World({ quick_workers: 1, slow_workers: 1 }), async (world) => {
		await world.make();
		await world.start({}, ["valgrind", "--quiet", "--trace-children=yes", "--leak-check=full",
			"--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--num-callers=30",
			`--log-file=${path.join(world.dir, "finding.%p")}`]);
		const visitor = new Visitor(world, "admin"), seen = {};
		assert.equal((await visitor.enter(world.email, world.password)).status, 200);
		const members = await world.rows("SELECT id, email, role_id FROM members " +
			"WHERE status = 'active' ORDER BY id DESC LIMIT 40");
		for (let i = 0; i < requests; i++) {
			const { status } = await mixed(world, visitor, members, i);
			seen[status] = (seen[status] || 0) + 1;
		}
		note(`answers: ${JSON.stringify(seen)}`);
		await check("there were all kinds of answers, none broke off", () => {
			assert.ok(seen[200] && seen[303] && seen[404] && !seen[0] && !seen[500]);
		});
		const left = "SELECT count(*) FROM jobs WHERE state <> 'done'";
		await until(async () => await world.number(left) === 0, "the jobs");
		await check("no process died", () => assert.equal(world.count("process_died"), 0));
		await check("it stops well", async () => assert.equal(await world.stop(), 0));
		await check("valgrind looked at each process", () =>
			assert.ok(fs.readdirSync(world.dir).filter((f) => f.startsWith("finding.")).length >= 5));
	});
}
done();
