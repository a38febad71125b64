// What nginx counts as one source: an IPv4 address, or the /64 of an IPv6 one.  Needs addresses
// that nobody here has, so an nginx of its own takes them from a header.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { patience, source, until } from "./site.mjs";

function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer();
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

function ask(port, method, address) {
	return new Promise((resolve) => {
		const request = http.request({ host: "127.0.0.1", port, method, path: "/signin", agent: false,
			headers: { "x-real-ip": address } }, (answer) => {
			answer.resume();
			answer.on("end", () => resolve(answer.statusCode));
		});
		request.on("error", () => resolve(0));
		request.end();
	});
}

// One request a minute instead of twenty a second, so that the second of a source is refused.
async function withNginx(body) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "tenantry-source-"));
	const port = await freePort();
	const conf = fs.readFileSync(path.join(source, "nginx", "http.conf"), "utf8")
		.replaceAll("@nginxdir@", path.join(source, "nginx"));
	assert.match(conf, /rate=20r\/s/);
	fs.writeFileSync(path.join(dir, "http.conf"), conf.replace("rate=20r/s", "rate=1r/m"));
	fs.writeFileSync(path.join(dir, "nginx.conf"), `daemon off;
${process.getuid() === 0 ? "user root;" : ""}
pid ${dir}/pid;
error_log ${dir}/error.log;
events { }
http {
	client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
	uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
	access_log off;
	set_real_ip_from 127.0.0.1; real_ip_header X-Real-IP;
	include ${dir}/http.conf;
	server {
		listen 127.0.0.1:${port};
		limit_req_status 429;
		location / { limit_req zone=tenantry_signin; try_files /none =204; }
	}
}
`);
	const child = spawn("nginx", ["-p", dir, "-e", path.join(dir, "error.log"), "-c",
		path.join(dir, "nginx.conf")], { stdio: "ignore" });
	const ended = new Promise((resolve) => child.once("close", resolve));
	try {
		await until(() => ask(port, "GET", "192.0.2.1"), "nginx to listen");
		await body(port);
	} finally {
		child.kill("SIGTERM");
		await patience(ended, "the end of nginx");
		fs.rmSync(dir, { recursive: true, force: true });
	}
}

test("an IPv6 address counts with its neighbours of the same /64 {S3}", async () => {
	await withNginx(async (port) => {
		const one = [["203.0.113.9", 204], ["203.0.113.9", 429], ["203.0.113.10", 204],
			["2001:db8:1:2::1", 204], ["2001:db8:1:2:ffff::9", 429], ["2001:db8:1:3::1", 204],
			["2001:db8:a0a:a0d::1", 204], ["2001:db8:a0a:a0d:a0a::2", 429],
			["::ffff:198.51.100.1", 204], ["::ffff:198.51.100.2", 204], ["::ffff:198.51.100.2", 429]];
		for (const [address, status] of one)
			assert.equal(await ask(port, "POST", address), status, address);
		assert.equal(await ask(port, "GET", "2001:db8:1:2::1"), 204, "pages are not counted");
	});
});
