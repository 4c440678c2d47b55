/* collect_print.h: what `keywarden collect` would do and must be allowed, printed instead of done.
 *
 * Threads:   one.
 *
 * Example:   if (collect_prints(args)) { return collect_print(&options, args); } */
#ifndef CLI_COLLECT_PRINT_H
#define CLI_COLLECT_PRINT_H

#include "cli/collect_options.h"

/* Whether --plan or --print-policy was said: then nothing is collected. */
bool collect_prints(const struct args *args);
/* Returns the exit code. Nobody is called. */
int collect_print(const struct collect_options *options, const struct args *args);

#endif
