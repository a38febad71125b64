/* Transfers over libcurl; the only file that includes its header.  When to send what, and
 * when again, is in courier.c; how a message is built, in mime.c. */
#include "app/net.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/mime.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/crypto.h"

enum {
	CONNECT_MS = 10000,
	REPLY_S = 30,
	TOTAL_MS = 60000,
	PASSWORD_LONGEST = 1024,
	WAIT_FDS = 4,
	SOCKETS = 8              /* of one transfer: it tries a few addresses at once */
};

/* How far the talk with the server has come: the last command that went out. */
enum stage { STAGE_GREETING, STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_DOT, STAGE_DONE };

struct transfer {
	CURL              *easy;     /* NULL: free */
	struct curl_slist *rcpt;
	void              *owner;
	struct str         rest;     /* of the message, not yet handed out */
	enum stage         stage;
	int                code;
	bool               more;     /* the reply goes on in the next line */
	bool               quit;     /* nothing said from now on counts */
	int                sockets[SOCKETS];
	size_t             nsockets;
	size_t             len;
	char               reply[NET_ANSWER_SIZE];
	char               error[CURL_ERROR_SIZE];
};

struct net {
	struct arena      *arena;
	const struct conf *conf;
	CURLM             *multi;
	const char        *url;      /* of the mail server, with our name as its path; NULL: none */
	long               tls;
	struct transfer    transfers[NET_MOST];
};

static enum err
fault(const char *what)
{
	log_event(LOG_ERROR, "libcurl failed", "at", what);
	return ERR_FAULT;
}

static enum err
wrong_url(const char *why)
{
	log_event(LOG_ERROR, "smtp_url cannot be used", "why", why);
	return ERR_INVALID;
}

/* One part of a url, in the arena; "" when it has none. */
static const char *
url_part(struct net *n, CURLU *u, CURLUPart which)
{
	const char *text;
	char       *part = NULL;

	if (curl_url_get(u, which, &part, 0))
		return "";
	text = arena_printf(n->arena, "%s", part);
	curl_free(part);
	return text;
}

static bool
is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcmp(host, "localhost") == 0;
}

/* libcurl says hello with the url's path, else with this machine's own name. */
static enum err
read_url(struct net *n, CURLU *u)
{
	const char *scheme;
	bool        clear = strcmp(n->conf->smtp_tls, "none") == 0;

	if (!mime_address(n->conf->mail_from))
		return wrong_url("mail_from is not an address");
	if (curl_url_set(u, CURLUPART_URL, n->conf->smtp_url, 0))
		return wrong_url("not a url");
	scheme = url_part(n, u, CURLUPART_SCHEME);
	if (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0)
		return wrong_url("neither smtp nor smtps");
	if (*url_part(n, u, CURLUPART_USER) || *url_part(n, u, CURLUPART_PASSWORD))
		return wrong_url("user and password have settings of their own");
	if (clear && !is_loopback(url_part(n, u, CURLUPART_HOST)))
		return wrong_url("without TLS only to this machine itself");
	n->tls = clear ? CURLUSESSL_NONE : CURLUSESSL_ALL;
	if (curl_url_set(u, CURLUPART_PATH, mime_domain(n->conf->mail_from), 0))
		return fault("url");
	n->url = url_part(n, u, CURLUPART_URL);
	return OK;
}

enum err
net_start(struct net **out, struct arena *a, const struct conf *conf)
{
	struct net *n = ARENA_NEW(a, struct net);
	CURLU      *u;
	enum err    e = OK;

	n->arena = a;
	n->conf = conf;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return fault("global_init");
	if (*conf->smtp_url) {
		u = curl_url();
		e = u ? read_url(n, u) : fault("url");
		curl_url_cleanup(u);
	}
	if (e == OK && (n->multi = curl_multi_init()) == NULL)
		e = fault("multi_init");
	if (e) {
		curl_global_cleanup();
		return e;
	}
	*out = n;
	return OK;
}

static void
give_back(struct net *n, struct transfer *t)
{
	curl_multi_remove_handle(n->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->rcpt);
	*t = (struct transfer){ .easy = NULL };
}

void
net_stop(struct net *n)
{
	for (size_t i = 0; i < NET_MOST; i++)
		if (n->transfers[i].easy)
			give_back(n, &n->transfers[i]);
	curl_multi_cleanup(n->multi);
	curl_global_cleanup();
}

