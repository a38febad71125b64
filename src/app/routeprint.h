/* The routes of the program in words: for tests, and for the web server's configuration. */
#ifndef APP_ROUTEPRINT_H
#define APP_ROUTEPRINT_H

#include <stdio.h>

/* One line a route: method, path, permission ("public", "signed-in" or "user:view"), scope
 * ("-", tenant, organization), flags ("-", or words parted by commas), parted by tabs. */
void routes_print(FILE *out);
/* The locations that go to the slow pool, as nginx reads them. */
void routes_print_nginx(FILE *out);

#endif
