/* internal_verify.h: the parts of a verification.
 *
 * Ownership: as in verify.h.
 * Threads:   as the store's.
 *
 * Example:   verify_complain(sink, result, "table %s: ...", name); */
#ifndef STORE_INTERNAL_VERIFY_H
#define STORE_INTERNAL_VERIFY_H

#include "base/err.h"
#include "store/verify.h"

void verify_complain(const struct verify_sink *sink, struct verify_result *result,
                     const char *format, ...) PRINTF(3, 4);
/* What was being read when it could not be; forgets the error. */
void verify_complain_err(const struct verify_sink *sink, struct verify_result *result,
                         const char *what, struct err *err);

/* Answers are read, and what this program's version made of them is made again. */
void verify_collected(struct store *store, const struct verify_sink *sink,
                      struct verify_result *result);

#endif
