#include "audit/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "os/system.h"

/* Past these, what is compared is no pair of reports any more. */
enum { TABLE_SIZE_MIN = 1024 };
static const size_t users_size_max = (size_t)64 << 30, texts_size_max = (size_t)16 << 30;

static const struct str side_names[DIFF_SIDES] = {STR_LIT("OLD"), STR_LIT("NEW")};

struct diff_account {
    struct str name;
    uint64_t hash;
    bool is_there[DIFF_SIDES];
    uint64_t users[DIFF_SIDES]; /* IAM users */
};

/* Everyone seen on either side, by account and name; findings about the account itself are those of
 * a user without a name. Tables are never more than half full. */
struct diff_users {
    struct arena arena;
    struct diff_user **slots;
    size_t size, count;
    struct diff_account **accounts;
    size_t account_size, account_count;
    struct diff_account *last; /* rows of an account stand together */
    uint64_t hash_seed;
};

/* One side at work. */
struct side_run {
    const struct diff_config *config;
    struct diff_result *result;
    enum diff_which which;
    struct str repeated_name, repeated_account; /* the first */
};

/* ---- users ---------------------------------------------------------------------------------- */

static struct diff_users *users_new(void)
{
    struct diff_users *users = mem_alloc(sizeof *users);

    users->hash_seed = system_random_u64();
    users->size = TABLE_SIZE_MIN;
    users->slots = mem_array(users->size, sizeof(struct diff_user *));
    users->account_size = TABLE_SIZE_MIN;
    users->accounts = mem_array(users->account_size, sizeof(struct diff_account *));
    arena_init(&users->arena, users_size_max);
    return users;
}

static void users_free(struct diff_users *users)
{
    if (users != NULL) {
        mem_free(users->slots);
        mem_free(users->accounts);
        arena_release(&users->arena);
        mem_free(users);
    }
}

static void users_grow(struct diff_users *users)
{
    size_t size = users->size * 2;
    struct diff_user **slots = mem_large(size, sizeof(struct diff_user *));

    for (size_t i = 0; i < users->size; i++) {
        struct diff_user *user = users->slots[i];
        if (user != NULL) {
            size_t at = user->hash & (size - 1);
            while (slots[at] != NULL) {
                at = (at + 1) & (size - 1);
            }
            slots[at] = user;
        }
    }
    mem_free(users->slots);
    users->slots = slots;
    users->size = size;
}

/* Where the user stands, or would. */
static struct diff_user **users_find(const struct diff_users *users, uint64_t hash,
                                     struct str account, struct str name)
{
    size_t at = hash & (users->size - 1);

    while (users->slots[at] != NULL) {
        const struct diff_user *user = users->slots[at];
        if (user->hash == hash && str_eq(diff_user_name(user), name) &&
            str_eq(user->account->name, account)) {
            break;
        }
        at = (at + 1) & (users->size - 1);
    }
    return &users->slots[at];
}

static bool too_large(struct err *err)
{
    (void)err_set(err, ERR_INPUT, "these reports have more users than can be held");
    err_hint(err, "compare them account by account");
    return false;
}

/* Adds a copy; `account` must be that of the user. */
static struct diff_user *users_add(struct diff_users *users, struct diff_user **slot,
                                   const struct diff_user *user, size_t control_count,
                                   struct diff_account *account, uint64_t hash)
{
    struct diff_user *copy = diff_user_copy(&users->arena, user, control_count);

    if (copy == NULL) {
        return NULL;
    }
    copy->account = account;
    copy->hash = hash;
    *slot = copy;
    users->count++;
    if (users->count * 2 > users->size) {
        users_grow(users);
    }
    return copy;
}

static struct diff_account **account_place(const struct diff_users *users, uint64_t hash,
                                           struct str name)
{
    size_t at = hash & (users->account_size - 1);

    while (users->accounts[at] != NULL && !str_eq(users->accounts[at]->name, name)) {
        at = (at + 1) & (users->account_size - 1);
    }
    return &users->accounts[at];
}