/* libcurl asks once more after the last byte; only then does it send the final dot. */
static size_t
hand_out(char *to, size_t size, size_t count, void *owner)
{
	struct transfer *t = owner;
	size_t           len = size * count < t->rest.len ? size * count : t->rest.len;

	if (len == 0) {
		t->stage = STAGE_DOT;
		t->code = 0;
		return 0;
	}
	memcpy(to, t->rest.p, len);
	t->rest.p += len;
	t->rest.len -= len;
	return len;
}

static bool
begins(const char *p, size_t n, const char *word)
{
	return n >= strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

static void
went_out(struct transfer *t, const char *line, size_t len)
{
	if (begins(line, len, "MAIL FROM"))
		t->stage = STAGE_MAIL;
	else if (begins(line, len, "RCPT TO"))
		t->stage = STAGE_RCPT;
	else if (begins(line, len, "DATA"))
		t->stage = STAGE_DATA;
	else if (begins(line, len, "QUIT")) {
		/* libcurl would now hold up all transfers until this server says goodbye; it
		 * finds the end of the stream instead. */
		t->quit = true;
		for (size_t i = 0; i < t->nsockets; i++)
			shutdown(t->sockets[i], SHUT_RD);
	}
}

static int
reply_code(const char *line, size_t len)
{
	if (len < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' ||
	    line[2] < '0' || line[2] > '9')
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

/* The lines of a reply are kept as one text. */
static void
came_in(struct transfer *t, const char *line, size_t len)
{
	int code = reply_code(line, len);

	if (t->quit || t->stage == STAGE_DONE || code == 0)
		return;
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	if (!t->more)
		t->len = 0;
	else if (t->len < sizeof(t->reply) - 1)
		t->reply[t->len++] = ' ';
	if (len > sizeof(t->reply) - 1 - t->len)
		len = sizeof(t->reply) - 1 - t->len;
	memcpy(t->reply + t->len, line, len);
	t->len += len;
	t->reply[t->len] = '\0';
	t->more = len > 3 && line[3] == '-';
	if (t->more)
		return;
	t->code = code;
	if (t->stage == STAGE_DOT)
		t->stage = STAGE_DONE;
}

static int
watch(CURL *easy, curl_infotype type, char *line, size_t len, void *owner)
{
	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		went_out(owner, line, len);
	else if (type == CURLINFO_HEADER_IN)
		came_in(owner, line, len);
	return 0;
}

static curl_socket_t
open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = owner;
	int              fd;

	(void)purpose;
	if (t->nsockets == SOCKETS)
		return CURL_SOCKET_BAD;
	fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (fd >= 0)
		t->sockets[t->nsockets++] = fd;
	return fd;
}

static int
close_socket(void *owner, curl_socket_t fd)
{
	struct transfer *t = owner;

	for (size_t i = 0; i < t->nsockets; i++)
		if (t->sockets[i] == fd)
			t->sockets[i] = t->sockets[--t->nsockets];
	return close(fd);
}

static enum err
read_password(struct net *n, struct str *out)
{
	const char *path = n->conf->smtp_password_file;

	if (file_read(n->arena, path, PASSWORD_LONGEST, out)) {
		log_event(LOG_ERROR, "smtp_password_file cannot be read", "file", path);
		return ERR_FAULT;
	}
	while (out->len > 0 && (out->p[out->len - 1] == '\n' || out->p[out->len - 1] == '\r'))
		out->len--;
	return OK;
}

static enum err
set_login(struct net *n, CURL *easy)
{
	struct str password = { "", 0 };
	char      *text;
	bool       ok;

	if (*n->conf->smtp_password_file)
		TRY(read_password(n, &password));
	text = arena_printf(n->arena, "%.*s", (int)password.len, password.p);
	ok = curl_easy_setopt(easy, CURLOPT_USERNAME, n->conf->smtp_user) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PASSWORD, text) == CURLE_OK;
	crypto_wipe(text, strlen(text));
	return ok ? OK : fault("login");
}

/* In test builds every wait is as long as this variable says. */
static long
wait_ms(long ms)
{
#ifdef TEST_HOOKS
	const char *text = getenv("TENANTRY_TEST_NET_MS");

	if (text)
		return atol(text);
#endif
	return ms;
}

