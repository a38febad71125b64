/* Security headers.  What a page may load is its own origin's files, and nothing inline. */
#include "web/headers.h"

#include "base/conf.h"

void
headers_secure(struct ctx *cx, struct response *rs, bool html)
{
	response_header(rs, "Content-Security-Policy", html ?
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'" :
	    "default-src 'none'; frame-ancestors 'none'; sandbox");
	if (cx->conf->secure)
		response_header(rs, "Strict-Transport-Security",
		    "max-age=31536000; includeSubDomains");
	response_header(rs, "X-Content-Type-Options", "nosniff");
	response_header(rs, "Referrer-Policy", "same-origin");
	response_header(rs, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(rs, "Cross-Origin-Resource-Policy", "same-origin");
	response_header(rs, "Permissions-Policy", "accelerometer=(), camera=(), geolocation=(), "
	    "gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()");
	response_header(rs, "Cache-Control", "no-store");
}
