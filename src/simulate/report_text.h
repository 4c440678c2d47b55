/* report_text.h: a week of an account's history as the credential report that AWS would have made.
 *
 * 22 columns, +00:00, the root row first, users in the order of their names, no newline at the end.
 *
 * Ownership: the writer owns its table of days.
 * Threads:   a writer is immutable once made; any number of threads may use it.
 *
 * Example:   struct report_text *text = report_text_new();
 *            report_text_write(text, &out, &account, 19);
 *            report_text_free(text); */
#ifndef SIMULATE_REPORT_TEXT_H
#define SIMULATE_REPORT_TEXT_H

#include "base/buf.h"
#include "simulate/history.h"

struct report_text;

struct report_text *report_text_new(void);
void report_text_free(struct report_text *text);

/* Appends the report. Past the buffer's cap it overflows, as all writing to a buf does. */
void report_text_write(const struct report_text *text, struct buf *out,
                       const struct account_history *account, unsigned week);

/* accounts.csv: its header, and the line of an account. */
void accounts_header_write(struct buf *out);
void accounts_line_write(struct buf *out, const struct plan *plan,
                         const struct account_facts *facts);

#endif