#define SET(option, value)                                       \
	do {                                                     \
		if (curl_easy_setopt(t->easy, (option), (value))) \
			return fault(#option);                   \
	} while (0)

/* What protects the way there; a proxy or a .netrc of the environment is none of ours. */
static enum err
set_guards(struct net *n, struct transfer *t)
{
	size_t   mark = arena_mark(n->arena);
	enum err e = OK;

	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_USE_SSL, n->tls);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (*n->conf->smtp_ca_file) {
		SET(CURLOPT_CAINFO, n->conf->smtp_ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, wait_ms(CONNECT_MS));
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)REPLY_S);
	SET(CURLOPT_TIMEOUT_MS, wait_ms(TOTAL_MS));
	if (*n->conf->smtp_user)
		e = set_login(n, t->easy);
	arena_release(n->arena, mark);
	return e;
}

/* A connection of its own for each: one that the server closed meanwhile would cost the next
 * email its try. */
static enum err
set_up(struct net *n, struct transfer *t, const struct net_mail *m)
{
	t->rest = m->message;
	t->easy = curl_easy_init();
	t->rcpt = curl_slist_append(NULL, m->to);
	if (t->easy == NULL || t->rcpt == NULL)
		return fault("easy_init");
	TRY(set_guards(n, t));
	SET(CURLOPT_URL, n->url);
	SET(CURLOPT_MAIL_FROM, m->from);
	SET(CURLOPT_MAIL_RCPT, t->rcpt);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, hand_out);
	SET(CURLOPT_READDATA, t);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	SET(CURLOPT_CLOSESOCKETDATA, t);
	SET(CURLOPT_DEBUGFUNCTION, watch);
	SET(CURLOPT_DEBUGDATA, t);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_PRIVATE, t);
	return curl_multi_add_handle(n->multi, t->easy) ? fault("add_handle") : OK;
}

enum err
net_send(struct net *n, const struct net_mail *m, void *owner)
{
	struct transfer *t = n->transfers;
	enum err         e;

	if (!mime_address(m->from) || !mime_address(m->to))
		return ERR_INVALID;
	while (t < n->transfers + NET_MOST && t->easy)
		t++;
	if (t == n->transfers + NET_MOST)
		return ERR_LIMIT;
	*t = (struct transfer){ .owner = owner };
	e = set_up(n, t, m);
	if (e)
		give_back(n, t);
	return e;
}

void
net_step(struct net *n)
{
	int running;

	if (curl_multi_perform(n->multi, &running) != CURLM_OK)
		log_event(LOG_ERROR, "libcurl failed", "at", "multi_perform");
}

/* A 5xx before RCPT speaks of us or of the server, not of this recipient or message; that
 * may be put right.  552 there is the message's size. */
static enum net_fate
fate(const struct transfer *t, CURLcode result)
{
	if (result == CURLE_OK)
		return NET_SENT;
	if (t->stage == STAGE_DOT)
		return NET_UNKNOWN;
	if (t->stage == STAGE_DONE && t->code / 100 == 2)
		return NET_SENT;
	if (t->code >= 500 && (t->stage >= STAGE_RCPT || t->code == 552))
		return NET_REFUSED;
	return NET_LATER;
}

static void
tell(const struct transfer *t, CURLcode result, struct net_result *out)
{
	const char *error = *t->error ? t->error : curl_easy_strerror(result);
	bool        told = t->code != 0 && (result == CURLE_OK || t->code >= 400);

	*out = (struct net_result){ .owner = t->owner, .fate = fate(t, result), .code = t->code };
	out->recipient = out->fate == NET_REFUSED && t->stage == STAGE_RCPT && t->code != 552;
	memcpy(out->answer, told ? t->reply : error,
	    strnlen(told ? t->reply : error, NET_ANSWER_SIZE - 1));
}

bool
net_next(struct net *n, struct net_result *out)
{
	struct transfer *t;
	CURLMsg         *msg;
	int              left;

	while ((msg = curl_multi_info_read(n->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		if (curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK)
			abort();
		tell(t, msg->data.result, out);
		give_back(n, t);
		return true;
	}
	return false;
}

void
net_wait(struct net *n, const int *fds, size_t nfds, int64_t ms)
{
	struct curl_waitfd wait[WAIT_FDS] = { { .fd = -1 } };

	if (nfds > WAIT_FDS)
		abort();
	for (size_t i = 0; i < nfds; i++)
		wait[i] = (struct curl_waitfd){ .fd = fds[i], .events = CURL_WAIT_POLLIN };
	if (curl_multi_poll(n->multi, wait, (unsigned int)nfds, (int)ms, NULL) != CURLM_OK)
		log_event(LOG_ERROR, "libcurl failed", "at", "multi_poll");
}