static void accounts_grow(struct diff_users *users)
{
    struct diff_account **old = users->accounts;
    size_t old_size = users->account_size;

    users->account_size *= 2;
    users->accounts = mem_large(users->account_size, sizeof(struct diff_account *));
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != NULL) {
            *account_place(users, old[i]->hash, old[i]->name) = old[i];
        }
    }
    mem_free(old);
}

/* The account's record, made when it first comes; NULL when there is no room. */
static struct diff_account *find_account(struct diff_users *users, struct str name)
{
    struct diff_account *account = users->last;
    uint64_t hash = 0;

    if (account != NULL && str_eq(account->name, name)) {
        return account;
    }
    hash = hash_bytes(users->hash_seed, name);
    struct diff_account **slot = account_place(users, hash, name);
    users->last = *slot;
    if (*slot != NULL) {
        return *slot;
    }
    account = arena_alloc(&users->arena, sizeof *account);
    if (account == NULL || !arena_str(&users->arena, name, &account->name)) {
        return NULL;
    }
    account->hash = hash;
    *slot = users->last = account;
    if (++users->account_count * 2 > users->account_size) {
        accounts_grow(users);
    }
    return account;
}

/* ---- one side ------------------------------------------------------------------------------- */

static void note_repeated(struct side_run *run, const struct diff_user *known)
{
    if (run->result->repeated[run->which]++ == 0) {
        run->repeated_name = diff_user_name(known);
        run->repeated_account = known->account->name;
    }
}

static void compare_known(struct side_run *run, struct diff_user *before,
                          const struct diff_user *after)
{
    struct diff_result *result = run->result;
    struct diff_list *list = &result->list;
    const struct ruleset *rules = run->config->rules;
    struct diff_pair pair = {before->account->name, diff_user_name(before), before->facts.is_root,
                             before, after};
    int64_t was = before->facts.created, is = after->facts.created;

    if (!pair.is_root && was >= TIME_FIRST && is >= TIME_FIRST && was != is) {
        /* The name is the same, the user is not: all the old one had is gone, all is new. */
        struct diff_pair old = pair, new = pair;
        struct change change = diff_change(&pair, KIND_USER, VERB_RECREATED);
        change.before = diff_time(was);
        change.after = diff_time(is);
        diff_list_add(list, &change);
        old.after = NULL;
        new.before = NULL;
        diff_credentials(list, &old);
        diff_credentials(list, &new);
        diff_findings(list, &old, STR("user recreated"), rules, &result->reader.names);
        diff_findings(list, &new, STR("user recreated"), rules, &result->reader.names);
        return;
    }
    if (before->facts.has_row && after->facts.has_row) {
        struct str from = diff_user_path(before), to = diff_user_path(after);
        if (from.n > 0 && to.n > 0 && !str_eq(from, to)) {
            struct change change = diff_change(&pair, KIND_USER, VERB_MOVED);
            change.before = diff_text(from);
            change.after = diff_text_copy(list, to);
            diff_list_add(list, &change);
        }
        diff_credentials(list, &pair);
    }
    result->diff.user_count += before->facts.has_row && after->facts.has_row && !pair.is_root;
    diff_findings(list, &pair,
                  before->facts.has_row == after->facts.has_row ? STR("status") : STR("root row"),
                  rules, &result->reader.names);
}

/* The user is on one side only. A root user is always there: only its row is missing. In an account
 * that is itself on one side only, nobody was created or deleted, as far as can be known. */
static void compare_single(struct diff_result *result, const struct ruleset *rules,
                           const struct diff_pair *pair, const struct diff_account *account)
{
    const struct diff_user *user = pair->before != NULL ? pair->before : pair->after;
    bool is_new = pair->before == NULL;
    struct str why = STR("status");

    if (!account->is_there[is_new ? DIFF_BEFORE : DIFF_AFTER]) {
        why = is_new ? STR("account joined") : STR("account left");
    } else if (pair->is_root) {
        why = STR("root row");
    } else if (user->facts.has_row) {
        struct change change = diff_change(pair, KIND_USER, is_new ? VERB_CREATED : VERB_DELETED);
        struct change_value created = diff_time(user->facts.created);
        why = is_new ? STR("user created") : STR("user deleted");
        *(is_new ? &change.after : &change.before) = created;
        diff_list_add(&result->list, &change);
        diff_credentials(&result->list, pair);
    }
    diff_findings(&result->list, pair, why, rules, &result->reader.names);
}

