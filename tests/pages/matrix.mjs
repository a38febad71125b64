// Every route of the program, for every kind of visitor: the exact status, and no byte of another
// account that has the same names.  The rows are below; a route without one fails, and so does a
// row without a route.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { after, test } from "node:test";
import { crockford, makePlace, PASSWORD } from "../browser/fixtures.mjs";
import { build, closeSite, theSite, until } from "../browser/site.mjs";
import { Visitor } from "../browser/visitor.mjs";

const CANARY = "canary";
// "sub" is an administrator of an organization below the root, "other" of another account; "invited"
// is a member there and has not accepted here; "both" is an administrator there and a guest here; "half"
// is an administrator here who has given the password, and not yet the code of the second factor: where the
// row does not say what they get it is what nobody gets.
const ACTORS = ["anonymous", "guest", "consumer", "builder", "admin", "sub", "deactivated", "other",
	"invited", "both", "half", "key", "little", "foreign", "robot", "alien"];
// Those that have an API key and no session: the administrator's that only reads, the guest's, one of
// the other account's administrator, and service accounts with the role Admin here and there.  Where the
// row does not say what they get it is what nobody gets.
const KEYS = { key: "admin", little: "guest", foreign: "admin", robot: "admin", alien: "admin" };

// What each of them gets, in that order.  Targets: {user} is an active member in the root
// organization, "invited" or "blocked" where the row says so, and a new one for each cell; {role} is
// built in, or "custom".
const ROWS = {
	"GET /healthz": ["200 200 200 200 200 200 200 200 200 200"],
	"GET /readyz": ["200 200 200 200 200 200 200 200 200 200"],
	// They come from other addresses of this machine.
	"GET /metrics": ["404 404 404 404 404 404 404 404 404 404"],
	"GET /legal": ["200 200 200 200 200 200 200 200 200 200"],
	"GET /.well-known/change-password": ["303 303 303 303 303 303 303 303 303 303"],
	"GET /.well-known/security.txt": ["200 200 200 200 200 200 200 200 200 200"],
	"GET /": ["303 303 303 303 303 303 200 303 303 303"],
	"GET /signin": ["200 200 200 200 200 200 200 200 200 200"],
	"POST /signin": ["422 422 422 422 422 422 422 422 422 422", { email: "nobody@matrix.test", password: "x" }],
	"GET /signin/code": ["303 303 303 303 303 303 303 303 303 303 200"],
	"POST /signin/code": ["303 303 303 303 303 303 303 303 303 303 422", { code: "x" }],
	"GET /signin/proof": ["303 303 303 303 303 303 303 303 303 303"],
	"POST /signin/proof": ["303 422 422 422 422 422 422 422 422 422", { password: "x" }],
	"GET /signout": ["200 200 200 200 200 200 200 200 200 200"],
	"POST /signout": ["303 303 303 303 303 303 303 303 303 303"],
	"GET /confirm": ["410 410 410 410 410 410 410 410 410 410"],
	"POST /confirm": ["410 410 410 410 410 410 410 410 410 410"],
	"GET /forgot": ["200 200 200 200 200 200 200 200 200 200"],
	"POST /forgot": ["200 200 200 200 200 200 200 200 200 200", { email: "nobody@matrix.test" }],
	"GET /reset": ["410 410 410 410 410 410 410 410 410 410"],
	"POST /reset": ["410 410 410 410 410 410 410 410 410 410", { password: PASSWORD, again: PASSWORD }],
	"GET /reset/done": ["303 303 303 303 303 303 303 303 303 303"],
	"GET /invite": ["410 410 410 410 410 410 410 410 410 410"],
	"POST /invite": ["410 410 410 410 410 410 410 410 410 410", { name: "X", password: PASSWORD }],
	"GET /setup": ["410 410 410 410 410 410 410 410 410 410"],
	"POST /setup": ["410 410 410 410 410 410 410 410 410 410", { tenant: "X", slug: "xx", name: "X" }],

	"GET /signin/password": ["303 303 303 303 303 303 303 303 303 303"],
	"POST /signin/password": ["303 303 303 303 303 303 303 303 303 303", { password: "x", again: "x" }],

	"GET /t/{tenant}": ["303 303 303 303 303 303 403 404 403 303"],
	"GET /t/{tenant}/": ["303 303 303 303 303 303 403 404 403 303"],
	"GET /t/{tenant}/settings": ["303 200 200 200 200 200 403 404 403 200"],
	"POST /t/{tenant}/settings/steps": ["303 403 403 403 303 403 403 404 403 403"],
	"GET /t/{tenant}/search": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/users": ["303 403 403 200 200 200 403 404 403 403"],
	"GET /t/{tenant}/users/invite": ["303 403 403 403 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/invite": ["303 403 403 403 303 303 403 404 403 403", { invite: true }],
	"GET /t/{tenant}/users/groups": ["303 403 403 200 200 403 403 404 403 403"],
	"GET /t/{tenant}/users/columns": ["303 403 403 200 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/columns": ["303 403 403 303 303 303 403 404 403 403", { column: "email" }],
	"GET /t/{tenant}/users/logout": ["303 403 403 403 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/logout": ["303 403 403 403 303 303 403 404 403 403"],
	"GET /t/{tenant}/users/bulk/remove": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/remove": ["303 403 403 403 303 422 403 404 403 403", { pick: true }],
	"GET /t/{tenant}/users/bulk/role": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/role": ["303 403 403 403 303 422 403 404 403 403", { pick: true, role: "Consumer" }],
	"GET /t/{tenant}/users/bulk/deactivate": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/deactivate": ["303 403 403 403 303 422 403 404 403 403", { pick: true }],
	"GET /t/{tenant}/users/bulk/reactivate": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/reactivate": ["303 403 403 403 303 422 403 404 403 403", { pick: true }, "blocked"],
	"GET /t/{tenant}/users/bulk/logout": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/logout": ["303 403 403 403 303 422 403 404 403 403", { pick: true }],
	"GET /t/{tenant}/users/bulk/resend": ["303 403 403 403 303 303 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/resend": ["303 403 403 403 303 422 403 404 403 403", { pick: true }, "invited"],
	"GET /t/{tenant}/users/bulk/group": ["303 403 403 403 303 403 403 404 403 403"],
	"POST /t/{tenant}/users/bulk/group": ["303 403 403 403 422 403 403 404 403 403", { pick: true }],
	"GET /t/{tenant}/users/invite/many": ["303 403 403 403 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/invite/many": ["303 403 403 403 303 303 403 404 403 403", { pasted: "many@cells.test", role: "Guest" }],
	"GET /t/{tenant}/users/import": ["303 403 403 403 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/import": ["303 403 403 403 422 422 403 404 403 403", { role: "Guest" }],
	"GET /t/{tenant}/users/import/{upload}": ["303 403 403 403 404 404 403 404 403 403"],
	"POST /t/{tenant}/users/import/{upload}": ["303 403 403 403 404 404 403 404 403 403"],
	"GET /t/{tenant}/users/export": ["303 403 403 403 200 200 403 404 403 403"],
	"POST /t/{tenant}/users/export": ["303 403 403 403 200 200 403 404 403 403", { all: "1" }],
	"GET /t/{tenant}/jobs/{job}": ["303 404 404 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/jobs/{job}/cancel": ["303 404 404 404 303 404 403 404 403 404"],
	"GET /t/{tenant}/users/{user}": ["303 403 403 200 200 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/edit": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/edit": ["303 403 403 403 303 404 403 404 403 403", { name: "Target Two", version: "1" }],
	"GET /t/{tenant}/users/{user}/activity": ["303 403 403 403 200 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/sessions": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/sessions/{session}/end": ["303 403 403 403 404 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/send-activity": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/send-activity": ["303 403 403 403 303 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/password": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/password": ["303 403 403 403 303 404 403 404 403 403", { password: "tin harbour 4 lantern" }],
	"GET /t/{tenant}/users/{user}/delete": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/delete": ["303 403 403 403 303 404 403 404 403 403", { typed: "DELETE", sure: "1" }],
	"GET /t/{tenant}/users/{user}/role": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/role": ["303 403 403 403 303 404 403 404 403 403", { role: "Consumer" }],
	"GET /t/{tenant}/users/{user}/deactivate": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/deactivate": ["303 403 403 403 303 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/reactivate": ["303 403 403 403 200 404 403 404 403 403", {}, "blocked"],
	"POST /t/{tenant}/users/{user}/reactivate": ["303 403 403 403 303 404 403 404 403 403", {}, "blocked"],
	"GET /t/{tenant}/users/{user}/remove": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/remove": ["303 403 403 403 303 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/logout": ["303 403 403 403 303 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/unlock": ["303 403 403 403 303 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/reset": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/reset": ["303 403 403 403 303 404 403 404 403 403"],
	"GET /t/{tenant}/users/{user}/resend": ["303 403 403 403 200 404 403 404 403 403", {}, "invited"],
	"POST /t/{tenant}/users/{user}/resend": ["303 403 403 403 303 404 403 404 403 403", {}, "invited"],
	"GET /t/{tenant}/users/{user}/cancel": ["303 403 403 403 200 404 403 404 403 403", {}, "invited"],
	"POST /t/{tenant}/users/{user}/cancel": ["303 403 403 403 303 404 403 404 403 403", {}, "invited"],
	"GET /t/{tenant}/users/{user}/link": ["303 403 403 403 200 404 403 404 403 403", {}, "invited"],
	"POST /t/{tenant}/users/{user}/link": ["303 403 403 403 200 404 403 404 403 403", {}, "invited"],
	"GET /t/{tenant}/users/{user}/factor": ["303 403 403 403 200 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/factor": ["303 403 403 403 409 404 403 404 403 403"],
	"GET /t/{tenant}/profile/factor": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/factor/on": ["303 200 200 200 200 200 403 404 403 200"],
	"POST /t/{tenant}/profile/factor/on": ["303 409 409 409 409 409 403 404 403 409", { password: "x", code: "1" }],
	"GET /t/{tenant}/profile/factor/off": ["303 303 303 303 303 303 403 404 403 303"],
	"POST /t/{tenant}/profile/factor/off": ["303 409 409 409 409 409 403 404 403 409", { password: "x", code: "1" }],
	"GET /t/{tenant}/profile/factor/codes": ["303 303 303 303 303 303 403 404 403 303"],
	"POST /t/{tenant}/profile/factor/codes": ["303 409 409 409 409 409 403 404 403 409"],
	"POST /t/{tenant}/profile/factor/codes/file": ["303 404 404 404 404 404 403 404 403 404", { sealed: "x" }],
	"GET /t/{tenant}/roles": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/roles/{role}": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/roles/matrix": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/roles/new": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/roles/new": ["303 403 403 403 422 403 403 404 403 403", { name: "Porter" }],
	"GET /t/{tenant}/roles/{role}/edit": ["303 403 403 403 200 403 403 404 403 403", {}, "custom"],
	"POST /t/{tenant}/roles/{role}/edit": ["303 403 403 403 303 403 403 404 403 403", { name: "Staff", version: "1" }, "custom"],
	"GET /t/{tenant}/roles/{role}/delete": ["303 403 403 403 200 403 403 404 403 403", {}, "custom"],
	"POST /t/{tenant}/roles/{role}/delete": ["303 403 403 403 422 403 403 404 403 403", { role: "Guest" }, "custom"],
	"GET /t/{tenant}/groups": ["303 403 403 200 200 403 403 404 403 403"],
	"GET /t/{tenant}/groups/new": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/groups/new": ["303 403 403 403 422 403 403 404 403 403", { name: "Same Name" }],
	"GET /t/{tenant}/groups/{group}": ["303 403 403 200 200 403 403 404 403 403"],
	"GET /t/{tenant}/groups/{group}/edit": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/groups/{group}/edit": ["303 403 403 403 303 403 403 404 403 403", { name: "Same Name", version: "1" }],
	"GET /t/{tenant}/groups/{group}/delete": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/groups/{group}/delete": ["303 403 403 403 303 403 403 404 403 403", {}, "fresh"],
	"GET /t/{tenant}/groups/{group}/add": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/groups/{group}/add": ["303 403 403 403 422 403 403 404 403 403"],
	"GET /t/{tenant}/groups/{group}/members/{user}/until": ["303 403 403 403 200 403 403 404 403 403", {}, "seat"],
	"POST /t/{tenant}/groups/{group}/members/{user}/until": ["303 403 403 403 303 403 403 404 403 403", { until: "2099-01-31" }, "seat"],
	"GET /t/{tenant}/groups/{group}/members/{user}/remove": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/groups/{group}/members/{user}/remove": ["303 403 403 403 303 403 403 404 403 403", {}, "seat"],
	"GET /t/{tenant}/portal": ["303 403 200 200 200 403 403 404 403 403"],
	"GET /t/{tenant}/general": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/general": ["303 403 403 403 303 403 403 404 403 403", { portal_text: "", version: "1" }],
	"GET /t/{tenant}/security": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/security": ["303 403 403 403 409 403 403 404 403 403", { keys_most: "5", key_days: "0" }],
	// The consumer is in it; the administrator made it.
	"GET /t/{tenant}/workspaces": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/workspaces/new": ["303 403 403 200 200 403 403 404 403 403"],
	"POST /t/{tenant}/workspaces/new": ["303 403 403 422 422 403 403 404 403 403", { name: "Same Name" }],
	// The account's settings do not allow it.
	"GET /t/{tenant}/workspaces/personal": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/personal": ["303 422 422 422 422 422 403 404 403 422", { name: "Mine" }],
	"GET /t/{tenant}/workspaces/{workspace}": ["303 404 200 404 200 404 403 404 403 404"],
	"GET /t/{tenant}/workspaces/{workspace}/access": ["303 404 200 404 200 404 403 404 403 404"],
	"GET /t/{tenant}/workspaces/{workspace}/edit": ["303 404 403 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/{workspace}/edit": ["303 404 403 404 303 404 403 404 403 404", { name: "Same Name", version: "1" }],
	"GET /t/{tenant}/workspaces/{workspace}/delete": ["303 404 403 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/{workspace}/delete": ["303 404 403 404 303 404 403 404 403 404", { typed: "Space" }, "fresh"],
	"GET /t/{tenant}/workspaces/{workspace}/add": ["303 404 403 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/{workspace}/add": ["303 404 403 404 422 404 403 404 403 404"],
	"GET /t/{tenant}/workspaces/{workspace}/members/{holder}/role": ["303 404 403 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/{workspace}/members/{holder}/role": ["303 404 403 404 422 404 403 404 403 404"],
	"GET /t/{tenant}/workspaces/{workspace}/members/{holder}/remove": ["303 404 403 404 200 404 403 404 403 404"],
	"POST /t/{tenant}/workspaces/{workspace}/members/{holder}/remove": ["303 404 403 404 303 404 403 404 403 404", {}, "fresh"],
	"GET /t/{tenant}/workspaces/{workspace}/leave": ["303 404 200 404 200 404 403 404 403 404"],
	// Who made it is its last Owner.
	"POST /t/{tenant}/workspaces/{workspace}/leave": ["303 404 303 404 409 404 403 404 403 404", {}, "fresh"],
	"GET /t/{tenant}/service-accounts": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/new": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/new": ["303 403 403 403 422 403 403 404 403 403", { name: "Robot", role: "Guest", expiry: "30" }],
	"GET /t/{tenant}/service-accounts/{account}": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/activity": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/access": ["303 403 403 403 200 403 403 404 403 403"],
	// Without its question.
	"GET /t/{tenant}/service-accounts/{account}/why": ["303 403 403 403 422 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/info": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/edit": ["303 403 403 403 200 403 403 404 403 403"],
	// Without its version the form is an old one.
	"POST /t/{tenant}/service-accounts/{account}/edit": ["303 403 403 403 409 403 403 404 403 403", { name: "Robot", role: "Guest" }],
	"GET /t/{tenant}/service-accounts/{account}/groups": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/groups": ["303 403 403 403 303 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/workspaces": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/workspaces": ["303 403 403 403 303 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/disable": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/disable": ["303 403 403 403 303 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/enable": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/enable": ["303 403 403 403 303 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/name": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/name": ["303 403 403 403 409 403 403 404 403 403", { value: "Robot" }],
	"GET /t/{tenant}/service-accounts/{account}/description": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/description": ["303 403 403 403 409 403 403 404 403 403", { value: "x" }],
	"GET /t/{tenant}/service-accounts/{account}/role": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/role": ["303 403 403 403 422 403 403 404 403 403", { value: "x" }],
	"GET /t/{tenant}/service-accounts/{account}/keys/new": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/keys/new": ["303 403 403 403 422 403 403 404 403 403", { name: "Key", expiry: "30", client: "https", scope: "all" }],
	"GET /t/{tenant}/service-accounts/{account}/keys/{key}/regenerate": ["303 403 403 403 404 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/keys/{key}/regenerate": ["303 403 403 403 404 403 403 404 403 403", { expiry: "30", overlap: "0" }],
	"GET /t/{tenant}/service-accounts/{account}/keys/{key}/delete": ["303 403 403 403 404 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/keys/{key}/delete": ["303 403 403 403 404 403 403 404 403 403"],
	"GET /t/{tenant}/service-accounts/{account}/delete": ["303 403 403 403 200 403 403 404 403 403"],
	"POST /t/{tenant}/service-accounts/{account}/delete": ["303 403 403 403 303 403 403 404 403 403", {}, "fresh"],
	"GET /t/{tenant}/users/{user}/access": ["303 403 403 403 200 403 403 404 403 403"],
	// Without its question.
	"GET /t/{tenant}/users/{user}/why": ["303 403 403 403 422 403 403 404 403 403"],
	"GET /t/{tenant}/why": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /t/{tenant}/decisions/{decision}": ["303 403 403 403 404 403 403 404 403 403"],
	"GET /t/{tenant}/audit": ["303 403 403 403 200 403 403 404 403 403"],
	"GET /api/v1/t/{tenant}/me": ["401 401 401 401 401 401 401 401 401 401 401 200 200 404 200 404"],
	"GET /api/v1/t/{tenant}/users": ["401 401 401 401 401 401 401 401 401 401 401 200 403 404 200 404"],
	"GET /t/{tenant}/keys": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/keys/new": ["303 200 200 200 200 200 403 404 403 200"],
	"POST /t/{tenant}/keys/new": ["303 422 422 422 422 422 403 404 403 422", { name: "Key", expiry: "30", client: "https", scope: "all" }],
	"GET /t/{tenant}/keys/{key}/name": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/keys/{key}/name": ["303 404 404 404 404 404 403 404 403 404", { value: "Key" }],
	"GET /t/{tenant}/keys/{key}/description": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/keys/{key}/description": ["303 404 404 404 404 404 403 404 403 404", { value: "Key" }],
	"GET /t/{tenant}/keys/{key}/edit": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/keys/{key}/edit": ["303 404 404 404 404 404 403 404 403 404", { name: "Key", version: "1" }],
	"GET /t/{tenant}/keys/{key}/regenerate": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/keys/{key}/regenerate": ["303 404 404 404 404 404 403 404 403 404", { expiry: "30", overlap: "0" }],
	"GET /t/{tenant}/keys/{key}/delete": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/keys/{key}/delete": ["303 404 404 404 404 404 403 404 403 404"],
	"GET /t/{tenant}/users/{user}/keys/{key}/end": ["303 403 403 403 404 404 403 404 403 403"],
	"POST /t/{tenant}/users/{user}/keys/{key}/end": ["303 403 403 403 404 404 403 404 403 403"],
	"GET /t/{tenant}/profile": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/email": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/password": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/sessions": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/activity": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/data": ["303 200 200 200 200 200 403 404 403 200"],
	"GET /t/{tenant}/profile/delete": ["303 200 200 200 200 200 403 404 403 200"],
	// Without its version the form is an old one.
	"POST /t/{tenant}/profile": ["303 409 409 409 409 409 403 404 403 409", { name: "Person", language: "en", theme: "system" }],
	"POST /t/{tenant}/profile/email": ["303 303 303 303 303 303 403 404 403 303", { email: "fresh@matrix.test" }],
	"POST /t/{tenant}/profile/email/cancel": ["303 303 303 303 303 303 403 404 403 303"],
	"POST /t/{tenant}/profile/password": ["303 422 422 422 422 422 403 404 403 422", { current: "x", password: PASSWORD, again: PASSWORD }],
	"POST /t/{tenant}/profile/sessions/others": ["303 303 303 303 303 303 403 404 403 303"],
	"POST /t/{tenant}/profile/sessions/all": ["303 303 303 303 303 303 403 404 403 303"],
	"POST /t/{tenant}/profile/sessions/{session}/end": ["303 404 404 404 404 404 403 404 403 404"],
	"POST /t/{tenant}/profile/data": ["303 200 200 200 200 200 403 404 403 200"],
	"POST /t/{tenant}/profile/delete": ["303 422 422 422 422 422 403 404 403 422", { password: "x", typed: "DELETE" }],
};

const INVITED = 8;
const NO_SESSION = "0000000000001";
let site, place, other, job, shared, space, robot, alien, targets = 0;
const invited = [];
const visitors = {};

async function people(where) {
	const branch = await site.addOrganization(where.slug, "Branch");
	for (const [key, role, organization] of [["guest", "Guest"], ["consumer", "Consumer"],
		["builder", "Builder"], ["sub", "Admin", branch], ["deactivated", "Builder"], ["target", "Guest"]])
		await where.add(key, `Person ${key}`, role, organization);
}

test("two accounts with the same names", async () => {
	site = await theSite();
	place = await makePlace("cells", {}, "Same Name");
	other = await makePlace(CANARY, {}, "Same Name");
	await people(place);
	await people(other);
	await other.add("bird", `Bird ${CANARY}`, "Guest", "/", `bird@${CANARY}.test`);
	await place.add("half", "Person half", "Admin");
	for (const [key, role] of [["waiting", "Guest"], ["both", "Admin"]])
		await other.add(key, `Person ${key}`, role, "/", `${key}@cells.test`);
	const admin = await place.as("admin");
	for (const [key, role] of [["waiting", "Admin"], ["both", "Guest"]])
		await admin.submit(`${place.base}/users/invite`, { name: `Person ${key}`, email: `${key}@cells.test`,
			role: await place.role(role) });
	const both = new Visitor(site);
	const { fields: given } = (await both.openLink((await site.post.get("both@cells.test")).link)).form("/invite");
	const accepted = await both.send("/invite", { ...given, name: "Person both", password: PASSWORD });
	assert.equal(accepted.status, 200, accepted.text);
	for (let i = 0; i < INVITED; i++)
		await admin.submit(`${place.base}/users/invite`, { name: `Target ${"ABCDEFGH"[i]}`,
			email: `i${i}@cells.test`, role: await place.role("Guest") });
	await admin.submit(`${place.base}/users/${await place.id(place.email("deactivated"))}/deactivate`);
	await admin.submit(`${place.base}/users/logout`);
	// No email goes out twice within a minute; the cells need one that does.
	await site.stop();
	await site.write("UPDATE invitations SET sent_at = sent_at - 120000");
	// To an address that nothing has proved, the invitation is not told.
	await site.write(`UPDATE people SET confirmed_at = created_at
		WHERE email = '${other.email("waiting")}'`);
	await site.start();
	for (let i = 0; i < INVITED; i++)
		invited.push(await place.id(`i${i}@cells.test`));
	await secondFactor(await place.as("half"));
	await jobsDone();
	job = crockford((await site.one("SELECT id FROM jobs")).id);
	await other.group("Same Name", "", "target");
	shared = await place.group("Same Name", "", "target");
	await other.workspace("Same Name", { target: "Viewer" });
	space = await place.workspace("Same Name", { consumer: "Viewer" });
	alien = await other.service(`Robot ${CANARY}`, "Admin");
	robot = await place.service("Robot", "Admin");
	await signInAll();
});

async function secondFactor(visitor) {
	const url = `${place.base}/profile/factor/on`;
	const page = await visitor.get(url);
	const { fields } = page.form(url);
	const on = await visitor.send(url, { ...fields, password: PASSWORD,
		code: await site.totp(/id="secret" value="([^"]*)"/.exec(page.body)[1]) });
	assert.equal(on.status, 200, on.text);
}

function jobsDone() {
	return until(async () => (await site.one(`SELECT count(*) AS n FROM jobs
		WHERE state IN ('waiting', 'running')`)).n === "0", "the jobs to be done");
}

// Where they can sign in, and as whom.
function identity(actor) {
	const there = { other: "admin", invited: "waiting", both: "both" };
	return actor in there ? [other, there[actor]] : [place, actor];
}

async function keyOf(actor) {
	if (actor === "robot" || actor === "alien")
		return (actor === "robot" ? robot : alien).secret;
	const where = actor === "foreign" ? other : place;
	const owner = await where.as(KEYS[actor]);
	const url = `${where.base}/keys/new`;
	const made = await owner.send(url, { ...(await owner.get(url)).form(url).fields, name: actor,
		scope: actor === "key" ? "read" : "all" });
	return /tnt_[0-9A-Za-z]{36}/.exec(made.body)[0];
}

// What this one asks carries the key.
async function withKey(actor, from) {
	const secret = await keyOf(actor);
	const visitor = new Visitor(site, { from });
	const ask = visitor.ask.bind(visitor);
	visitor.ask = (method, target, { headers = {}, ...rest } = {}) =>
		ask(method, target, { ...rest, headers: { ...headers, authorization: `Bearer ${secret}` } });
	return visitor;
}

async function signInAll() {
	for (const [i, actor] of ACTORS.entries()) {
		if (actor in KEYS) {
			visitors[actor] ||= await withKey(actor, `127.0.2.${i + 1}`);
			continue;
		}
		const from = `127.0.2.${i + 1}`;
		const [where, key] = identity(actor);
		visitors[actor] = actor === "anonymous" ? new Visitor(site, { from }) : await where.as(key, { from });
	}
}

// A new member to do something to, as the row wants one.
async function target(kind) {
	const key = `t${++targets}`;
	const email = `${key}@cells.test`;
	await site.addUser(place.slug, { email, name: "Target", role: "Guest", password: PASSWORD });
	const id = await place.id(email);
	if (kind === "blocked")
		await visitors.admin.submit(`${place.base}/users/${id}/deactivate`);
	return id;
}

async function fill(pattern, kind, works) {
	let made = pattern.replace("{tenant}", place.slug).replace("{job}", job).replace("{upload}", job)
		.replace("{session}", NO_SESSION).replace("{decision}", NO_SESSION)
		.replace("{key}", NO_SESSION);
	if (made.includes("{group}"))
		made = made.replace("{group}", works && ["fresh", "seat"].includes(kind) ?
			await place.group(`Group ${++targets}`, "", "target") : shared);
	if (made.includes("{workspace}"))
		made = made.replace("{holder}", await place.id(place.email("consumer"))).replace("{workspace}",
			works && kind === "fresh" ?
				await place.workspace(`Space ${++targets}`, { consumer: "Viewer" }) : space);
	if (made.includes("{account}"))
		made = made.replace("{account}", works && kind === "fresh" ?
			(await place.service(`Robot ${++targets}`, "Guest")).id : robot.id);
	if (kind === "seat")
		made = made.replace("{user}", await place.id(place.email("target")));
	if (made.includes("{role}"))
		made = made.replace("{role}", await place.role(kind === "custom" ? "Staff" : "Builder"));
	// Who is refused changes nothing, and can be so at the same target.
	if (made.includes("{user}"))
		made = made.replace("{user}", kind === "invited" ? (works && invited.length > 1 ? invited.pop() :
			invited[0]) : works ? await target(kind) : await place.id(place.email("target")));
	return made;
}

// What the form for one selected member sends; who does not get it makes it up.
async function picked(url, visitor, kind, works) {
	if (!works)
		return { id: await place.id(place.email("target")) };
	const id = kind === "invited" ? invited[0] : await target(kind);
	return (await visitor.get(`${url}?id=${id}`)).form(url).fields;
}

async function fields(given, actor, url, kind, works) {
	const filled = { ...given };
	if (filled.pick) {
		delete filled.pick;
		Object.assign(filled, await picked(url, visitors[actor], kind, works));
	}
	if (filled.typed === "Space")
		filled.typed = `Space ${targets}`;
	if (filled.role)
		filled.role = await place.role(filled.role);
	if (filled.invite) {
		delete filled.invite;
		Object.assign(filled, { name: "Some Body", email: `new-${actor}@cells.test`,
			role: await place.role("Guest") });
	}
	return filled;
}

// The token of whatever page this visitor can see.
async function csrf(visitor) {
	const page = await visitor.open("/signin");
	return page.form("/signin").fields.csrf;
}

async function cell(route, actor, wanted) {
	const [method, pattern] = route.split(" ");
	const [, given = {}, kind] = ROWS[route];
	const visitor = visitors[actor];
	const works = actor !== "anonymous" && actor !== "half" && !(actor in KEYS) && (wanted === 200 || wanted === 303);
	const url = await fill(pattern, kind, works);
	const session = visitor.cookies.get("__Host-sid");
	const answer = method === "GET" ? await visitor.get(url) :
		await visitor.send(url, { ...await fields(given, actor, url, kind, works), csrf: await csrf(visitor) });
	assert.equal(answer.status, wanted, `${url}: ${answer.text.slice(0, 300)}`);
	if (!["other", "invited", "both", "foreign", "alien"].includes(actor)) {
		// A time zone has that name.
		const told = answer.body.replace('<option value="Atlantic/Canary">Canary</option>', "") +
			JSON.stringify(answer.raw);
		assert.ok(!told.toLowerCase().includes(CANARY), "something of the other account is told");
	}
	if (actor === "half" && pattern.startsWith("/t/"))
		assert.match(answer.location, /^\/signin\/code(\?next=|$)/);
	if ((actor === "anonymous" || actor in KEYS) && pattern.startsWith("/t/"))
		assert.match(answer.location, /^\/signin(\?next=|$)/);
	if (route === "POST /t/{tenant}/users/logout" && works) {
		await jobsDone();
		await signInAll();
		return;
	}
	// Who is signed out by a cell signs in again.
	if (session && !visitor.cookies.has("__Host-sid")) {
		const [where, key] = identity(actor);
		await visitor.signIn(where.email(key), PASSWORD);
	}
}

const routes = execFileSync(path.join(build, "tenantry"), ["routes"], { encoding: "utf8" })
	.trim().split("\n").map((line) => line.split("\t").slice(0, 2).join(" "));

test("each route has a row, and each row a route {E4}", () => {
	assert.deepEqual(Object.keys(ROWS).filter((route) => !routes.includes(route)), []);
	assert.deepEqual(routes.filter((route) => !(route in ROWS)), []);
});

// What takes effect at once for others, and what cannot be taken back.
test("what gives rights or ends something asks for a proof, page and form alike {S9}", () => {
	const risky = /\/(delete|enable|regenerate|role)$|\/bulk\/(group|role|remove)$|\/keys\/\{key\}\/end$|\/members\/\{[a-z]+\}\/(remove|until)$|\/(roles|groups|keys)\/new$|\/add$/;
	const lines = execFileSync(path.join(build, "tenantry"), ["routes"], { encoding: "utf8" }).trim().split("\n")
		.map((line) => line.split("\t")).filter(([, at, , , flags]) => risky.test(at) && !flags.includes("api"));
	assert.ok(lines.length > 40, `${lines.length}`);
	assert.deepEqual(lines.filter(([, , , , flags]) => !flags.split(",").includes("proof"))
		.map(([method, at]) => `${method} ${at}`), []);
});

for (const route of routes.filter((one) => one in ROWS))
	for (const [i, actor] of ACTORS.entries()) {
		const all = ROWS[route][0].split(" ");
		const wanted = Number(all[i] ?? all[0]);
		test(`${route} by ${actor}: ${wanted}`, () => cell(route, actor, wanted));
	}

test("what one account shows never names the other, whatever is asked {L8}", async () => {
	for (const query of ["/users?q=bird", `/users?q=${CANARY}`, "/users?rows=100", "/audit?rows=100", "/roles"]) {
		const page = await visitors.admin.get(place.base + query);
		assert.equal(page.status, 200);
		assert.ok(!page.body.toLowerCase().replace(`value="${CANARY}"`, "").replace(/q=canary/g, "")
			.includes(CANARY), query);
	}
	const seen = await visitors.other.get(`${other.base}/users?q=bird`);
	assert.ok(seen.body.includes(`Bird ${CANARY}`), "the canary is there to be found");
});

test("a form of one account's tab acts there, whichever account was opened since {S8 L8}", async () => {
	const { both } = visitors;
	const target = `${other.base}/users/${await other.id(`bird@${CANARY}.test`)}/deactivate`;
	const form = (await both.get(target)).form(target);
	assert.equal((await both.get(`${place.base}/settings`)).status, 200);
	const before = (await place.events()).length;
	assert.match((await both.send(form.action, form.fields)).location, new RegExp(`^${other.base}/`));
	assert.equal((await site.one(`SELECT status FROM members WHERE email = 'bird@${CANARY}.test'`)).status,
		"deactivated");
	assert.equal((await other.events("act = 42 AND actor_name = 'Person both'")).length, 1);
	assert.equal((await place.events()).length, before, "nothing happened in the other one");
	assert.equal((await both.send(form.action.replace(other.base, place.base), form.fields)).status, 403,
		"where they are a guest it is refused");
});

test("fields that a form does not have change nothing {E3 E4}", async () => {
	const { admin } = visitors;
	const row = (email) => site.one(`SELECT m.id, m.status, m.confirmed, m.email, m.org_path, m.role_id,
		m.tenant_id, r.name AS role, t.slug FROM members m JOIN tenants t ON t.id = m.tenant_id
		JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id WHERE m.email = '${email}'`);
	const foreign = await site.one(`SELECT id FROM tenants WHERE slug = '${other.slug}'`);
	const extra = { tenant: other.slug, tenant_id: foreign.id, id: "0000000000001", user: "0000000000001",
		member_id: "1", person_id: "1", status: "active", confirmed: "1", email_verified: "true",
		role_id: "1", "role[]": "Admin", is_admin: "1", org_path: "/", permissions: "*", version: "999" };
	const guest = await place.role("Guest");
	const invited = await admin.forge(`${place.base}/users/invite`, { ...extra, name: "Mass One",
		email: "mass@cells.test", role: guest });
	assert.ok([303, 422].includes(invited.status), invited.text);
	if (invited.status === 422)
		await admin.submit(`${place.base}/users/invite`, { name: "Mass One", email: "mass@cells.test",
			role: guest });
	const made = await row("mass@cells.test");
	assert.deepEqual([made.status, made.confirmed, made.slug, made.role], ["invited", "0", place.slug, "Guest"]);
	const { link } = await site.post.get("mass@cells.test");
	const person = new Visitor(site);
	const { fields: given } = (await person.openLink(link)).form("/invite");
	const accepted = await person.send("/invite", { ...extra, ...given, name: "Mass One", password: PASSWORD,
		role: await place.role("Admin"), email: "boss@cells.test" });
	assert.equal(accepted.status, 200, accepted.text);
	assert.deepEqual(await row("mass@cells.test"), { ...made, status: "active", confirmed: "1" });
	assert.equal(await row("boss@cells.test"), undefined);
	for (const act of ["role", "deactivate"]) {
		const answer = await admin.forge(`${place.base}/users/${crockford(made.id)}/${act}`,
			{ ...extra, status: "removed", email: "boss@cells.test", name: "Boss", role: guest, version: undefined });
		assert.ok([303, 409, 422].includes(answer.status), `${act}: ${answer.status}`);
		const after_ = await row("mass@cells.test");
		assert.deepEqual([after_.slug, after_.role, after_.email], [place.slug, "Guest", "mass@cells.test"], act);
	}
	const twice = await admin.get(`${place.base}/users/invite`);
	const { fields } = twice.form(`${place.base}/users/invite`);
	const body = new URLSearchParams([...Object.entries({ ...fields, name: "Mass Two", email: "two@cells.test",
		role: guest }), ["role", await place.role("Admin")]]).toString();
	assert.equal((await admin.send(`${place.base}/users/invite`, body)).status, 422, "no field twice");
	const signin = await new Visitor(site).forge("/signin", { ...extra, email: "mass@cells.test",
		password: PASSWORD, role: "Admin" });
	assert.ok([303, 422].includes(signin.status));
	assert.equal((await row("mass@cells.test")).role, "Guest");
});

after(closeSite);
