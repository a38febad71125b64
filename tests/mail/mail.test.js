// The courier against mail servers: run by run.sh.  With an argument only the tests whose
// names contain it.
"use strict";

const { run } = require("./tap");

run([
	...require("./delivery"),
	...require("./failures"),
	...require("./security"),
	...require("./kills"),
], process.argv[2]);
