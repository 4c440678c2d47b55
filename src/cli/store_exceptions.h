/* store_exceptions.h: --exceptions of `keywarden store import`: files checked, then kept.
 *
 * Threads: one.
 *
 * Example:   if (!store_import_exceptions(store, args, now, &err)) { ... } */
#ifndef CLI_STORE_EXCEPTIONS_H
#define CLI_STORE_EXCEPTIONS_H

#include "cli/opt.h"
#include "store/store.h"

/* All that is wrong in a file is told; a file that cannot be used is not kept, and ends it. */
MUST_USE bool store_import_exceptions(struct store *store, const struct args *args, int64_t now,
                                      struct err *err);

#endif
