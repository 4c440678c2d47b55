#include "collect/organization.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNITS_MAX = 20000, PATH_SIZE_MAX = 4096 };

/* Organizations takes few requests a second, and says nowhere how many. */
static const double first_rate = 5;

struct unit {
    struct str id, path;
};

struct walk {
    const struct discovery *discovery;
    struct asker *asker;
    struct aws_session session;
    struct gathered roots, policies, administrators;
    /* Units to look into; those before `at` were. */
    struct unit *units;
    size_t unit_count, unit_capacity;
    struct str path;   /* of the unit that is looked into now */
    uint64_t *numbers; /* of accounts that were handed out */
    size_t number_count, number_capacity, sorted_count;
    char organization[64];
    uint64_t management;
    bool is_tree_whole, is_list_whole;
};

static enum ask_end ask(struct walk *walk, struct ask *ask, enum call_id id, bool *ok,
                        struct err *err)
{
    enum ask_end end = ASK_STOPPED;

    ask->session = &walk->session;
    *ok = asker_ask(walk->asker, ask, id, &end, err);
    return end;
}

/* ---- The organization itself ---------------------------------------------------------------- */

static bool organization_look(void *context, const struct tree *result, struct err *err)
{
    struct walk *walk = context;
    const struct discovery *discovery = walk->discovery;
    struct str id = tree_text(result, "Organization.Id");

    (void)err;
    (void)snprintf(walk->organization, sizeof walk->organization, "%.*s",
                   (int)(id.n < 63 ? id.n : 63), id.n > 0 ? id.p : "");
    if (!account_number_read(tree_text(result, "Organization.MasterAccountId"),
                             &walk->management)) {
        walk->management = 0;
    }
    discovery->known(discovery->shared, str_from(walk->organization), walk->management);
    return true;
}

static bool is_refused_for(const struct walk *walk, const char *code)
{
    const struct answers *answers = &walk->asker->answers;

    return answers->count > 0 && str_eq(answers->items[answers->count - 1].code, str_from(code));
}

static bool ask_organization(struct walk *walk, struct err *err)
{
    struct ask describe = {.look = organization_look, .context = walk};
    bool ok = false;

    (void)ask(walk, &describe, CALL_DESCRIBE_ORGANIZATION, &ok, err);
    if (ok && is_refused_for(walk, "AWSOrganizationsNotInUseException")) {
        (void)err_set(err, ERR_REMOTE, "account %012" PRIu64 " is in no organization",
                      walk->discovery->collector->caller);
        err_hint(err, "leave out --org to collect this account alone");
        return false;
    }
    return ok;
}

/* ---- Accounts ------------------------------------------------------------------------------- */

static int number_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void account_found(struct walk *walk, const struct tree *account)
{
    const struct discovery *discovery = walk->discovery;
    struct found_account found = {.name = tree_text(account, "Name"),
                                  .unit = walk->path,
                                  .status = tree_text(account, "State")};

    if (found.status.n == 0) {
        found.status = tree_text(account, "Status");
    }
    found.is_active = found.status.n == 0 || str_eq(found.status, STR("ACTIVE"));
    if (!account_number_read(tree_text(account, "Id"), &found.number) ||
        (walk->sorted_count > 0 && bsearch(&found.number, walk->numbers, walk->sorted_count,
                                           sizeof found.number, number_compare) != NULL)) {
        return;
    }
    if (walk->number_count == walk->number_capacity) {
        walk->number_capacity = walk->number_capacity == 0 ? 64 : walk->number_capacity * 2;
        walk->numbers = mem_resize(walk->numbers, walk->number_capacity * sizeof *walk->numbers);
    }
    walk->numbers[walk->number_count++] = found.number;
    discovery->found(discovery->shared, &found);
}

static bool accounts_look(void *context, const struct tree *result, struct err *err)
{
    (void)err;
    for (const struct tree *account = tree_first(result, "Accounts"); account != NULL;
         account = account->next) {
        account_found(context, account);
    }
    return true;
}

/* ---- The tree ------------------------------------------------------------------------------- */

static bool unit_add(struct walk *walk, struct str id, struct str parent, struct str name,
                     struct err *err)
{
    struct arena *arena = &walk->asker->arena;
    struct unit unit = {0};
    struct buf path;
    bool ok = false;

    buf_init(&path, PATH_SIZE_MAX);
    buf_str(&path, str_eq(parent, STR("/")) ? STR("") : parent);
    buf_char(&path, '/');
    buf_str(&path, name);
    ok = walk->unit_count < UNITS_MAX && !path.overflowed && arena_str(arena, id, &unit.id) &&
         arena_str(arena, buf_text(&path), &unit.path);
    buf_release(&path);
    if (!ok) {
        return err_set(err, ERR_REMOTE, "the organization has too many units");
    }
    if (walk->unit_count == walk->unit_capacity) {
        walk->unit_capacity = walk->unit_capacity == 0 ? 16 : walk->unit_capacity * 2;
        walk->units = mem_resize(walk->units, walk->unit_capacity * sizeof *walk->units);
    }
    walk->units[walk->unit_count++] = unit;
    return true;
}

static bool units_look(void *context, const struct tree *result, struct err *err)
{
    struct walk *walk = context;

    for (const struct tree *unit = tree_first(result, "OrganizationalUnits"); unit != NULL;
         unit = unit->next) {
        if (!unit_add(walk, tree_text(unit, "Id"), walk->path, tree_text(unit, "Name"), err)) {
            return false;
        }
    }
    return true;
}

