/* Places where a test lets the program die.  A production build has none of it. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef TEST_HOOKS
/* With TENANTRY_FAULT=SITE:N in the environment, the Nth pass of this site ends the process by
 * abort().  Passes are counted over all processes forked from the one that was started, so that
 * it happens once; and, where TENANTRY_FAULT_WHEN names a file, only while that is there. */
void fault_point(const char *site);
#else
#define fault_point(site) ((void)0)
#endif

#endif
