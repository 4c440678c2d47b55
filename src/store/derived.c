#include "store/derived.h"

#include "store/states.h"

const struct derived_sql derived_sql[DERIVED_TABLE_COUNT] = {
    [DERIVED_ENTITIES] = {"entities", "INSERT INTO entities VALUES (?, ?, ?, ?, ?)",
                          "SELECT * FROM entities WHERE snapshot = ? ORDER BY kind, name"},
    [DERIVED_GAPS] = {"gaps", "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      "SELECT * FROM gaps WHERE snapshot = ? ORDER BY position"},
    [DERIVED_ORGANIZATIONS] = {"aws_organizations",
                               "INSERT INTO aws_organizations VALUES"
                               " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               "SELECT * FROM aws_organizations WHERE collection = ?"},
    [DERIVED_NODES] = {"aws_nodes", "INSERT INTO aws_nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "SELECT * FROM aws_nodes WHERE collection = ? ORDER BY node"},
    [DERIVED_POLICIES] = {"aws_policies", "INSERT INTO aws_policies VALUES (?, ?, ?, ?, ?, ?, ?)",
                          "SELECT * FROM aws_policies WHERE collection = ? ORDER BY policy"},
    [DERIVED_ATTACHMENTS] = {"aws_attachments", "INSERT INTO aws_attachments VALUES (?, ?, ?, ?)",
                             "SELECT * FROM aws_attachments WHERE collection = ?"
                             " ORDER BY policy, node"},
    [DERIVED_ADMINISTRATORS] = {"aws_administrators",
                                "INSERT INTO aws_administrators VALUES (?, ?, ?, ?)",
                                "SELECT * FROM aws_administrators WHERE collection = ?"
                                " ORDER BY account, service"},
};

/* ---- words ---------------------------------------------------------------------------------- */

static const struct str outcome_words[] = {
    [ANSWER_GIVEN] = STR_LIT("given"),
    [ANSWER_ABSENT] = STR_LIT("absent"),
    [ANSWER_DENIED] = STR_LIT("denied"),
    [ANSWER_FAILED] = STR_LIT("failed"),
};

struct str answer_outcome_word(enum answer_outcome outcome)
{
    return outcome_words[outcome];
}

bool answer_outcome_find(struct str word, enum answer_outcome *out)
{
    for (size_t i = 0; i < sizeof outcome_words / sizeof outcome_words[0]; i++) {
        if (str_eq(word, outcome_words[i])) {
            *out = (enum answer_outcome)i;
            return true;
        }
    }
    return false;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* A row that is being put together. */
struct row {
    struct arena *arena;
    struct derived_cell cells[DERIVED_CELLS_MAX];
    size_t count;
    bool is_full; /* the arena is */
};

static void put_int(struct row *row, int64_t number)
{
    row->cells[row->count++] = (struct derived_cell){.kind = COLUMN_INT, .number = number};
}

static void put_int_or_null(struct row *row, bool has, int64_t number)
{
    put_int(row, number);
    if (!has) {
        row->cells[row->count - 1] = (struct derived_cell){.kind = COLUMN_NULL};
    }
}

static void put_text(struct row *row, struct str text)
{
    struct derived_cell *cell = &row->cells[row->count++];

    *cell = (struct derived_cell){.kind = COLUMN_TEXT};
    row->is_full |= !state_text_clean(row->arena, text, &cell->text);
}

static bool give(struct row *row, enum derived_table table, const struct derived_sink *sink,
                 struct err *err)
{
    return row->is_full ? err_set(err, ERR_INPUT, "there is more than any account has")
                        : sink->row(sink->shared, table, row->cells, row->count, err);
}

/* ---- rows ----------------------------------------------------------------------------------- */

bool derived_inventory(struct arena *arena, int64_t snapshot, const struct inventory *inventory,
                       const struct derived_sink *sink, struct err *err)
{
    for (size_t i = 0; i < inventory->row_count; i++) {
        struct row row = {.arena = arena};
        put_int(&row, snapshot);
        put_text(&row, inventory->rows[i].kind);
        put_text(&row, inventory->rows[i].name);
        put_text(&row, inventory->rows[i].json);
        if (!give(&row, DERIVED_ENTITIES, sink, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < inventory->gap_count; i++) {
        const struct inventory_gap *gap = &inventory->gaps[i];
        struct row row = {.arena = arena};
        put_int(&row, snapshot);
        put_int(&row, (int64_t)i + 1);
        put_text(&row, gap->action);
        put_text(&row, gap->region);
        put_text(&row, gap->subject);
        put_text(&row, answer_outcome_word(gap->outcome));
        put_text(&row, gap->code);
        if (!give(&row, DERIVED_GAPS, sink, err)) {
            return false;
        }
    }
    return true;
}

static void put_known(struct row *row, enum organization_known known)
{
    put_int_or_null(row, known != ORGANIZATION_UNKNOWN, known == ORGANIZATION_YES);
}

static bool derive_facts(struct arena *arena, int64_t collection,
                         const struct organization *organization, const struct derived_sink *sink,
                         struct err *err)
{
    struct row row = {.arena = arena};

    put_int(&row, collection);
    put_text(&row, organization->id);
    put_text(&row, organization->arn);
    put_text(&row, organization->management_account);
    put_text(&row, organization->feature_set);
    put_known(&row, organization->credentials_management);
    put_known(&row, organization->root_sessions);
    put_int(&row, organization->is_complete[POLICY_SCP]);
    put_int(&row, organization->is_complete[POLICY_RCP]);
    return give(&row, DERIVED_ORGANIZATIONS, sink, err);
}

static bool derive_nodes(struct arena *arena, int64_t collection,
                         const struct organization *organization, const struct derived_sink *sink,
                         struct err *err)
{
    static const struct str kinds[] = {
        [NODE_ROOT] = STR_LIT("root"),
        [NODE_UNIT] = STR_LIT("unit"),
        [NODE_ACCOUNT] = STR_LIT("account"),
    };

    for (size_t i = 0; i < organization->node_count; i++) {
        const struct organization_node *node = &organization->nodes[i];
        struct row row = {.arena = arena};
        put_int(&row, collection);
        put_text(&row, node->id);
        put_text(&row, node->parent);
        put_text(&row, kinds[node->kind]);
        put_text(&row, node->name);
        put_text(&row, node->arn);
        put_text(&row, node->email);
        put_text(&row, node->status);
        put_int_or_null(&row, node->joined_at != 0, node->joined_at);
        if (!give(&row, DERIVED_NODES, sink, err)) {
            return false;
        }
    }
    return true;
}

static bool derive_policies(struct arena *arena, int64_t collection,
                            const struct organization *organization,
                            const struct derived_sink *sink, struct err *err)
{
    for (size_t i = 0; i < organization->policy_count; i++) {
        const struct organization_policy *policy = &organization->policies[i];
        struct row row = {.arena = arena};
        put_int(&row, collection);
        put_text(&row, policy->id);
        put_text(&row, policy->arn);
        put_text(&row, policy->kind == POLICY_SCP ? STR("SCP") : STR("RCP"));
        put_text(&row, policy->name);
        put_text(&row, policy->document);
        if (!give(&row, DERIVED_POLICIES, sink, err)) {
            return false;
        }
    }
    return true;
}

/* Pairs of texts. */
static bool derive_pair(struct arena *arena, int64_t collection, enum derived_table table,
                        struct str first, struct str second, const struct derived_sink *sink,
                        struct err *err)
{
    struct row row = {.arena = arena};

    put_int(&row, collection);
    put_text(&row, first);
    put_text(&row, second);
    return give(&row, table, sink, err);
}

bool derived_organization(struct arena *arena, int64_t collection,
                          const struct organization *organization, const struct derived_sink *sink,
                          struct err *err)
{
    bool ok = derive_facts(arena, collection, organization, sink, err) &&
              derive_nodes(arena, collection, organization, sink, err) &&
              derive_policies(arena, collection, organization, sink, err);

    for (size_t i = 0; ok && i < organization->attachment_count; i++) {
        ok =
            derive_pair(arena, collection, DERIVED_ATTACHMENTS, organization->attachments[i].policy,
                        organization->attachments[i].node, sink, err);
    }
    for (size_t i = 0; ok && i < organization->administrator_count; i++) {
        ok = derive_pair(arena, collection, DERIVED_ADMINISTRATORS,
                         organization->administrators[i].account,
                         organization->administrators[i].service, sink, err);
    }
    return ok;
}
