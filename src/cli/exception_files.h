/* exception_files.h: --exceptions of commands that judge.
 *
 * Ownership: the set is the caller's, initialised.
 * Threads:   one thread.
 *
 * Example:   if (!exception_files_read(&set, args, &rules, &config.exceptions, &err)) { ... } */
#ifndef CLI_EXCEPTION_FILES_H
#define CLI_EXCEPTION_FILES_H

#include "audit/exceptions.h"
#include "cli/opt.h"

/* Reads the files into the set and binds it to the rules, which must be compiled. *given becomes
 * the set where a file is named, and stays as it is where none is. */
MUST_USE bool exception_files_read(struct exceptions *set, const struct args *args,
                                   const struct ruleset *rules, struct exceptions **given,
                                   struct err *err);

#endif
