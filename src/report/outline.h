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
extern const struct str outline_unknown_note, outline_accounts_note, outline_gap_notes[];

/* Indexes of all controls: by severity, worst first, then in pack order. mem_free it. */
MUST_USE size_t *outline_order_new(const struct posture *posture);

/* Whether every sampled failure of the control is root's. */
bool outline_is_root(const struct posture *posture, size_t control_index);

/* Principals that were judged and are neither excepted nor not applicable. */
uint64_t outline_judged(const struct control_tally *tally);

uint64_t outline_count(const struct posture *posture, enum status status);

/* Failures at or above what --fail-on names; all failures when it is never. */
uint64_t outline_count_serious(const struct posture *posture, const struct report_options *options);

/* "option", "report", "snapshot", "clock", "mixed", or "none" when nothing was judged. */
struct str outline_as_of_source(const struct posture *posture);

/* "2026-11-22T00:30:00Z, when the report was made". */
void outline_as_of_write(struct buf *out, const struct posture *posture);

/* "made 3 hours before this audit; AWS makes a new one every 4 hours at most", and how many reports
 * say so if not all do; nothing when none does. */
void outline_age_write(struct buf *out, const struct posture *posture);

/* "keywarden.db; snapshots taken 3 hours to 8 days before this audit", when reports were kept. */
void outline_archive_write(struct buf *out, const struct posture *posture);

/* Why verdicts of a control are unknown: up to three reasons from its samples, "name: reason". */
void outline_reasons_write(struct buf *out, const struct control_tally *tally);

/* Whether all verdicts of a control wait for data that no credential report holds. */
bool outline_is_waiting(const struct control_tally *tally);

/* How many controls wait so, if they are too many to stand among those that were judged; else 0. */
size_t outline_waiting(const struct posture *posture);

/* What to collect for a control's first unknown that waits for it: "a:B, c:D". */
void outline_missing_write(struct buf *out, const struct control_tally *tally);
/* Whether the account of some finding raises or lowers its severity. */
bool outline_has_shifted(const struct finding *findings, size_t count);
/* "critical", or "critical, raised: large account". */
void outline_severity_write(struct buf *out, const struct finding *finding);

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

/* A table of tiers: its heading, what its columns say of a tier, and the rows it has for root and
 * for users. */
struct outline_tiers {
    struct str capitals, heading;
    struct str first, beyond; /* "up to", "over": of the band before a tier and behind it */
    struct {
        enum tier_row_kind kind;
        struct str name;
    } rows[3];
    size_t row_count;
};
enum { OUTLINE_TIERS_COUNT = 2 };
extern const struct outline_tiers outline_tiers[OUTLINE_TIERS_COUNT];
extern const struct str outline_tier_who[TIER_WHO_COUNT];

/* "up to 90 d", "over 90 d", ...: the name of a band. */
void outline_band_write(struct buf *out, const struct outline_tiers *section,
                        const struct tiers *tiers, size_t band);
/* Credentials of which it is not known whether they are enabled, in a sentence; nothing when there
 * are none. */
void outline_tier_unknown_write(struct buf *out, const struct tiers *tiers);

/* Exceptions that have expired or cover nothing, and what is to be said of one. */
size_t outline_odd_exceptions(const struct posture *posture);
void outline_exception_write(struct buf *out, const struct exception_use *use);

/* "place:12:7: text" of an input error. */
void outline_error_write(struct buf *out, const struct err *err);

#endif
