/* report_users.h: of which users of a credential report more must be asked.
 *
 * Only the few columns that decide it are looked at; the store reads the report itself.
 *
 * Ownership: names live in the arena.
 * Threads:   pure function.
 *
 * Example:   struct report_users users;
 *            if (!report_users_read(&arena, report, &users, &err)) { return false; } */
#ifndef COLLECT_REPORT_USERS_H
#define COLLECT_REPORT_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct report_user {
    struct str name;
    bool is_root;
    bool has_mfa;
    bool has_active_key;
    bool has_more_keys; /* than the two that the report has room for */
};

struct report_users {
    struct report_user *items;
    size_t count;
};

/* Errors (ERR_REMOTE): a text that is no credential report; a full arena. A column that is not
 * there reads as "no". */
MUST_USE bool report_users_read(struct arena *arena, struct str report, struct report_users *out,
                                struct err *err);

#endif
