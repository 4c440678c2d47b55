/* shell_words.h: a command line split into words as a POSIX shell does, without a shell.
 *
 * Blanks separate; '...' is literal; in "..." a backslash stands before a quote or backslash;
 * elsewhere it makes the next character literal. Nothing is expanded and nothing is run. The
 * configuration files of AWS quote names of profiles and the words of `credential_process` so.
 *
 * Ownership: words live in the arena.
 *
 * Example:   struct str *words; size_t count;
 *            if (!shell_words(&arena, STR("tool --name 'a b'"), &words, &count, &err)) { ... } */
#ifndef AWS_SHELL_WORDS_H
#define AWS_SHELL_WORDS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

/* Each word is followed by a NUL outside its length. Errors (ERR_INPUT): a quote that is not
 * closed, a backslash at the end, a full arena. */
MUST_USE bool shell_words(struct arena *arena, struct str line, struct str **words, size_t *count,
                          struct err *err);

#endif
