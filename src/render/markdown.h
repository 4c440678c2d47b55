/* markdown.h: untrusted text inside a Markdown page (CommonMark, and GitHub's tables), where
 * nothing of it may become markup or a link.
 *
 * Hidden characters and bytes that are not UTF-8 are shown as \x1b or \u{202e}. Whatever could be
 * markup is written as a character reference, which no reader takes for markup again.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   buf_str(&out, STR("| "));
 *            markdown_code(&out, user);
 *            buf_str(&out, STR(" |\n")); */
#ifndef RENDER_MARKDOWN_H
#define RENDER_MARKDOWN_H

#include "base/buf.h"
#include "base/str.h"

/* A sentence; its line ends become blanks. */
void markdown_text(struct buf *out, struct str text);

/* A name or value as code, fit for a table's cell: in backquotes where that is safe, else in a code
 * element. Nothing for empty text. */
void markdown_code(struct buf *out, struct str text);

/* A block of code of one line or more, with its fences; `info` names the language. */
void markdown_block(struct buf *out, struct str info, struct str text);

#endif
