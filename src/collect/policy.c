#include "collect/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/internal_policy.h"
#include "render/json.h"

enum { TEXT_SIZE_MAX = 1 << 20, ROLE_NAME_MAX = 64, ROLE_PATH_MAX = 512 };

#define TASK_POLICY "root-task/IAMAuditRootUserCredentials"

static const char *const form_names[] = {
    [POLICY_JSON] = "json",           [POLICY_ROLE] = "role",
    [POLICY_CALLER] = "caller",       [POLICY_CLOUDFORMATION] = "cloudformation",
    [POLICY_TERRAFORM] = "terraform",
};

bool policy_form_find(struct str name, enum policy_form *out)
{
    for (size_t i = 0; i < sizeof form_names / sizeof *form_names; i++) {
        if (str_eq(name, str_from(form_names[i]))) {
            *out = (enum policy_form)i;
            return true;
        }
    }
    return false;
}

/* ---- Statements ----------------------------------------------------------------------------- */

static bool is_alone(const struct collect_request *request)
{
    return !request->is_organization && request->account_count == 0;
}

static bool enters_accounts(const struct collect_request *request)
{
    return !is_alone(request) || request->entry.role.n > 0;
}

/* Whether the caller looks at its own account without a role. Whether a list names it is not known
 * before the caller is. */
static bool looks_at_own(const struct collect_request *request)
{
    return request->is_organization || !enters_accounts(request);
}

static int action_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct policy_statement *statement_add(struct policy_statements *statements, const char *sid)
{
    struct policy_statement *statement = &statements->items[statements->count++];

    *statement = (struct policy_statement){.sid = sid};
    return statement;
}

/* The permissions of all calls of those scopes that are asked for. */
static void actions_take(struct policy_statement *statement, const struct collect_request *request,
                         enum call_scope from, enum call_scope to)
{
    size_t count = 0;

    for (size_t i = 0; i < CALL_COUNT; i++) {
        const struct call *call = call_at((enum call_id)i);
        if (call->action[0] != '\0' && call->scope >= from && call->scope <= to &&
            call_is_asked(call, request->parts)) {
            statement->actions[statement->action_count++] = call->action;
        }
    }
    qsort(statement->actions, statement->action_count, sizeof *statement->actions, action_compare);
    for (size_t i = 0; i < statement->action_count; i++) {
        if (count == 0 || strcmp(statement->actions[count - 1], statement->actions[i]) != 0) {
            statement->actions[count++] = statement->actions[i];
        }
    }
    statement->action_count = count;
}

static void look_take(struct policy_statements *statements, const struct collect_request *request,
                      const char *sid)
{
    actions_take(statement_add(statements, sid), request, CALL_OF_ACCOUNT, CALL_OF_TOPIC);
}

/* ---- What may be entered -------------------------------------------------------------------- */

struct resources {
    struct str items[POLICY_RESOURCE_MAX];
    size_t count;
    bool is_full; /* there was one more */
};

static void role_add(struct resources *resources, struct arena *arena, const char *partition,
                     const char *account, struct str role)
{
    struct buf arn;

    buf_init(&arn, TEXT_SIZE_MAX);
    if (str_starts(role, STR("arn:"))) {
        buf_str(&arn, role);
    } else {
        buf_printf(&arn, "arn:%s:iam::%s:role/%.*s", partition, account, STR_ARG(role));
    }
    for (size_t i = 0; i < resources->count; i++) {
        if (str_eq(resources->items[i], buf_text(&arn))) {
            goto cleanup;
        }
    }
    resources->is_full |= resources->count == POLICY_RESOURCE_MAX ||
                          !arena_str(arena, buf_text(&arn), &resources->items[resources->count]);
    resources->count += !resources->is_full;
cleanup:
    buf_release(&arn);
}

/* Of an organization, which grows, the role in every account; of those in a list the role in each,
 * where they are few enough for a policy. */
