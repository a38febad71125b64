/* libFuzzer: any bytes as the configuration file (src/base/conf.c).  What is taken keeps the
 * rules that the rest of the program relies on. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct arena *a, const struct conf *c)
{
	const char *const paths[] = { c->state_dir, c->run_dir, c->key_file, c->quick_socket,
		c->slow_socket, c->templates, c->static_dir, c->locales, c->mail_dir };
	const char *address, *key;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert(paths[i][0] == '/');
	assert(strncmp(c->database, "sqlite:/", 8) == 0);
	assert(strncmp(c->base_url, c->secure ? "https://" : "http://", c->secure ? 8 : 7) == 0);
	assert(c->secure || c->loopback);
	assert(strchr(strstr(c->base_url, "://") + 3, '/') == NULL);
	assert(c->quick_workers >= 1 && c->slow_workers >= 1);
	assert(c->password_kib >= 19456 && c->password_passes >= 2);
	assert(email_text(a, str_of(c->mail_from), &address, &key) == OK);
	assert(strcmp(address, c->mail_from) == 0);
	assert(c->security_contact[0] != '\0' && c->smtp_user != NULL && c->log_file != NULL);
	assert(strcmp(c->smtp_tls, "required") == 0 || strcmp(c->smtp_tls, "none") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	static char path[64];
	static int fd;
	struct conf *c;

	if (a == NULL) {
		a = arena_new(64 * 1024, 64 * 1024 * 1024);
		log_open("/dev/null");
		fd = memfd_create("conf", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (conf_load(a, path, &c) == OK)
		check(a, c);
	arena_reset(a);
	return 0;
}
