/* option_read.h: values of options that several commands have in common.
 *
 * Each leaves *out alone where the option was not given, unless its comment says otherwise. Errors
 * are ERR_USAGE and say what the option takes.
 *
 * Threads:   one.
 *
 * Example:   unsigned jobs = system_cpu_count();
 *            if (!option_read_jobs(args, &jobs, &err)) { return message_fail(&err); } */
#ifndef CLI_OPTION_READ_H
#define CLI_OPTION_READ_H

#include <stdint.h>

#include "cli/opt.h"
#include "model/control.h"

/* --fail-on SEVERITY or never; high where it was not given. */
MUST_USE bool option_read_fail_on(const struct args *args, enum severity *out, bool *is_never,
                                  struct err *err);
/* --strict and --strict=all; both false where it was not given. */
MUST_USE bool option_read_strict(const struct args *args, bool *is_strict, bool *is_all,
                                 struct err *err);
/* A day or a time; *is_given says whether it was there. */
MUST_USE bool option_read_time(const struct args *args, const char *name, bool *is_given,
                               int64_t *out, struct err *err);
/* --jobs, 1 to 64. */
MUST_USE bool option_read_jobs(const struct args *args, unsigned *out, struct err *err);
/* --color; auto means on a terminal, where NO_COLOR is not set. Always sets *out. */
MUST_USE bool option_read_color(const struct args *args, bool is_terminal, bool *out,
                                struct err *err);

#endif
