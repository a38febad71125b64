/* Picks the subcommand.  "serve" is in supervisor.c, all others are in cli.c. */
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/supervisor.h"

static const char usual_file[] = TENANTRY_SYSCONFDIR "/tenantry.conf";

/* "tenantry [-c FILE] serve", and nothing behind it. */
static bool
is_serve(int argc, char **argv, const char **file)
{
	int at = 1;

	*file = usual_file;
	if (argc > 3 && strcmp(argv[1], "-c") == 0) {
		*file = argv[2];
		at = 3;
	}
	return argc == at + 1 && strcmp(argv[at], "serve") == 0;
}

int
main(int argc, char **argv)
{
	const char *file;

	umask(077);
	if (is_serve(argc, argv, &file))
		return supervisor_run(file);
	return cli_run(argc, argv);
}
