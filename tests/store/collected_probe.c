/* Writes a collection into a store, as `keywarden collect` does, for tests.
 *
 * usage: store_collected_probe STORE < collection.json
 *        {"started_at": seconds, "arguments": "...", "organization": [answers],
 *         "accounts": [{"account", "name", "unit", "organization", "taken_at", "generated_at",
 *                       "report", "answers": [answers]}],
 *         "failed": [{"account", "error"}], "pending": ["account"]}
 *        answers: {"action", "region", "subject", "page", "outcome", "code", "body"}; what is empty
 *        may be left out.
 * Prints the id of the collection; what cannot be written is told, exit code 1. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/tree.h"
#include "os/file.h"
#include "store/collected.h"
#include "support/answer_list.h"

enum { INPUT_MAX = 1 << 30, ANSWERS_MAX = 100000, ARENA_MAX = 1 << 30 };

static struct answer answers[ANSWERS_MAX];

static uint64_t number_of(const struct tree *node, const char *name)
{
    uint64_t number = 0;

    return str_to_u64(tree_text(node, name), &number) ? number : 0;
}

static size_t answers_read(const struct tree *list)
{
    return list == NULL ? 0 : answer_list_read(list->first, answers, ANSWERS_MAX);
}

static bool write_account(struct collected_run *run, struct collected_packer *packer,
                          const struct tree *node, struct err *err)
{
    struct collected_packed *packed = NULL;
    struct collected_snapshot snapshot = {
        .account = number_of(node, "account"),
        .taken_at = (int64_t)number_of(node, "taken_at"),
        .report = tree_text(node, "report"),
        .has_generated_at = number_of(node, "generated_at") > 0,
        .generated_at = (int64_t)number_of(node, "generated_at"),
        .organization = tree_text(node, "organization"),
        .unit = tree_text(node, "unit"),
        .counts = {-1, -1, -1, -1, -1},
        .answers = answers,
        .answer_count = answers_read(tree_find(node, "answers")),
    };
    bool ok = collected_pack(packer, &snapshot, &packed, err) &&
              collected_account(run, packed, err) && collected_commit(run, err);

    collected_packed_free(packed);
    return ok;
}

static bool list_account(struct collected_run *run, const struct tree *node, uint64_t account,
                         struct err *err)
{
    struct collected_listing listing = {
        .account = account, .name = tree_text(node, "name"), .unit = tree_text(node, "unit")};

    return collected_accounts(run, &listing, 1, err);
}

static const struct tree *first_of(const struct tree *root, const char *name)
{
    const struct tree *list = tree_find(root, name);

    return list == NULL ? NULL : list->first;
}

static bool write_all(struct collected_run *run, struct collected_packer *packer,
                      const struct tree *root, struct err *err)
{
    size_t count = answers_read(tree_find(root, "organization"));
    bool ok = count == 0 || collected_organization(run, answers, count, err);

    for (const struct tree *node = first_of(root, "accounts"); ok && node != NULL;
         node = node->next) {
        ok = list_account(run, node, number_of(node, "account"), err) &&
             write_account(run, packer, node, err);
    }
    for (const struct tree *node = first_of(root, "failed"); ok && node != NULL;
         node = node->next) {
        struct err why = {0};
        (void)err_set(&why, ERR_INPUT, "%.*s", STR_ARG(tree_text(node, "error")));
        ok = list_account(run, node, number_of(node, "account"), err) &&
             collected_failed(run, number_of(node, "account"), &why, err);
    }
    for (const struct tree *node = first_of(root, "pending"); ok && node != NULL;
         node = node->next) {
        uint64_t account = 0;
        ok = str_to_u64(node->text, &account) && list_account(run, node, account, err);
    }
    return ok && collected_finish(run, (int64_t)number_of(root, "started_at") + 60, err);
}

int main(int argc, char **argv)
{
    struct collected_packer *packer = collected_packer_new();
    struct collected_run *run = NULL;
    struct collected_facts facts = {0};
    struct store *store = NULL;
    const struct tree *root = NULL;
    struct arena arena;
    struct buf input;
    struct err err = {0};
    bool ok = argc == 2;

    arena_init(&arena, ARENA_MAX);
    buf_init(&input, INPUT_MAX);
    ok = ok && file_read_all(STR("-"), INPUT_MAX, &input, &err) &&
         tree_read_json(&arena, buf_text(&input), &root, &err);
    if (ok) {
        facts = (struct collected_facts){(int64_t)number_of(root, "started_at"),
                                         tree_text(root, "arguments")};
    }
    ok = ok && store_open(&store, str_from(argv[1]), STORE_WRITE, &err) &&
         collected_begin(&run, store, &facts, &err) && write_all(run, packer, root, &err);
    if (ok) {
        printf("%" PRId64 "\n", collected_id(run));
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    collected_close(run);
    collected_packer_free(packer);
    store_close(store);
    buf_release(&input);
    arena_release(&arena);
    return ok ? 0 : 1;
}
