/* Binding, or taking over from systemd.  From one program image to the next they travel in
 * handover.c. */
#include "app/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { BACKLOG = 1024, FIRST_FD = 3, LOOKS = 50, LOOK_MS = 100 };

static const char *const names[SOCKETS] = { "quick", "slow" };

static bool
fault(const char *path, const char *at)
{
	log_event(LOG_ERROR, "socket_failed", "socket", path, "at", at, "cause", strerror(errno));
	return false;
}

static bool
set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static void
take(struct listener out[SOCKETS], const char *name, size_t len, int fd)
{
	for (size_t i = 0; i < SOCKETS; i++)
		if (out[i].fd < 0 && strlen(names[i]) == len && memcmp(names[i], name, len) == 0 &&
		    set_flags(fd))
			out[i].fd = fd;
}

void
sockets_inherit(struct listener out[SOCKETS])
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	const char *name = getenv("LISTEN_FDNAMES");

	for (size_t i = 0; i < SOCKETS; i++)
		out[i] = (struct listener){ .fd = -1 };
	if (pid && count && name && atol(pid) == (long)getpid()) {
		for (int i = 0; i < atoi(count) && *name; i++) {
			size_t len = strcspn(name, ":");

			take(out, name, len, FIRST_FD + i);
			name += len + (name[len] == ':');
		}
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

/* The file a socket is bound to; "" when there is none. */
static const char *
bound_to(int fd, struct sockaddr_un *addr)
{
	socklen_t len = sizeof(*addr);

	memset(addr, 0, sizeof(*addr));
	if (getsockname(fd, (struct sockaddr *)addr, &len) != 0 || addr->sun_family != AF_UNIX)
		addr->sun_path[0] = '\0';
	addr->sun_path[sizeof(addr->sun_path) - 1] = '\0';
	return addr->sun_path;
}

static bool
address(const char *path, struct sockaddr_un *addr)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(addr->sun_path)) {
		errno = ENAMETOOLONG;
		return fault(path, "address");
	}
	memcpy(addr->sun_path, path, strlen(path));
	return true;
}

static bool
answers(const struct sockaddr_un *addr)
{
	int  fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = fd >= 0 &&
	    (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0 || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return yes;
}

static bool
remove_stale(const struct sockaddr_un *addr)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	struct stat           st;

	if (lstat(addr->sun_path, &st) != 0)
		return errno == ENOENT || fault(addr->sun_path, "stat");
	if (!S_ISSOCK(st.st_mode)) {
		errno = ENOTSOCK;
		return fault(addr->sun_path, "stat");
	}
	for (int i = 0; answers(addr); i++) {
		if (i == LOOKS) {
			errno = EADDRINUSE;
			return fault(addr->sun_path, "connect");
		}
		nanosleep(&pause, NULL);
	}
	return unlink(addr->sun_path) == 0 || errno == ENOENT || fault(addr->sun_path, "unlink");
}

static bool
open_at(struct listener *l, const char *path)
{
	struct sockaddr_un addr;
	int                fd;

	if (!address(path, &addr) || !remove_stale(&addr))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault(path, "socket");
	/* The umask lets nobody else in until the mode is set. */
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0) {
		fault(path, "bind");
		close(fd);
		return false;
	}
	*l = (struct listener){ .fd = fd, .ours = true };
	return true;
}

static void
give_up(struct listener *l, const char *bound)
{
	if (l->ours)
		unlink(bound);
	close(l->fd);
	*l = (struct listener){ .fd = -1 };
}

enum err
sockets_open(struct listener out[SOCKETS], const char *const paths[SOCKETS])
{
	for (size_t i = 0; i < SOCKETS; i++) {
		struct sockaddr_un addr;

		/* systemd decides itself where its sockets are. */
		if (out[i].ours && strcmp(bound_to(out[i].fd, &addr), paths[i]) != 0)
			give_up(&out[i], addr.sun_path);
		if (out[i].fd < 0 && !open_at(&out[i], paths[i]))
			return ERR_FAULT;
	}
	return OK;
}

void
sockets_unlink(const struct listener in[SOCKETS])
{
	for (size_t i = 0; i < SOCKETS; i++) {
		struct sockaddr_un addr;

		if (in[i].ours)
			unlink(bound_to(in[i].fd, &addr));
	}
}
