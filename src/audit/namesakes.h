/* namesakes.h: the users of one report, and which of them a join by part of an ARN takes for one.
 *
 * Steampipe makes the ARN of a key of its user's name, without the user's path, and gives a key to
 * every user whose own ARN is LIKE a part of it. So bob is given the keys of bobby, a_b those of
 * aXb (an underscore stands for any character), a_ those of a (whose name is followed by a slash),
 * and a user with a path none at all (unless the path is another user's name, which is left aside).
 * Who is given what shows only at the end of a report; until then each user is kept, in some 80
 * bytes, up to NAMESAKES_MAX of them: an account may have 5,000.
 *
 * Ownership: owns copies of all it is given, for the report at hand.
 * Threads:   namesakes_row_write is pure; one thread per struct namesakes.
 *
 * Example:   config.row = namesakes_row_write;                  // and in config.write:
 *            namesakes_take(&namesakes, &bytes, rule_count);     // and at the end of a report:
 *            namesakes_sort(&namesakes);
 *            count = namesakes_keys(&namesakes, user, keys); */
#ifndef AUDIT_NAMESAKES_H
#define AUDIT_NAMESAKES_H

#include "audit/engine.h"

enum {
    NAMESAKES_MAX = 250000,
    NAMESAKE_KEYS_MAX = 8, /* that one user is given: enough for any rule that counts them */
};

struct namesake {
    uint32_t at; /* of its keys' ARN in `text` */
    uint16_t n;
    uint8_t active;       /* bit per slot with an active key */
    bool has_path;        /* its own ARN is another: no key is its own */
    uint8_t ours, theirs; /* statuses of the pair that is watched */
};

struct namesake_owner {
    struct str arn;
    size_t user;
};

struct namesakes {
    struct audit_pair pair; /* of rules: whose statuses are kept */
    struct buf text;
    struct namesake *users; /* as in the report */
    size_t count, capacity;
    struct namesake_owner *owners; /* users with an active key, by ARN; since namesakes_sort */
    size_t owner_count;
    bool is_full; /* some users of this report were not kept */
};

/* A key that a user is given: its own, or another's. */
struct namesake_key {
    size_t user;
    unsigned slot;
};

extern const uint32_t namesakes_columns; /* that namesakes_row_write reads */
void namesakes_row_write(struct buf *out, const struct audit_row *row);

void namesakes_init(struct namesakes *namesakes, struct audit_pair pair);
void namesakes_release(struct namesakes *namesakes);
void namesakes_clear(struct namesakes *namesakes); /* for the next report */

/* Takes one row off the front of the bytes. */
void namesakes_take(struct namesakes *namesakes, struct str *bytes, size_t rule_count);
void namesakes_sort(struct namesakes *namesakes);

struct str namesakes_arn(const struct namesakes *namesakes, size_t user);
/* The active keys that a user is given, its own first; 0 where none is another's. */
size_t namesakes_keys(const struct namesakes *namesakes, size_t user,
                      struct namesake_key keys[static NAMESAKE_KEYS_MAX]);

#endif
