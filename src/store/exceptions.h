/* exceptions.h: exception files kept in the store, for audits of what it holds.
 *
 * Reading them is the audit's business; the store keeps the text as it is and, for queries, what
 * each exception says. A file that comes again under the same path takes the place of the old one.
 *
 * Ownership: all texts are the caller's, or of the function that hands them out, until it returns.
 * Threads:   as the store's.
 *
 * Example:   store_exceptions_put(store, &file, &err); */
#ifndef STORE_EXCEPTIONS_H
#define STORE_EXCEPTIONS_H

#include "model/exception.h"
#include "store/store.h"

struct exception_file {
    struct str name, text;
    const struct exception *const *exceptions;
    size_t count;
    int64_t imported_at;
};

MUST_USE bool store_exceptions_put(struct store *store, const struct exception_file *file,
                                   struct err *err);

/* Calls for each file, in the order of their first import. */
MUST_USE bool store_exceptions_each(struct store *store,
                                    bool (*each)(void *shared, struct str name, struct str text,
                                                 struct err *err),
                                    void *shared, struct err *err);

#endif
