/* Tells what the inventory makes of answers, for tests that compare it with another reader.
 *
 * usage: inventory_inventory_probe account|organization|assets ACCOUNT < answers.json
 *        answers: [{"action", "region", "subject", "page", "outcome", "code", "body"}, ...], where
 *        outcome is given, absent, denied or failed, and what is empty may be left out.
 * Prints one JSON object. Each row is read back as the entity it is; one that cannot be is an error
 * of ours, exit code 1. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/tree.h"
#include "inventory/inventory.h"
#include "inventory/organization.h"
#include "os/file.h"
#include "render/json.h"
#include "rule/value.h"
#include "support/answer_list.h"

enum { INPUT_MAX = 1 << 30, ANSWERS_MAX = 100000, ARENA_MAX = 1 << 30 };

static bool row_print(struct arena *scratch, struct json_writer *json, const struct entity_row *row)
{
    const struct schema_entity *entity = schema_entity_find(row->kind);
    struct value value;
    struct err err = {0};

    arena_reset(scratch);
    if (entity == NULL || !value_from_json(scratch, row->json, entity, &value, &err)) {
        fprintf(stderr, "%.*s %.*s: %s\n%.*s\n", STR_ARG(row->kind), STR_ARG(row->name), err.text,
                STR_ARG(row->json));
        return false;
    }
    json_open(json, '{');
    json_member_text(json, STR("kind"), row->kind);
    json_member_text(json, STR("name"), row->name);
    json_key(json, STR("entity"));
    buf_str(json->out, row->json);
    json->comma = true;
    json_close(json, '}');
    return true;
}

static bool inventory_print(struct json_writer *json, const struct inventory *inventory)
{
    struct arena scratch;
    bool ok = true;

    arena_init(&scratch, ARENA_MAX);
    json_key(json, STR("rows"));
    json_open(json, '[');
    for (size_t i = 0; i < inventory->row_count; i++) {
        ok = row_print(&scratch, json, &inventory->rows[i]) && ok;
    }
    json_close(json, ']');
    json_key(json, STR("gaps"));
    json_open(json, '[');
    for (size_t i = 0; i < inventory->gap_count; i++) {
        const struct inventory_gap *gap = &inventory->gaps[i];
        json_open(json, '{');
        json_member_text(json, STR("action"), gap->action);
        json_member_text(json, STR("subject"), gap->subject);
        json_member_text(json, STR("region"), gap->region);
        json_member_text(json, STR("code"), gap->code);
        json_member_text(json, STR("outcome"),
                         gap->outcome == ANSWER_DENIED ? STR("denied") : STR("failed"));
        json_close(json, '}');
    }
    json_close(json, ']');
    arena_release(&scratch);
    return ok;
}

static void count_print(struct json_writer *json, struct str key,
                        const struct inventory_count *count)
{
    json_key(json, key);
    if (count->is_known) {
        json_u64(json, count->count);
    } else {
        json_null(json);
    }
}

static bool assets_print(struct json_writer *json, const struct answer *answers, size_t count,
                         struct err *err)
{
    struct inventory_assets assets;

    if (!inventory_assets(answers, count, &assets, err)) {
        return false;
    }
    count_print(json, STR("iam_users"), &assets.iam_users);
    count_print(json, STR("rds"), &assets.rds);
    count_print(json, STR("s3"), &assets.s3);
    count_print(json, STR("ec2"), &assets.ec2);
    count_print(json, STR("cloudtrail"), &assets.cloudtrail);
    return true;
}

static void node_print(struct json_writer *json, const struct organization_node *node)
{
    json_open(json, '{');
    json_member_text(json, STR("id"), node->id);
    json_member_text(json, STR("parent"), node->parent);
    json_member_text(json, STR("name"), node->name);
    json_member_text(json, STR("arn"), node->arn);
    json_member_text(json, STR("email"), node->email);
    json_member_text(json, STR("status"), node->status);
    json_member_u64(json, STR("kind"), (uint64_t)node->kind);
    json_member_instant(json, STR("joined"), node->joined_at != 0, node->joined_at);
    json_close(json, '}');
}

static void organization_print(struct json_writer *json, const struct organization *organization)
{
    json_member_text(json, STR("id"), organization->id);
    json_key(json, STR("nodes"));
    json_open(json, '[');
    for (size_t i = 0; i < organization->node_count; i++) {
        node_print(json, &organization->nodes[i]);
    }
    json_close(json, ']');
    json_key(json, STR("policies"));
    json_open(json, '[');
    for (size_t i = 0; i < organization->policy_count; i++) {
        json_open(json, '[');
        json_text(json, organization->policies[i].id);
        json_u64(json, (uint64_t)organization->policies[i].kind);
        json_text(json, organization->policies[i].document);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_key(json, STR("attachments"));
    json_open(json, '[');
    for (size_t i = 0; i < organization->attachment_count; i++) {
        json_open(json, '[');
        json_text(json, organization->attachments[i].policy);
        json_text(json, organization->attachments[i].node);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_key(json, STR("complete"));
    json_open(json, '[');
    json_bool(json, organization->is_complete[POLICY_SCP]);
    json_bool(json, organization->is_complete[POLICY_RCP]);
    json_close(json, ']');
    json_key(json, STR("administrators"));
    json_open(json, '[');
    for (size_t i = 0; i < organization->administrator_count; i++) {
        json_open(json, '[');
        json_text(json, organization->administrators[i].account);
        json_text(json, organization->administrators[i].service);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static bool run(const char *what, struct str account, struct arena *arena,
                const struct answer *answers, size_t count, struct json_writer *json,
                struct err *err)
{
    struct organization organization;
    struct inventory inventory;

    if (strcmp(what, "assets") == 0) {
        return assets_print(json, answers, count, err);
    }
    if (strcmp(what, "account") == 0) {
        return inventory_read(arena, account, answers, count, &inventory, err) &&
               inventory_print(json, &inventory);
    }
    if (!organization_read(arena, answers, count, &organization, err) ||
        !organization_rows(arena, &organization, account, &inventory, err)) {
        return false;
    }
    organization_print(json, &organization);
    return inventory_print(json, &inventory);
}

int main(int argc, char **argv)
{
    static struct answer answers[ANSWERS_MAX];
    const struct tree *root = NULL;
    struct arena input_arena, arena;
    struct buf input, out;
    struct json_writer json = {.out = &out};
    struct err err = {0};
    bool ok = false;

    if (argc != 3) {
        return 2;
    }
    buf_init(&input, INPUT_MAX);
    buf_init(&out, INPUT_MAX);
    arena_init(&input_arena, ARENA_MAX);
    arena_init(&arena, ARENA_MAX);
    if (file_read_all(STR("-"), INPUT_MAX, &input, &err) &&
        tree_read_json(&input_arena, buf_text(&input), &root, &err)) {
        json_open(&json, '{');
        ok = run(argv[1], str_from(argv[2]), &arena, answers,
                 answer_list_read(root->first, answers, ANSWERS_MAX), &json, &err);
        json_close(&json, '}');
    }
    if (err.kind != ERR_NONE) {
        fprintf(stderr, "%s\n", err.text);
    }
    (void)fwrite(out.p, 1, out.n, stdout);
    arena_release(&arena);
    arena_release(&input_arena);
    buf_release(&input);
    buf_release(&out);
    return ok ? 0 : 1;
}
