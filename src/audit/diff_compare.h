/* diff_compare.h: two states of one user into changes: credentials, and findings.
 *
 * Only what is known on both sides is compared: a value that is missing, unreadable or not
 * supported on one side is never a change.
 *
 * Ownership: the list owns its changes and copies of what the `after` side says; what the `before`
 *            side and the pair's own texts say must live as long as the list.
 * Threads:   one thread at a time per list.
 *
 * Example:   struct diff_pair pair = {account, name, is_root, before, after};
 *            diff_credentials(&list, &pair);
 *            diff_findings(&list, &pair, STR("status"), rules, names); */
#ifndef AUDIT_DIFF_COMPARE_H
#define AUDIT_DIFF_COMPARE_H

#include "audit/diff_user.h"

struct diff_list {
    struct change *items;
    size_t count, capacity;
    struct arena texts;
    bool is_full; /* the texts were too large together: some changes are missing */
};

struct diff_pair {
    struct str account, name;
    bool is_root;
    const struct diff_user *before, *after; /* NULL: not there */
};

/* A change of the pair's user, without values. */
struct change diff_change(const struct diff_pair *pair, enum change_kind kind,
                          enum change_verb verb);
void diff_list_add(struct diff_list *list, const struct change *change);
/* The text must live as long as the list; diff_text_copy makes one that does. */
struct change_value diff_text(struct str text);
struct change_value diff_text_copy(struct diff_list *list, struct str text);
/* A time, or nothing where it is none. */
struct change_value diff_time(int64_t time);

/* Password, MFA, keys and certificates. Where one side is NULL, all that the other has was created,
 * or deleted. */
void diff_credentials(struct diff_list *list, const struct diff_pair *pair);

/* `why`: the reason where a finding is there on one side only. */
void diff_findings(struct diff_list *list, const struct diff_pair *pair, struct str why,
                   const struct ruleset *rules, const struct diff_names *names);

#endif
