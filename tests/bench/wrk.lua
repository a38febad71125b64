-- Sends the requests of a file (lines "cookie TAB path", or "key TAB path"), drawn at random, and prints one
-- line of numbers at the end: requests, seconds, bytes, p50 and p99 in ms, errors.
local requests, n = {}, 0

-- init runs once in each thread; there is one.
function init(args)
	local only = args[2]

	for line in io.lines(args[1]) do
		local cookie, path = line:match("^(%S+)\t(%S+)$")

		n = n + 1
		local headers = { Host = "127.0.0.1" }

		if cookie:match("^tnt_") then
			headers.Authorization = "Bearer " .. cookie
		else
			headers.Cookie = "sid=" .. cookie
		end
		requests[n] = wrk.format("GET", only or path, headers)
	end
	math.randomseed(42)
end

function request()
	return requests[math.random(n)]
end

function done(summary, latency)
	local e = summary.errors

	io.write(string.format("RESULT %d %.3f %d %.3f %.3f %d\n", summary.requests,
		summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3,
		latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
