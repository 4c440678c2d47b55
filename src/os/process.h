/* process.h: runs a program and reads what it prints.
 *
 * No shell is asked. The program has this one's environment, standard input and standard error: it
 * may talk to the person at the terminal.
 *
 * Threads:   any.
 *
 * Example:   struct buf out;
 *            buf_init(&out, 64 << 10);
 *            if (!process_read(words, count, 60000, &out, &err)) { return false; } */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { PROCESS_WORDS_MAX = 128 };

/* Each word is followed by a NUL outside its length; the first names the program, looked for in
 * PATH. Errors (ERR_INPUT): it cannot be started, prints more than `out` may hold, ends with
 * another code than 0, or not within `timeout_ms` (then it is killed). */
MUST_USE bool process_read(const struct str *words, size_t count, uint64_t timeout_ms,
                           struct buf *out, struct err *err);

#endif
