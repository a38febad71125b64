/* Whole files and folders.  What a file holds is the business of those who ask. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

static enum err
fault(const char *path, const char *doing)
{
	log_event(LOG_ERROR, "file", "path", path, "doing", doing, "why", strerror(errno));
	return ERR_FAULT;
}

/* Not by the size that fstat(2) gives: it is 0 in /proc, and a file may grow. */
static enum err
read_all(int fd, const char *path, struct buf *b)
{
	for (;;) {
		ssize_t n;

		if (!buf_grow(b, 1))
			return ERR_LIMIT;
		n = read(fd, b->p + b->len, b->cap - b->len);
		if (n == 0)
			return OK;
		if (n > 0)
			b->len += (size_t)n;
		else if (errno != EINTR)
			return fault(path, "read");
	}
}

enum err
file_read(struct arena *a, const char *path, size_t limit, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	struct buf b;
	enum err e;

	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)
			return ERR_NOTFOUND;
		return fault(path, "open");
	}
	/* One byte more, to see the end of a file that has just the limit. */
	buf_init(&b, a, limit + 1);
	if (fstat(fd, &st))
		e = fault(path, "stat");
	else if (!S_ISREG(st.st_mode))
		e = ERR_NOTFOUND;
	else if (st.st_size > 0 && (uintmax_t)st.st_size > limit)
		e = ERR_LIMIT;
	else {
		buf_grow(&b, st.st_size > 0 ? (size_t)st.st_size + 1 : 1);
		e = read_all(fd, path, &b);
	}
	close(fd);
	return e ? e : buf_end(&b, out);
}

static enum err
write_all(int fd, const char *path, struct str content)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.p, content.len);

		if (n > 0) {
			content.p += n;
			content.len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return fault(path, "write");
		}
	}
	return OK;
}

static enum err
write_new(int fd, const char *path, mode_t mode, struct str content)
{
	if (fchmod(fd, mode))
		return fault(path, "chmod");
	TRY(write_all(fd, path, content));
	return fsync(fd) ? fault(path, "fsync") : OK;
}

/* A new name is safe only when its folder is. */
static enum err
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	enum err e = OK;
	int fd;

	if (slash == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return fault(dir, "open");
	if (fsync(fd))
		e = fault(dir, "fsync");
	close(fd);
	return e;
}

enum err
file_create(const char *path, mode_t mode, struct str content)
{
	char made[PATH_MAX];
	enum err e;
	int fd, n;

	n = snprintf(made, sizeof(made), "%s.%ld.new", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(made)) {
		errno = ENAMETOOLONG;
		return fault(path, "create");
	}
	if (access(path, F_OK) == 0)
		return ERR_CONFLICT;
	/* What an earlier process of this number left when it was killed. */
	unlink(made);
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fault(made, "create");
	e = write_new(fd, made, mode, content);
	if (close(fd) && !e)
		e = fault(made, "close");
	if (!e && renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE))
		e = errno == EEXIST ? ERR_CONFLICT : fault(path, "rename");
	if (e)
		unlink(made);
	return e ? e : sync_folder(path);
}

/* One folder whose parent is there. */
static enum err
make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) ? fault(path, "chmod") : OK;
	if (errno != EEXIST)
		return fault(path, "mkdir");
	if (stat(path, &st))
		return fault(path, "stat");
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return fault(path, "mkdir");
	}
	return OK;
}

enum err
dir_make(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part)) {
		errno = ENAMETOOLONG;
		return fault(path, "mkdir");
	}
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		TRY(make_one(part, mode));
	}
	return OK;
}

/* Names, closed by NULL. */
struct names {
	const char **p;
	size_t       n, cap;
};

static void
names_add(struct arena *a, struct names *l, const char *name)
{
	if (l->n + 1 >= l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		const char **p = ARENA_ARRAY(a, const char *, cap);

		for (size_t i = 0; i < l->n; i++)
			p[i] = l->p[i];
		l->p = p;
		l->cap = cap;
	}
	l->p[l->n++] = name;
	l->p[l->n] = NULL;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
ends_so(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n >= m && strcmp(name + n - m, ending) == 0;
}

struct search {
	struct arena *arena;
	const char   *ending;
	struct names  files, folders;   /* relative; folders to look into yet, or done */
};

static enum err
look_at(struct search *s, int fd, const char *below, const char *name)
{
	const char *whole;
	struct stat st;

	if (name[0] == '.')
		return OK;
	whole = arena_printf(s->arena, "%s%s%s", below, below[0] ? "/" : "", name);
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? OK : fault(whole, "stat");
	if (S_ISDIR(st.st_mode))
		names_add(s->arena, &s->folders, whole);
	else if (S_ISREG(st.st_mode) && ends_so(name, s->ending))
		names_add(s->arena, &s->files, whole);
	return OK;
}

static enum err
look_into(struct search *s, const char *root, const char *below)
{
	const char *path = arena_printf(s->arena, "%s%s%s", root, below[0] ? "/" : "", below);
	DIR *dir = opendir(path);
	struct dirent *entry;
	enum err e = OK;

	if (dir == NULL)
		return errno == ENOENT ? ERR_NOTFOUND : fault(path, "open");
	do {
		errno = 0;
		if ((entry = readdir(dir)) != NULL)
			e = look_at(s, dirfd(dir), below, entry->d_name);
		else if (errno != 0)
			e = fault(path, "read");
	} while (entry != NULL && !e);
	closedir(dir);
	return e;
}

enum err
dir_list(struct arena *a, const char *dir, const char *ending, const char ***out)
{
	struct search s = { .arena = a, .ending = ending };

	TRY(look_into(&s, dir, ""));
	for (size_t i = 0; i < s.folders.n; i++) {
		enum err e = look_into(&s, dir, s.folders.p[i]);

		/* A folder removed meanwhile holds nothing. */
		if (e && e != ERR_NOTFOUND)
			return e;
	}
	if (s.files.n > 0)
		qsort(s.files.p, s.files.n, sizeof(*s.files.p), by_bytes);
	else
		s.files.p = ARENA_NEW(a, const char *);
	*out = s.files.p;
	return OK;
}
