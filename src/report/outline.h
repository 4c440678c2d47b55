/* outline.h: what the report for a terminal and the page for a browser both say: the order of
 * controls, which of them speak of root, the verdict, and where the time came from.
 *
 * Ownership: texts are static or appended to the caller's buffer; the order is the caller's array.
 * Threads:   pure functions.
 *
 * Example:   size_t *order = outline_order_new(posture);
 *            ... posture->controls[order[0]] is the worst ...
 *            mem_free(order); */
#ifndef REPORT_OUTLINE_H
#define REPORT_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/posture.h"
#include "report/report.h"

/* The first sentences of a section, the same in every format. */
extern const struct str outline_unknown_note, outline_gap_notes[];

/* Indexes of all controls: by severity, worst first, then in pack order. mem_free it. */
MUST_USE size_t *outline_order_new(const struct posture *posture);

/* Whether every sampled failure of the control is root's. */
bool outline_is_root(const struct posture *posture, size_t control_index);

/* Principals that were judged and are neither excepted nor not applicable. */
uint64_t outline_judged(const struct control_tally *tally);

uint64_t outline_count(const struct posture *posture, enum status status);

/* Failures at or above what --fail-on names; all failures when it is never. */
uint64_t outline_count_serious(const struct posture *posture, const struct report_options *options);

/* "option", "report", "clock", "mixed", or "none" when nothing was judged. */
struct str outline_as_of_source(const struct posture *posture);

/* "2026-11-22T00:30:00Z, when the report was made". */
void outline_as_of_write(struct buf *out, const struct posture *posture);

/* "made 3 hours before this audit; AWS makes a new one every 4 hours at most", and how many reports
 * say so if not all do; nothing when none does. */
void outline_age_write(struct buf *out, const struct posture *posture);

/* Why verdicts of a control are unknown: up to three reasons from its samples, "name: reason". */
void outline_reasons_write(struct buf *out, const struct control_tally *tally);

/* Whether all verdicts of a control wait for data that no credential report holds. */
bool outline_is_waiting(const struct control_tally *tally);

/* What to collect for a control's first unknown that waits for it: "a:B, c:D". */
void outline_missing_write(struct buf *out, const struct control_tally *tally);

/* Position of the first piece of evidence of that name, or evidence_count. */
size_t outline_evidence_find(const struct finding *finding, struct str name);

/* The names of all evidence of these findings, each once, in the order they first appear: columns
 * to show the values in. Returns their count, or 0 when they are more than `name_max`, when a
 * finding says something twice or when a name is not plain ASCII. */
size_t outline_evidence_names(struct str *names, size_t name_max, const struct finding *findings,
                              size_t count);

/* One sentence that says how it stands: "14 findings at or above high: 3 critical, 11 high." */
void outline_verdict_write(struct buf *out, const struct posture *posture,
                           const struct report_options *options);

/* "place:12:7: text" of an input error. */
void outline_error_write(struct buf *out, const struct err *err);

#endif
