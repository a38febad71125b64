/* Whole files and folders.  The configuration file is read in conf.h. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

/* A whole file, with a NUL behind it that the length does not count.  Not there or no
 * regular file: ERR_NOTFOUND; over the limit: ERR_LIMIT; else ERR_FAULT, logged. */
enum err file_read(struct arena *a, const char *path, size_t limit, struct str *out) MUST_USE;
/* Writes a new file with this mode (whatever the umask) and syncs it and its folder; it is
 * there whole or not at all.  One that is there already is ERR_CONFLICT and stays as it is;
 * else ERR_FAULT, logged. */
enum err file_create(const char *path, mode_t mode, struct str content) MUST_USE;
/* mkdir -p with this mode (whatever the umask) for what is missing; ERR_FAULT, logged. */
enum err dir_make(const char *path, mode_t mode) MUST_USE;
/* Regular files below dir, at any depth, whose names end so, relative, sorted by bytes;
 * NULL-terminated.  Names that begin with a dot and symbolic links are left out.  dir not
 * there: ERR_NOTFOUND; else ERR_FAULT, logged. */
enum err dir_list(struct arena *a, const char *dir, const char *ending, const char ***out) MUST_USE;

#endif
