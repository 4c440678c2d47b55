/* root_use.h: what CloudTrail shows of an account's root user: kinds of events, by their names in a
 * timeline.
 *
 * Ownership: plain values.
 * Threads:   pure functions.
 *
 * Example:   enum root_use_kind kind;
 *            if (root_use_kind_read(STR("sign-in"), &kind)) { ... } */
#ifndef MODEL_ROOT_USE_H
#define MODEL_ROOT_USE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/str.h"

enum root_use_kind {
    ROOT_SIGN_IN,        /* to the console, and it succeeded */
    ROOT_FAILED_SIGN_IN, /* nobody used anything */
    ROOT_CONSOLE_CALL,   /* of a session: what somebody did who had signed in */
    ROOT_KEY_CALL,       /* signed with an access key */
    ROOT_OTHER,          /* about the root user, and no use: a password reset that was asked for */
    ROOT_USE_KIND_COUNT
};

/* "sign-in", "failed-sign-in", "console-call", "key-call", "other". */
struct str root_use_kind_name(enum root_use_kind kind);
MUST_USE bool root_use_kind_read(struct str name, enum root_use_kind *out);

#endif
