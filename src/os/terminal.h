/* terminal.h: a question to the person at the terminal, wherever standard input comes from.
 *
 * What is typed is shown: this is for codes that are spent at once, not for passwords.
 *
 * Threads:   one question at a time.
 *
 * Example:   char answer[64];
 *            size_t n = 0;
 *            if (!terminal_ask(STR("MFA code: "), answer, sizeof answer, &n, &err)) { ... } */
#ifndef OS_TERMINAL_H
#define OS_TERMINAL_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

/* A line without its end, of at most `size` bytes. Errors (ERR_INPUT): no terminal, a line that is
 * longer, the end of input. */
MUST_USE bool terminal_ask(struct str question, char *to, size_t size, size_t *n, struct err *err);

#endif
