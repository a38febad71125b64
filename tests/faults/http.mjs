// The same as fcgi.mjs, through nginx.
import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// As ask() of fcgi.mjs: status 0 is an answer that broke off or never began.
export function askHttp(port, { method, target, headers, body }) {
	return new Promise((resolve) => {
		const broken = () => resolve({ status: 0, headers: {}, cookies: [], body: "" });
		const asked = http.request({ host: "127.0.0.1", port, method, path: target, agent,
			headers: { ...headers, Host: `127.0.0.1:${port}`,
				"Content-Length": Buffer.byteLength(body) } });
		asked.on("error", broken);
		asked.on("response", (r) => {
			const parts = [];
			r.on("data", (part) => parts.push(part));
			r.on("error", broken);
			r.on("aborted", broken);
			r.on("end", () => resolve({ status: r.statusCode, headers: r.headers,
				cookies: r.headers["set-cookie"] || [], body: Buffer.concat(parts).toString() }));
		});
		asked.end(body);
	});
}
