/* change.h: what differs between two sets of reports: accounts, findings, users and credentials.
 *
 * A change says what happened to what, and what stood there before and after. Evidence of findings
 * is held packed, since a million of them may come: booleans and times in one form whatever the
 * report wrote, names as numbers.
 *
 * Ownership: a change borrows its texts; the diff that it is part of says whose they are.
 * Threads:   plain values; pure functions.
 *
 * Example:   while (change_evidence_take(&packed, &evidence)) {
 *                buf_str(&out, diff->names[evidence.name]);
 *                change_evidence_write(&out, &evidence); } */
#ifndef MODEL_CHANGE_H
#define MODEL_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/control.h"
#include "model/finding.h"
#include "model/posture.h"

/* In the order in which changes of an account are shown. */
enum change_kind {
    KIND_ACCOUNT,
    KIND_FINDING,
    KIND_USER,
    KIND_PASSWORD,
    KIND_MFA,
    KIND_ACCESS_KEY,
    KIND_CERTIFICATE,
};
enum { KIND_COUNT = 7 };

enum change_verb {
    VERB_JOINED, /* accounts */
    VERB_LEFT,
    VERB_NEW, /* findings */
    VERB_CHANGED,
    VERB_CLOSED,
    VERB_DELETED, /* users and credentials */
    VERB_RECREATED,
    VERB_CREATED,
    VERB_MOVED,
    VERB_ENABLED,
    VERB_DISABLED,
    VERB_ACTIVATED,
    VERB_DEACTIVATED,
    VERB_USED,
};
enum { VERB_COUNT = 14 };

struct str change_kind_name(enum change_kind kind); /* "access-key" */
struct str change_verb_name(enum change_verb verb); /* "created" */

enum change_side {
    SIDE_NONE, /* there is none, or it is not known */
    SIDE_TEXT,
    SIDE_TIME,
    SIDE_COUNT,
    SIDE_FLAG,
    SIDE_FINDING,
};

/* What stood there on one side. */
struct change_value {
    uint8_t type;        /* enum change_side */
    uint8_t status;      /* of a finding: enum status */
    uint8_t gap;         /* of a finding: enum gap */
    bool shows_evidence; /* of a finding: the evidence is what changed */
    uint32_t n;          /* bytes of text */
    union {
        int64_t number;   /* seconds since 1970, a count, 0 or 1 */
        const char *text; /* a text; of a finding: its evidence, packed */
    } as;
};

static inline struct str change_value_text(const struct change_value *value)
{
    return (struct str){value->as.text, value->n};
}

struct change {
    uint8_t kind;     /* enum change_kind */
    uint8_t verb;     /* enum change_verb */
    uint8_t severity; /* of a finding */
    bool is_root;
    const struct control *control; /* of a finding; else NULL */
    struct str account, user;
    struct change_value item; /* which one, or why: docs/diff.md */
    struct change_value before, after;
};

/* The order in which changes are shown: by account; in one, what happened to it, new findings,
 * changed ones, closed ones, each worst first, then users and their credentials, root first. Total:
 * changes that are neither before nor behind each other are equal. For qsort. */
int change_compare(const void *a, const void *b);

/* A failure that was none before, or at least was not told as one. */
bool change_is_failure(const struct change *change);
/* The same of an unknown. */
bool change_is_unknown(const struct change *change);

/* Everything that differs, and what it is out of. */
struct diff {
    struct change *changes; /* in order */
    size_t change_count;
    uint64_t counts[KIND_COUNT][VERB_COUNT];
    const struct str *names; /* of evidence, by number */
    uint64_t account_count;  /* on both sides */
    uint64_t user_count;     /* IAM users on both sides */
    uint64_t unchanged_account_count;
    const struct posture *before, *after; /* of each side: what was read, and as of when */
};

/* ---- packed evidence ------------------------------------------------------------------------ */

enum change_evidence_type { EVIDENCE_FALSE, EVIDENCE_TRUE, EVIDENCE_TIME, EVIDENCE_TEXT };

struct change_evidence {
    uint32_t name;
    uint8_t type; /* enum change_evidence_type */
    uint8_t gap;  /* enum gap */
    int64_t time;
    struct str text;
};

/* Reads what a report wrote; `name` is the number of evidence->name. */
struct change_evidence change_evidence_of(const struct evidence *evidence, uint32_t name);
void change_evidence_put(struct buf *packed, const struct change_evidence *evidence);
/* Takes one off the front; false when none is left. The text points into the packed bytes. */
bool change_evidence_take(struct str *packed, struct change_evidence *out);
/* The value as text. */
void change_evidence_write(struct buf *out, const struct change_evidence *evidence);

/* What the column of a table says: a time, a count, a flag, a text, the status of a finding and,
 * where that is what changed, "fail: name=value; name=value". Nothing for SIDE_NONE. */
void change_value_write(struct buf *out, const struct diff *diff, const struct change_value *value);
/* "name=value; name=value" of a finding. */
void change_evidence_list(struct buf *out, const struct diff *diff,
                          const struct change_value *value);

#endif
