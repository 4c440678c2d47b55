/* csv.h: fields of RFC 4180, quoted only when they hold a comma, a quote or a line end.
 *
 * Bytes go through unchanged: a reader gets back exactly what was written.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   csv_field(&out, account);
 *            buf_char(&out, ',');
 *            size_t start = out.n;
 *            ... append any text ...
 *            csv_field_close(&out, start); */
#ifndef RENDER_CSV_H
#define RENDER_CSV_H

#include "base/buf.h"
#include "base/str.h"

void csv_field(struct buf *out, struct str text);

/* Makes what was appended since `start` one field: quotes it in place when it needs that. */
void csv_field_close(struct buf *out, size_t start);

/* Before csv_field_close: puts an apostrophe in front of what a spreadsheet would take for a
 * formula. */
void csv_field_guard(struct buf *out, size_t start);

#endif
