#ifndef APP_NET_H
#define APP_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;
struct conf;

/* What leaves the machine: transfers that run side by side in one process, over libcurl.
 * When to send what is the courier's affair. */
struct net;
enum { NET_MOST = 4, NET_ANSWER_SIZE = 513 };

/* One email to one recipient; all of it must last until the transfer has ended. */
struct net_mail {
	const char *from, *to;       /* addresses that mime_address() let through */
	struct str  message;
};

enum net_fate {
	NET_SENT,                    /* the server took it */
	NET_REFUSED,                 /* for good: trying again is no use */
	NET_LATER,                   /* not sent; another try may work */
	NET_UNKNOWN                  /* sent whole, but no answer came: it may have arrived */
};

struct net_result {
	void         *owner;
	enum net_fate fate;
	bool          recipient;     /* NET_REFUSED: it was the recipient, not the message */
	int           code;          /* of the last reply; 0: the server never spoke */
	char          answer[NET_ANSWER_SIZE];   /* that reply, or what went wrong before it */
};

/* Once per process.  What is wrong with the mail server's settings comes out here: a url that
 * is none, with a password in it, or in clear to another machine: ERR_INVALID, logged. */
enum err net_start(struct net **out, struct arena *a, const struct conf *conf) MUST_USE;
/* Breaks off what is under way. */
void     net_stop(struct net *n);

/* Begins; the result comes out of net_next() with this owner.  NET_MOST are under way
 * already: ERR_LIMIT.  An address with a control character, space or <> in it: ERR_INVALID.
 * The password's file is read anew each time, so a new password needs no restart; it cannot
 * be read: ERR_FAULT, logged. */
enum err net_send(struct net *n, const struct net_mail *m, void *owner) MUST_USE;
/* Moves all transfers on as far as they go without waiting. */
void     net_step(struct net *n);
/* The next transfer that has ended; false: none. */
bool     net_next(struct net *n, struct net_result *out);
/* Until a transfer can move on, one of these descriptors (at most 4) can be read, or ms have
 * passed. */
void     net_wait(struct net *n, const int *fds, size_t nfds, int64_t ms);

#endif
