/* accounts.h: accounts.csv: to whom an account belongs and how much it holds.
 *
 * Columns by name, in any order: account, and as far as they are there organization, unit (the path
 * of its organizational unit), standalone (true, false or empty: not known), iam_users, rds, s3,
 * ec2 and cloudtrail; others are passed over. An empty count is not known, which is not 0: the
 * class of such an account is known only where the other counts alone make it large.
 *
 * A fleet has a million accounts and few organizations: records are small and names stand once.
 *
 * Ownership: the accounts own their records and names until accounts_release.
 * Threads:   immutable once read.
 *
 * Example:   if (!accounts_read(&accounts, path, &text, &err)) { ... }
 *            const struct account_record *record = accounts_find(&accounts, account);
 *            struct str organization = accounts.names[record->organization]; */
#ifndef SOURCE_ACCOUNTS_H
#define SOURCE_ACCOUNTS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "model/asset.h"

enum account_standing {
    ACCOUNT_STANDING_UNKNOWN,
    ACCOUNT_STANDALONE, /* in no AWS organization */
    ACCOUNT_MEMBER,
};

/* The asset counts, in the order of their columns. */
enum { ACCOUNT_COUNTS = 5 };
#define ACCOUNT_COUNT_UNKNOWN UINT32_MAX

struct account_record {
    uint64_t number;                 /* the 12 digits */
    uint32_t organization, unit;     /* in `names`, whose first is the empty one: not known */
    uint32_t counts[ACCOUNT_COUNTS]; /* ACCOUNT_COUNT_UNKNOWN, or at most one less */
    uint32_t line;
    uint8_t asset_class; /* enum asset_class */
    uint8_t standing;    /* enum account_standing */
};

struct accounts {
    struct buf text;                /* while reading */
    struct account_record *records; /* by number */
    size_t count, capacity;
    struct str *names; /* organizations and units, each once */
    size_t name_count, name_capacity;
    uint32_t *name_slots; /* private: a hash table, 0 for empty */
    size_t slot_count;
    struct arena arena;
};

void accounts_release(struct accounts *accounts); /* a zeroed struct is fine */

/* Takes over the text, which is gone afterwards, also when it is wrong. Errors name `file`, line
 * and, in a row without quotes, the column. */
MUST_USE bool accounts_read(struct accounts *accounts, struct str file, struct buf *text,
                            struct err *err);

/* NULL when the account is not in the file. */
const struct account_record *accounts_find(const struct accounts *accounts, struct str account);
const struct account_record *accounts_find_number(const struct accounts *accounts, uint64_t number);

#endif
