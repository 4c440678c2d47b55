/* shell.h: text that a POSIX shell reads: where quotes stand in it, and words that stay words.
 *
 * The scanner knows quotes, backslashes, $( ) and ( ). Text with other ways to change what a quote
 * means (backquotes, here-documents, case patterns, remarks, a second shell) is not plain.
 *
 * Threads:   pure functions; one thread at a time per scan.
 *
 * Example:   struct shell_scan scan = {0};
 *            for (size_t i = 0; i < line.n; i++) {
 *                shell_scan_char(&scan, line.p[i]);
 *            }
 *            shell_word_write(&out, user, shell_scan_place(&scan)); */
#ifndef REPORT_SHELL_H
#define REPORT_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

enum shell_place { SHELL_PLAIN, SHELL_SINGLE, SHELL_DOUBLE };
enum { SHELL_DEPTH_MAX = 16 };

struct shell_scan {
    enum shell_place open[SHELL_DEPTH_MAX]; /* quotes and brackets around this place */
    size_t depth;
    bool is_escaped; /* a backslash stands before the next character */
    bool was_dollar; /* so does a $ */
    bool is_too_deep;
};

/* Moves over one character. */
void shell_scan_char(struct shell_scan *scan, char c);
/* What the next character stands in. */
enum shell_place shell_scan_place(const struct shell_scan *scan);

/* Whether the scanner sees all that decides how this text is read. */
bool shell_is_plain(struct str text);

/* Whether text means itself to a shell as it is, wherever it stands. */
bool shell_is_word(struct str text);

/* Appends text as one literal part of a word at that place: as it is where it may be, else quoted,
 * a quote that is open being closed before and opened again after. */
void shell_word_write(struct buf *out, struct str text, enum shell_place place);

#endif