static bool take_before(struct side_run *run, struct diff_user **slot, const struct diff_user *user,
                        struct diff_account *account, uint64_t hash, struct err *err)
{
    return users_add(run->result->users, slot, user, run->config->rules->count, account, hash) !=
               NULL ||
           too_large(err);
}

static bool take_after(struct side_run *run, struct diff_user **slot, const struct diff_user *user,
                       struct diff_account *account, uint64_t hash, struct err *err)
{
    struct diff_user stub = *user;
    struct diff_user *known = *slot;

    if (known != NULL) {
        known->is_seen = true;
        compare_known(run, known, user);
        return true;
    }
    /* Only the name is kept, to know it when it comes again. */
    stub.path_n = stub.findings_n = 0;
    stub.is_seen = true;
    known = users_add(run->result->users, slot, &stub, 0, account, hash);
    if (known == NULL) {
        return too_large(err);
    }
    struct diff_pair pair = {account->name, diff_user_name(known), user->facts.is_root, NULL, user};
    compare_single(run->result, run->config->rules, &pair, account);
    return true;
}

static bool take_user(void *shared, struct str account_name, const struct diff_user *user,
                      struct err *err)
{
    struct side_run *run = shared;
    struct diff_users *users = run->result->users;
    struct diff_account *account = find_account(users, account_name);
    struct str name = diff_user_name(user);
    uint64_t hash = hash_bytes(hash_bytes(users->hash_seed, account_name), name);
    struct diff_user **slot = users_find(users, hash, account_name, name);

    if (account == NULL) {
        return too_large(err);
    }
    if (*slot != NULL && (run->which == DIFF_BEFORE || (*slot)->is_seen)) {
        note_repeated(run, *slot);
        return true;
    }
    account->is_there[run->which] = true;
    account->users[run->which] += user->facts.has_row && !user->facts.is_root;
    return (run->which == DIFF_BEFORE ? take_before : take_after)(run, slot, user, account, hash,
                                                                  err);
}

static bool take_bytes(void *shared, struct str bytes, struct err *err)
{
    struct side_run *run = shared;

    return diff_reader_feed(&run->result->reader, bytes, err);
}

static void tell(void *shared, enum audit_message kind, const struct err *err)
{
    const struct side_run *run = shared;

    run->config->message(run->config->shared, kind, err);
}

static void show_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    const struct side_run *run = shared;

    run->config->progress(run->config->shared, bytes, reports);
}

/* Rows left out are an error of the input, told once: there may be as many as there are rows. */
static void tell_repeated(struct side_run *run)
{
    uint64_t count = run->result->repeated[run->which];
    struct err err = {0};

    if (count == 0) {
        return;
    }
    (void)err_set(&err, ERR_INPUT,
                  "%llu row%s of %.*s repeat%s a user, such as '%.*s' of "
                  "account '%.*s'",
                  (unsigned long long)count, count == 1 ? "" : "s", STR_ARG(side_names[run->which]),
                  count == 1 ? "s" : "", STR_ARG(str_sub(run->repeated_name, 0, 80)),
                  STR_ARG(str_sub(run->repeated_account, 0, 12)));
    err_hint(&err, "each user's first row was compared; give one report of each account");
    posture_add_error(&run->result->postures[run->which], &err);
    tell(run, AUDIT_ERROR, &err);
}

static bool run_side(const struct diff_config *config, struct diff_result *result,
                     enum diff_which which, struct err *err)
{
    const struct diff_side_config *side = &config->sides[which];
    struct side_run run = {.config = config, .result = result, .which = which};
    struct audit_config audit = {
        .rules = config->rules,
        .exceptions = config->exceptions,
        .exceptions_go_on = which == DIFF_BEFORE,
        .paths = &side->path,
        .path_count = 1,
        .has_as_of = side->has_as_of,
        .as_of = side->as_of,
        .now = config->now,
        .jobs = config->jobs,
        .simd = config->simd,
        .format = &diff_format,
        .row = diff_row_write,
        .columns = diff_columns,
        .write = take_bytes,
        .message = tell,
        .progress = config->progress == NULL ? NULL : show_progress,
        .shared = &run,
    };