static bool ask_tree(struct walk *walk, struct err *err)
{
    struct gather gather = {walk->asker, &walk->roots, "Roots", "Id", NULL};
    struct ask roots = {.look = gather_page, .context = &gather};
    bool ok = false;

    walk->is_tree_whole = ask(walk, &roots, CALL_LIST_ROOTS, &ok, err) == ASK_GIVEN;
    for (size_t i = 0; ok && i < walk->roots.count; i++) {
        ok = unit_add(walk, walk->roots.items[i], STR("/"), STR(""), err);
    }
    for (size_t at = 0; ok && at < walk->unit_count; at++) {
        struct ask accounts = {
            .subject = walk->units[at].id, .look = accounts_look, .context = walk};
        struct ask units = {.subject = walk->units[at].id, .look = units_look, .context = walk};
        walk->path = walk->units[at].path;
        walk->is_tree_whole &= ask(walk, &accounts, CALL_LIST_UNIT_ACCOUNTS, &ok, err) == ASK_GIVEN;
        if (ok) {
            walk->is_tree_whole &= ask(walk, &units, CALL_LIST_UNITS, &ok, err) == ASK_GIVEN;
        }
    }
    walk->path = STR("");
    return ok;
}

static bool ask_accounts(struct walk *walk, struct err *err)
{
    struct ask accounts = {.look = accounts_look, .context = walk};
    bool ok = false;

    if (walk->number_count > 0) {
        qsort(walk->numbers, walk->number_count, sizeof *walk->numbers, number_compare);
    }
    walk->sorted_count = walk->number_count;
    walk->is_list_whole = ask(walk, &accounts, CALL_LIST_ACCOUNTS, &ok, err) == ASK_GIVEN;
    return ok;
}

/* ---- Policies and features ------------------------------------------------------------------ */

static bool ask_policies(struct walk *walk, struct err *err)
{
    static const struct str kinds[] = {STR_LIT("SERVICE_CONTROL_POLICY"),
                                       STR_LIT("RESOURCE_CONTROL_POLICY")};
    struct gather gather = {walk->asker, &walk->policies, "Policies", "Id", NULL};
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof kinds / sizeof *kinds; i++) {
        struct ask list = {.subject = kinds[i], .look = gather_page, .context = &gather};
        (void)ask(walk, &list, CALL_LIST_POLICIES, &ok, err);
    }
    for (size_t i = 0; ok && i < walk->policies.count; i++) {
        struct ask describe = {.subject = walk->policies.items[i]};
        struct ask targets = describe;
        (void)ask(walk, &describe, CALL_DESCRIBE_POLICY, &ok, err);
        if (ok) {
            (void)ask(walk, &targets, CALL_LIST_TARGETS, &ok, err);
        }
    }
    return ok;
}

static bool ask_rest(struct walk *walk, struct err *err)
{
    struct gather gather = {walk->asker, &walk->administrators, "DelegatedAdministrators", "Id",
                            NULL};
    struct ask list = {.look = gather_page, .context = &gather}, features = {0};
    bool ok = false;

    (void)ask(walk, &list, CALL_LIST_ADMINISTRATORS, &ok, err);
    for (size_t i = 0; ok && i < walk->administrators.count; i++) {
        struct ask services = {.subject = walk->administrators.items[i]};
        (void)ask(walk, &services, CALL_LIST_ADMINISTRATOR_SERVICES, &ok, err);
    }
    if (ok) {
        (void)ask(walk, &features, CALL_LIST_FEATURES, &ok, err);
    }
    return ok;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static bool accounts_are_whole(const struct walk *walk, struct err *err)
{
    const struct collector *collector = walk->discovery->collector;
    bool is_member = walk->management != 0 && walk->management != collector->caller;

    if ((walk->is_tree_whole || walk->is_list_whole) && walk->number_count > 0) {
        return true;
    }
    if (walk->number_count == 0 && is_member) {
        (void)err_set(err, ERR_REMOTE,
                      "account %012" PRIu64 " is a member of organization %s and may not list its "
                      "accounts",
                      collector->caller, walk->organization);
        err_hint(err,
                 "run this in the management account, %012" PRIu64
                 ", or as a delegated administrator",
                 walk->management);
        return false;
    }
    if (walk->asker->warning_count > 0) {
        *err = walk->asker->warnings[walk->asker->warning_count - 1].err;
        return false;
    }
    return err_set(err, ERR_REMOTE, "organizations ListAccounts: no account was listed");
}

bool organization_discover(const struct discovery *discovery, struct asker *asker, struct err *err)
{
    struct walk walk = {.discovery = discovery, .asker = asker};
    bool ok = false;

    aws_session_init(&walk.session, discovery->collector->client,
                     discovery->collector->credentials);
    aws_session_label(&walk.session, STR("caller"));
    throttle_begin(&walk.session.throttle, first_rate);
    ok = ask_organization(&walk, err) && ask_tree(&walk, err) && ask_accounts(&walk, err) &&
         accounts_are_whole(&walk, err) && ask_policies(&walk, err) && ask_rest(&walk, err);
    aws_session_release(&walk.session);
    gathered_release(&walk.roots);
    gathered_release(&walk.policies);
    gathered_release(&walk.administrators);
    mem_free(walk.units);
    mem_free(walk.numbers);
    return ok;
}
