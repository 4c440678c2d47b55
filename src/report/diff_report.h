/* diff_report.h: a diff to bytes: one table of formats, each in its own file.
 *
 * A format writes a beginning, the changes part by part, and an end. A part is all changes of one
 * account, or just some of them where the format does not care (`is_flat`), so that the bytes of a
 * large diff need never be held together.
 *
 * Ownership: formats are static; buffers are the caller's.
 * Threads:   one thread at a time.
 *
 * Example:   format->begin(&out, diff, &options);
 *            for (size_t at = 0; at < diff->change_count; at = to) {
 *                to = diff_part_end(format, diff, at);
 *                format->part(&out, diff, at, to, &options);
 *            }
 *            format->end(&out, diff, &options); */
#ifndef REPORT_DIFF_REPORT_H
#define REPORT_DIFF_REPORT_H

#include "model/change.h"
#include "report/report.h"

struct diff_writer {
    struct str name;
    struct str help;
    bool is_flat;
    void (*begin)(struct buf *out, const struct diff *diff, const struct report_options *options);
    /* diff->changes[from..to) */
    void (*part)(struct buf *out, const struct diff *diff, size_t from, size_t to,
                 const struct report_options *options);
    void (*end)(struct buf *out, const struct diff *diff,
                const struct report_options *options); /* or NULL */
};

extern const struct diff_writer diff_table, diff_json, diff_csv, diff_markdown;
/* All of the above, ended by NULL. */
extern const struct diff_writer *const diff_writers[];

const struct diff_writer *diff_writer_find(struct str name);
size_t diff_part_end(const struct diff_writer *writer, const struct diff *diff, size_t from);

/* ---- what several of them say --------------------------------------------------------------- */

/* Behind the findings of `from`: where the users and credentials of the account begin. */
size_t diff_findings_end(const struct diff *diff, size_t from, size_t to);

/* "+" for what is there now and was not, "-" the other way round, "~" for the rest. */
char diff_sign(const struct change *change);
/* "access key of 2026-01-01T00:00:00Z deactivated": what happened, in words, without the user. */
void diff_words_write(struct buf *out, const struct diff *diff, const struct change *change);
/* How a finding came about: "pass → fail", "user created", "unknown, user deleted". */
void diff_course_write(struct buf *out, const struct change *change);
/* What decided: of a new finding "name=value; name=value"; of one whose evidence changed what
 * differs, "name=new; was old"; of a closed one nothing. `only_days`: times as days. */
void diff_reason_write(struct buf *out, const struct diff *diff, const struct change *change,
                       bool only_days);
/* "3 new findings (1 critical, 2 high), 2 closed, 1 changed": nothing when there are none. */
void diff_findings_summary(struct buf *out, const struct diff *diff);
/* "2 users created, 1 access key deactivated", or nothing. */
void diff_credentials_summary(struct buf *out, const struct diff *diff);
/* "12 accounts compared, 1 joined, 9 unchanged; 211 users on both sides" */
void diff_scope_summary(struct buf *out, const struct diff *diff);
/* A last sentence on what --fail-on is about. */
void diff_verdict_write(struct buf *out, const struct diff *diff,
                        const struct report_options *options);

#endif
