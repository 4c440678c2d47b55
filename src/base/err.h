/* err.h: an error as a value: what kind, where, what is wrong, and what to do about it.
 *
 * A function that can fail returns false and fills the struct err it was given; the first error
 * wins, callers add the place while unwinding. Nothing here prints or exits.
 *
 * Ownership: the struct belongs to the caller and holds its text inside.
 * Threads:   plain values; no state.
 *
 * Example:   struct err err = {0};
 *            if (!pack_load(&pack, text, &err)) {
 *                err_place(&err, path, 0, 0);      // "rules/a.yaml:12:7: unknown field 'idd'"
 *                return false;
 *            } */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/str.h"

/* The kinds map one to one to the exit codes of keywarden(1). */
enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,  /* the command line: exit 2 */
    ERR_INPUT,  /* a report, rule, entity or configuration file: exit 3 */
    ERR_REMOTE, /* AWS or the network: exit 4 */
    ERR_STORE,  /* the store or vault is damaged: exit 5 */
    ERR_BUG,    /* we are wrong: exit 70 */
};

struct err {
    enum err_kind kind;
    uint32_t line;   /* 1-based; 0 = no line known */
    uint32_t col;    /* 1-based, in bytes; 0 = no column known */
    char place[512]; /* file or other origin; empty = not known yet */
    char text[512];  /* problem first, subject in quotes, lower case, no full stop */
    char hint[256];  /* what to do next; may be empty */
};

/* Fills *err unless it already holds an error. Always returns false, so that a caller may
 * `return err_set(...)`. Control bytes in the text are replaced by '?'. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF(3, 4);

/* The same with errno's text for `error_number` behind it. */
bool err_set_errno(struct err *err, enum err_kind kind, int error_number, const char *format, ...)
    PRINTF(4, 5);

/* Adds the remedy, unless there is one. */
void err_hint(struct err *err, const char *format, ...) PRINTF(2, 3);

/* Adds the place, where it is not known yet; line and column 0 leave what is there. */
void err_place(struct err *err, struct str place, uint64_t line, uint64_t col);

/* Writes "place:line:col: text" into `out` (NUL-terminated, cut if too small). */
void err_format(const struct err *err, char *out, size_t out_size);

#endif