    if (config->exceptions != NULL) {
        exceptions_count_anew(config->exceptions);
    }
    result->reader.user = take_user;
    result->reader.shared = &run;
    if (!audit_run(&audit, &result->postures[which], err) ||
        !diff_reader_end(&result->reader, err)) {
        return false;
    }
    tell_repeated(&run);
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Who was there before and did not come again. */
static void compare_gone(const struct diff_config *config, struct diff_result *result)
{
    const struct diff_users *users = result->users;

    for (size_t i = 0; i < users->size; i++) {
        const struct diff_user *user = users->slots[i];
        if (user != NULL && !user->is_seen) {
            struct diff_pair pair = {user->account->name, diff_user_name(user), user->facts.is_root,
                                     user, NULL};
            compare_single(result, config->rules, &pair, user->account);
        }
    }
}

static void compare_accounts(struct diff_result *result)
{
    const struct diff_users *users = result->users;

    for (size_t i = 0; i < users->account_size; i++) {
        const struct diff_account *it = users->accounts[i];
        if (it == NULL) {
            continue;
        }
        bool is_new = !it->is_there[DIFF_BEFORE];
        struct change change = {.kind = KIND_ACCOUNT,
                                .verb = is_new ? VERB_JOINED : VERB_LEFT,
                                .account = it->name,
                                .item = diff_text(STR("users"))};
        struct change_value *count = is_new ? &change.after : &change.before;
        if (it->is_there[DIFF_BEFORE] && it->is_there[DIFF_AFTER]) {
            result->diff.account_count++;
            continue;
        }
        *count = (struct change_value){
            .type = SIDE_COUNT, .as.number = (int64_t)it->users[is_new ? DIFF_AFTER : DIFF_BEFORE]};
        diff_list_add(&result->list, &change);
    }
}

/* Sorts and counts; accounts are one behind the other then. */
static void finish(struct diff_result *result)
{
    struct diff *diff = &result->diff;
    uint64_t changed = 0;

    if (result->list.count > 0) {
        qsort(result->list.items, result->list.count, sizeof *result->list.items, change_compare);
    }
    diff->changes = result->list.items;
    diff->change_count = result->list.count;
    diff->names = result->reader.names.items;
    diff->before = &result->postures[DIFF_BEFORE];
    diff->after = &result->postures[DIFF_AFTER];
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        diff->counts[change->kind][change->verb]++;
        changed += (i == 0 || !str_eq(change->account, change[-1].account)) &&
                   change->kind != KIND_ACCOUNT;
    }
    diff->unchanged_account_count = diff->account_count - changed;
}

bool diff_run(const struct diff_config *config, struct diff_result *result, struct err *err)
{
    *result = (struct diff_result){.users = users_new()};
    diff_reader_init(&result->reader, config->rules);
    arena_init(&result->list.texts, texts_size_max);
    for (int i = 0; i < DIFF_SIDES; i++) {
        posture_init(&result->postures[i], config->rules->pointers, config->rules->count, 0);
    }
    if (!run_side(config, result, DIFF_BEFORE, err) || !run_side(config, result, DIFF_AFTER, err)) {
        return false;
    }
    compare_gone(config, result);
    compare_accounts(result);
    if (result->list.is_full) {
        return err_set(err, ERR_INPUT, "these reports differ in more than can be held");
    }
    finish(result);
    return true;
}

void diff_result_release(struct diff_result *result)
{
    users_free(result->users);
    diff_reader_release(&result->reader);
    mem_free(result->list.items);
    arena_release(&result->list.texts);
    for (int i = 0; i < DIFF_SIDES; i++) {
        posture_release(&result->postures[i]);
    }
    *result = (struct diff_result){0};
}
