#include "audit/exceptions.h"

#include <string.h>

#include "base/glob.h"

enum { EXCEPTIONS_SIZE_MAX = 256 << 20 };

void exceptions_init(struct exceptions *set)
{
    *set = (struct exceptions){0};
    arena_init(&set->arena, EXCEPTIONS_SIZE_MAX);
}

void exceptions_release(struct exceptions *set)
{
    arena_release(&set->arena);
    mem_free(set->rules);
    *set = (struct exceptions){0};
}

/* ---- controls ------------------------------------------------------------------------------- */

static bool matches_any(const struct str_list *patterns, struct str text)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (glob_match(patterns->items[i], text)) {
            return true;
        }
    }
    return false;
}

bool exceptions_bind(struct exceptions *set, const struct ruleset *rules, struct err *err)
{
    size_t words = (rules->count + 63) / 64;

    for (size_t i = 0; i < set->count; i++) {
        uint64_t *bits = arena_array(&set->arena, words, sizeof *bits);
        if (bits == NULL) {
            return err_set(err, ERR_INPUT, "the exceptions are too many for these rules");
        }
        for (size_t k = 0; k < rules->count; k++) {
            if (matches_any(&set->rules[i].controls, rules->controls[k].id)) {
                bits[k / 64] |= UINT64_C(1) << (k % 64);
            }
        }
        set->rules[i].control_bits = bits;
    }
    return true;
}

/* ---- principals ----------------------------------------------------------------------------- */

static struct str field_of(const struct row_principal *principal, enum scope_field field)
{
    switch (field) {
    case SCOPE_ARN:
        return principal->arn;
    case SCOPE_ACCOUNT:
        return principal->account;
    case SCOPE_USER:
        return principal->user;
    }
    return (struct str){0};
}

static bool fields_match(const struct scope *scope, const struct row_principal *principal)
{
    for (size_t i = 0; i < SCOPE_FIELD_COUNT; i++) {
        if (scope->fields[i].count > 0 &&
            !matches_any(&scope->fields[i], field_of(principal, (enum scope_field)i))) {
            return false;
        }
    }
    return true;
}

/* Reading lets no scope be deeper than SCOPE_DEPTH_MAX, which `depth` counts down from. */
static bool scope_matches(const struct scope *scope, const struct row_principal *principal,
                          unsigned depth)
{
    const struct scope_list *all = &scope->groups[SCOPE_AND], *any = &scope->groups[SCOPE_OR],
                            *none = &scope->groups[SCOPE_NOT];
    bool is_met = any->count == 0;

    if (depth == 0 || !fields_match(scope, principal)) {
        return false;
    }
    for (size_t i = 0; i < all->count; i++) {
        if (!scope_matches(&all->items[i], principal, depth - 1)) {
            return false;
        }
    }
    for (size_t i = 0; i < none->count; i++) {
        if (scope_matches(&none->items[i], principal, depth - 1)) {
            return false;
        }
    }
    for (size_t i = 0; i < any->count && !is_met; i++) {
        is_met = scope_matches(&any->items[i], principal, depth - 1);
    }
    return is_met;
}

/* Whether a principal of that account may be meant: false only when none can be. */
static bool scope_may_concern(const struct scope *scope, struct str account)
{
    const struct str_list *arns = &scope->fields[SCOPE_ARN];
    const struct str_list *accounts = &scope->fields[SCOPE_ACCOUNT];

    if (accounts->count > 0 && !matches_any(accounts, account)) {
        return false;
    }
    for (size_t i = 0; i < arns->count; i++) {
        struct str of_arn = arn_split(arns->items[i]).account;
        if (glob_is_pattern(arns->items[i]) || of_arn.n == 0 || str_eq(of_arn, account)) {
            return true;
        }
    }
    return arns->count == 0;
}

/* ---- matching ------------------------------------------------------------------------------- */

struct exception_scan {
    struct exceptions *set;
    uint32_t *near; /* those that may concern the account at hand, in order */
    size_t near_count;
    bool is_at_account;
    char account_text[64];
    struct str account;
};

struct exception_scan *exception_scan_new(struct exceptions *set)
{
    struct exception_scan *scan = mem_alloc(sizeof *scan);

    scan->set = set;
    scan->near = mem_array(set->count, sizeof *scan->near);
    return scan;
}

void exception_scan_free(struct exception_scan *scan)
{
    if (scan != NULL) {
        mem_free(scan->near);
        mem_free(scan);
    }
}

/* Rows of one account follow each other: what cannot concern it is left out once for all. */
static void scan_move(struct exception_scan *scan, struct str account)
{
    const struct exceptions *set = scan->set;

    if (scan->is_at_account && str_eq(scan->account, account)) {
        return;
    }
    scan->near_count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (scope_may_concern(&set->rules[i].scope, account)) {
            scan->near[scan->near_count++] = (uint32_t)i;
        }
    }
    scan->is_at_account = account.n <= sizeof scan->account_text;
    if (scan->is_at_account && account.n > 0) {
        memcpy(scan->account_text, account.p, account.n);
    }
    scan->account = (struct str){scan->account_text, scan->is_at_account ? account.n : 0};
}

static void set_flag(atomic_bool *flag)
{
    if (!atomic_load_explicit(flag, memory_order_relaxed)) {
        atomic_store_explicit(flag, true, memory_order_relaxed);
    }
}

static void count_match(struct exception_rule *found, struct exception_rule *first_expired)
{
    if (found != NULL) {
        atomic_fetch_add_explicit(&found->covered, 1, memory_order_relaxed);
    } else if (first_expired != NULL) {
        atomic_fetch_add_explicit(&first_expired->expired, 1, memory_order_relaxed);
    }
}

const struct exception *exceptions_match(struct exception_scan *scan, size_t control,
                                         const struct row_principal *principal, int64_t as_of,
                                         bool is_counted)
{
    struct exception_rule *found = NULL, *expired = NULL;

    scan_move(scan, principal->account);
    for (size_t i = 0; i < scan->near_count; i++) {
        struct exception_rule *rule = &scan->set->rules[scan->near[i]];
        bool is_expired = as_of >= rule->exception.expires;

        if ((rule->control_bits[control / 64] >> (control % 64) & 1) == 0 ||
            (found != NULL && atomic_load_explicit(&rule->is_used, memory_order_relaxed)) ||
            !scope_matches(&rule->scope, principal, SCOPE_DEPTH_MAX)) {
            continue;
        }
        if (found == NULL && !is_expired) {
            found = rule;
        } else if (expired == NULL && is_expired) {
            expired = rule;
        }
        if (is_counted) {
            set_flag(&rule->is_used);
        } else if (found != NULL) {
            break;
        }
    }
    if (is_counted) {
        count_match(found, expired);
    }
    return found == NULL ? NULL : &found->exception;
}

void exceptions_count_anew(struct exceptions *set)
{
    for (size_t i = 0; i < set->count; i++) {
        atomic_store(&set->rules[i].covered, 0);
        atomic_store(&set->rules[i].expired, 0);
    }
}

struct exception_use *exceptions_uses(const struct exceptions *set, int64_t as_of)
{
    struct exception_use *uses = mem_array(set->count, sizeof *uses);

    for (size_t i = 0; i < set->count; i++) {
        const struct exception_rule *rule = &set->rules[i];
        uses[i] = (struct exception_use){
            .exception = &rule->exception,
            .covered = atomic_load(&rule->covered),
            .expired = atomic_load(&rule->expired),
            .is_expired = atomic_load(&rule->expired) > 0 || as_of >= rule->exception.expires,
            .is_used = atomic_load(&rule->is_used),
        };
    }
    return uses;
}
