/* html.h: untrusted text inside an HTML page, in elements and in quoted attributes alike.
 *
 * Markup is escaped; controls, bidirectional and invisible characters and bytes that are not UTF-8
 * are shown as \x1b or \u{202e}. What comes out is also text of XML 1.0.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   buf_str(&out, STR("<td>"));
 *            html_text(&out, user); */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "base/buf.h"
#include "base/str.h"

/* Newlines and tabs are shown as escapes: names and values. */
void html_text(struct buf *out, struct str text);

/* Newlines and tabs stay, as white space: sentences. */
void html_prose(struct buf *out, struct str text);

#endif
