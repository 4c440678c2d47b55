/* accounts.h: accounts.csv: to whom an account belongs and how much it holds.
 *
 * Columns by name, in any order: account, and as far as they are there organization, iam_users,
 * rds, s3, ec2 and cloudtrail; others are passed over. An empty count is not known, which is not 0:
 * the class of such an account is known only where the other counts alone make it large.
 *
 * Ownership: the accounts own the text they were read from; what is found points into it.
 * Threads:   immutable once read.
 *
 * Example:   if (!accounts_read(&accounts, path, &text, &err)) { ... }
 *            const struct account_record *record = accounts_find(&accounts, account); */
#ifndef SOURCE_ACCOUNTS_H
#define SOURCE_ACCOUNTS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "model/asset.h"

struct account_record {
    struct str account; /* 12 digits */
    struct str organization;
    enum asset_class asset_class;
    uint32_t line;
};

struct accounts {
    struct buf text;
    struct account_record *records; /* by account */
    size_t count, capacity;
};

void accounts_release(struct accounts *accounts); /* a zeroed struct is fine */

/* Takes over the text, which is changed in place, also when it is wrong. Errors name `file`, line
 * and, in a row without quotes, the column. */
MUST_USE bool accounts_read(struct accounts *accounts, struct str file, struct buf *text,
                            struct err *err);

/* NULL when the account is not in the file. */
const struct account_record *accounts_find(const struct accounts *accounts, struct str account);

#endif
