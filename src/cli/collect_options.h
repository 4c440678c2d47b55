/* collect_options.h: the options of `keywarden collect`, as what is asked for.
 *
 * Ownership: texts point into the arguments or into the options' own arena.
 * Threads:   one.
 *
 * Example:   struct collect_options options;
 *            if (!collect_options_read(&options, args, &err)) { ... }
 *            ... options.request ...
 *            collect_options_release(&options); */
#ifndef CLI_COLLECT_OPTIONS_H
#define CLI_COLLECT_OPTIONS_H

#include "cli/opt.h"
#include "collect/request.h"

enum progress_kind { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_JSON };

struct collect_options {
    struct collect_request request;
    struct str store;
    unsigned jobs;
    enum progress_kind progress;
    bool resumes, is_quiet;
    struct str record, replay; /* folders; empty: neither */
    struct arena arena;
};

/* Errors are ERR_USAGE, and ERR_INPUT of the list of accounts. */
MUST_USE bool collect_options_read(struct collect_options *options, const struct args *args,
                                   struct err *err);
void collect_options_release(struct collect_options *options);

/* Appends the options as they were said, but for what --external-id says: for recordings. */
void collect_options_tell(const struct args *args, struct buf *out);

/* Takes what the run that is resumed was asked for; where to find AWS may be said anew. */
MUST_USE bool collect_options_resume(struct collect_options *options, struct str arguments,
                                     struct err *err);

#endif
