/* Security headers.  What a page may load is its own origin's files, and nothing inline. */
#include "web/headers.h"

#include "base/conf.h"

void
headers_secure(struct ctx *cx, struct response *rs, bool html)
{
	response_fixed(rs, html ? "Content-Security-Policy: "
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'\r\n" : "Content-Security-Policy: "
	    "default-src 'none'; frame-ancestors 'none'; sandbox\r\n");
	if (cx->conf->secure)
		response_fixed(rs, "Strict-Transport-Security: "
		    "max-age=31536000; includeSubDomains\r\n");
	response_fixed(rs, "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: same-origin\r\n"
	    "Cross-Origin-Opener-Policy: same-origin\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n"
	    "Permissions-Policy: accelerometer=(), camera=(), geolocation=(), gyroscope=(), "
	    "magnetometer=(), microphone=(), payment=(), usb=()\r\n"
	    "Cache-Control: no-store\r\n");
}
