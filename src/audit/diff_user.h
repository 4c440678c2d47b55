/* diff_user.h: one user (or root) of one side of a diff: what a report says, and how it was judged.
 *
 * Workers write each row and its findings as bytes (diff_row_write, diff_format); whoever merges
 * reads them back in order (diff_reader) as users. Kept, a user is one block of memory, about as
 * large as the row it came from.
 *
 * Ownership: the reader's user lives until the next one; diff_user_copy makes one that lives as
 *            long as its arena.
 * Threads:   the writers are pure; one thread per reader.
 *
 * Example:   config.row = diff_row_write;
 *            config.format = &diff_format;               // and in config.write:
 *            return diff_reader_feed(&reader, bytes, err); */
#ifndef AUDIT_DIFF_USER_H
#define AUDIT_DIFF_USER_H

#include "audit/engine.h"
#include "model/change.h"

enum diff_flag { DIFF_FALSE, DIFF_TRUE, DIFF_NONE /* N/A, of a slot */, DIFF_UNKNOWN };

enum { DIFF_KEYS = 2, DIFF_SLOTS = 4 }; /* two access keys, two certificates */

struct diff_slot {
    int64_t rotated, used; /* as in user_batch.h; a certificate has no `used` */
};

/* Plain facts of a row, as they go through the bytes. */
struct diff_facts {
    int64_t created, password_used, password_changed;
    struct diff_slot slots[DIFF_SLOTS];
    uint8_t active[DIFF_SLOTS]; /* enum diff_flag */
    uint8_t password, mfa;
    bool has_row; /* false: only findings are known, of the account or of a root without a row */
    bool is_root;
    uint32_t unknown; /* bit per column whose value is not known */
};

struct diff_account;

struct diff_user {
    struct diff_account *account;
    uint64_t hash;
    struct diff_facts facts;
    bool is_seen; /* on the other side, too */
    uint32_t name_n, path_n, findings_n;
    const uint8_t *statuses; /* of each control; STATUS_NOT_JUDGED */
    const char *text;        /* name, path, findings: one behind the other */
};

static inline struct str diff_user_name(const struct diff_user *user)
{
    return (struct str){user->text, user->name_n};
}

/* The path in the ARN, with its slashes; empty where there is none. */
static inline struct str diff_user_path(const struct diff_user *user)
{
    return (struct str){user->text + user->name_n, user->path_n};
}

/* Findings in the order of their controls: one for each status that is told. */
static inline struct str diff_user_findings(const struct diff_user *user)
{
    return (struct str){user->text + user->name_n + user->path_n, user->findings_n};
}

struct diff_finding {
    uint8_t status, severity, gap;
    struct str evidence; /* packed: change.h */
};

/* Fail, unknown and excepted are told; what passes or does not apply is not. */
bool diff_is_told(unsigned status);
/* Takes the next finding off diff_user_findings. */
struct diff_finding diff_finding_take(struct str *findings);

/* NULL when the arena is full. */
struct diff_user *diff_user_copy(struct arena *arena, const struct diff_user *user,
                                 size_t control_count);

/* ---- rows and findings as bytes ------------------------------------------------------------- */

extern const uint32_t diff_columns; /* that diff_row_write reads */
extern const struct report_format diff_format;
void diff_row_write(struct buf *out, const struct audit_row *row);

/* Names of evidence and their numbers. */
struct diff_names {
    struct str *items;
    int16_t *columns; /* of the report; -1: none */
    size_t count, capacity;
    uint32_t recent[256]; /* by hash: number + 1 */
    struct arena arena;
};

/* A user under construction. */
struct diff_builder {
    struct diff_user user;
    uint8_t *statuses;
    struct buf text, account;
    bool is_open;
    size_t control; /* of the last finding */
};

enum { DIFF_BUILDERS = 3 }; /* a row; findings of the account; findings of a root without a row */

struct diff_reader {
    const struct ruleset *rules;
    struct diff_names names;
    struct diff_builder builders[DIFF_BUILDERS];
    size_t findings_left; /* of the row at hand */
    /* Called for every user in order; a row without a user name is left out. False stops. */
    bool (*user)(void *shared, struct str account, const struct diff_user *user, struct err *err);
    void *shared;
};

void diff_reader_init(struct diff_reader *reader, const struct ruleset *rules);
void diff_reader_release(struct diff_reader *reader);
/* The bytes hold whole rows and findings. */
MUST_USE bool diff_reader_feed(struct diff_reader *reader, struct str bytes, struct err *err);
/* After the last bytes of a side. */
MUST_USE bool diff_reader_end(struct diff_reader *reader, struct err *err);

#endif