static void roles_take(struct resources *resources, struct arena *arena,
                       const struct collect_request *request, const char *partition)
{
    struct str common = request->entry.role.n > 0 ? request->entry.role : STR(COLLECT_ROLE_DEFAULT);
    bool is_for_all = request->is_organization || request->account_count == 0;
    bool is_short = request->account_count < POLICY_RESOURCE_MAX;

    if (is_for_all) {
        role_add(resources, arena, partition, "*", common);
    }
    for (size_t i = 0; i < request->account_count; i++) {
        struct str role = request_entry(request, request->accounts[i].number, 0).role;
        char account[16];
        (void)snprintf(account, sizeof account, "%012llu",
                       (unsigned long long)request->accounts[i].number);
        if (!is_for_all || !str_eq(role, common)) {
            role_add(resources, arena, partition, is_short ? account : "*", role);
        }
    }
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void line(struct buf *out, unsigned indent, const char *text)
{
    buf_fill(out, ' ', indent);
    buf_str(out, str_from(text));
}

static void write_resources(struct buf *out, const struct policy_statement *statement,
                            unsigned indent)
{
    line(out, indent, "\"Resource\": ");
    if (statement->resource_count == 0) {
        buf_str(out, STR("\"*\""));
        return;
    }
    buf_str(out, STR("[\n"));
    for (size_t i = 0; i < statement->resource_count; i++) {
        buf_fill(out, ' ', indent + 2);
        json_string_write(out, statement->resources[i]);
        buf_str(out, i + 1 < statement->resource_count ? STR(",\n") : STR("\n"));
    }
    line(out, indent, "]");
}

static void write_statement(struct buf *out, const struct policy_statement *statement,
                            unsigned indent)
{
    line(out, indent, "{\n");
    buf_fill(out, ' ', indent + 2);
    buf_printf(out, "\"Sid\": \"%s\",\n", statement->sid);
    line(out, indent + 2, "\"Effect\": \"Allow\",\n");
    line(out, indent + 2, "\"Action\": [\n");
    for (size_t i = 0; i < statement->action_count; i++) {
        buf_fill(out, ' ', indent + 4);
        buf_printf(out, "\"%s\"%s\n", statement->actions[i],
                   i + 1 < statement->action_count ? "," : "");
    }
    line(out, indent + 2, "],\n");
    write_resources(out, statement, indent + 2);
    if (statement->task_policy != NULL) {
        buf_str(out, STR(",\n"));
        line(out, indent + 2, "\"Condition\": {\n");
        line(out, indent + 4, "\"StringEquals\": {\n");
        buf_fill(out, ' ', indent + 6);
        buf_printf(out, "\"sts:TaskPolicyArn\": \"%s\"\n", statement->task_policy);
        line(out, indent + 4, "}\n");
        line(out, indent + 2, "}");
    }
    buf_char(out, '\n');
    line(out, indent, "}");
}

/* Without a line end behind it. */
static void write_policy(struct buf *out, const struct policy_statements *statements,
                         unsigned indent)
{
    if (statements->count == 0) {
        buf_str(out, STR("null"));
        return;
    }
    buf_str(out, STR("{\n"));
    line(out, indent + 2, "\"Version\": \"2012-10-17\",\n");
    line(out, indent + 2, "\"Statement\": [\n");
    for (size_t i = 0; i < statements->count; i++) {
        write_statement(out, &statements->items[i], indent + 4);
        buf_str(out, i + 1 < statements->count ? STR(",\n") : STR("\n"));
    }
    line(out, indent + 2, "]\n");
    line(out, indent, "}");
}

/* ---- Forms ---------------------------------------------------------------------------------- */

/* The name, with its path, of the role that a template makes. */
static bool role_name(const struct collect_request *request, struct str *out, struct err *err)
{
    struct str role = request->entry.role, rest, head, last = {0};
    bool plain = true;

    if (str_starts(role, STR("arn:"))) {
        role = str_sub(role, str_find(role, '/') + 1, role.n);
    }
    if (role.n == 0 || str_eq(role, STR(COLLECT_ROLE_DEFAULT))) {
        (void)err_set(err, ERR_USAGE,
                      "AWS Organizations makes the role " COLLECT_ROLE_DEFAULT " itself");
        err_hint(err, "name a role of your own, as in '--role keywarden'");
        return false;
    }
    for (rest = role; rest.n > 0;) {
        (void)str_cut(&rest, '/', &head);
        last = head;
        plain = plain && head.n > 0;
    }
    for (size_t i = 0; i < role.n; i++) {
        char c = role.p[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || strchr("_+=,.@-/", c) != NULL);
    }
    if (!plain || last.n > ROLE_NAME_MAX || role.n > ROLE_PATH_MAX || str_ends(role, STR("/"))) {
        return err_set(err, ERR_USAGE, "'%.*s' is no name of a role",
                       (int)(role.n < 100 ? role.n : 100), role.p);
    }
    *out = role;
    return true;
}

static void caller_take(struct policy_statements *caller, struct resources *resources,
                        struct arena *arena, const struct collect_request *request,
                        const char *partition)
{
    static const struct str roots[] = {STR_LIT("arn:aws:iam::*:root"),
                                       STR_LIT("arn:aws-cn:iam::*:root"),
                                       STR_LIT("arn:aws-us-gov:iam::*:root")};
    static const char *const tasks[] = {"arn:aws:iam::aws:policy/" TASK_POLICY,
                                        "arn:aws-cn:iam::aws:policy/" TASK_POLICY,
                                        "arn:aws-us-gov:iam::aws:policy/" TASK_POLICY};
    struct policy_statement *statement = NULL;
    size_t at = strcmp(partition, "aws-cn") == 0 ? 1 : strcmp(partition, "aws-us-gov") == 0 ? 2 : 0;

    if (looks_at_own(request)) {
        look_take(caller, request, "LookAtOwnAccount");
    }
    if (request->is_organization) {
        actions_take(statement_add(caller, "LookAtOrganization"), request, CALL_OF_ORGANIZATION,
                     CALL_OF_ADMINISTRATOR);
    }
    if (enters_accounts(request)) {
        statement = statement_add(caller, "EnterAccounts");
        statement->actions[statement->action_count++] = call_at(CALL_ASSUME_ROLE)->action;
        roles_take(resources, arena, request, partition);
        statement->resources = resources->items;
        statement->resource_count = resources->count;
    }
    if (call_is_asked(call_at(CALL_ASSUME_ROOT), request->parts)) {
        statement = statement_add(caller, "LookAsRoot");
        statement->actions[statement->action_count++] = call_at(CALL_ASSUME_ROOT)->action;
        statement->resources = &roots[at];
        statement->resource_count = 1;
        statement->task_policy = tasks[at];
    }
}

static void write_both(struct buf *out, const struct policy_statements *role,
                       const struct policy_statements *caller)
{
    buf_str(out, STR("{\n  \"schema\": \"keywarden.policy/1\",\n  \"role\": "));
    write_policy(out, role, 2);
    buf_str(out, STR(",\n  \"caller\": "));
    write_policy(out, caller, 2);
    buf_str(out, STR("\n}"));
}

bool policy_write(struct buf *out, enum policy_form form, const struct collect_request *request,
                  const char *partition, struct err *err)
{
    struct policy_statements role = {0}, caller = {0};
    struct resources resources = {0};
    struct arena arena;
    struct str name = {0};
    bool ok = true;

    arena_init(&arena, TEXT_SIZE_MAX);
    if (enters_accounts(request)) {
        look_take(&role, request, "LookAtAccount");
    } else if (form != POLICY_JSON && form != POLICY_CALLER) {
        ok = err_set(err, ERR_USAGE, "no account is entered with a role");
        err_hint(err, "name them with --org or --accounts, or print the policy of the 'caller'");
    }
    caller_take(&caller, &resources, &arena, request, partition);
    if (resources.is_full) {
        ok = err_set(err, ERR_USAGE, "the accounts have more than %d roles: too many for a policy",
                     POLICY_RESOURCE_MAX);
    }
    switch (form) {
    case POLICY_JSON:
        write_both(out, &role, &caller);
        break;
    case POLICY_ROLE:
    case POLICY_CALLER:
        write_policy(out, form == POLICY_ROLE ? &role : &caller, 0);
        break;
    case POLICY_CLOUDFORMATION:
    case POLICY_TERRAFORM:
        ok = ok && role_name(request, &name, err);
        if (ok && form == POLICY_CLOUDFORMATION) {
            policy_write_cloudformation(out, &role.items[0], name);
        } else if (ok) {
            policy_write_terraform(out, &role.items[0], name);
        }
        break;
    }
    if (form <= POLICY_CALLER) {
        buf_char(out, '\n');
    }
    arena_release(&arena);
    return ok;
}
