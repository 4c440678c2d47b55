#include "store/answers.h"

#include <string.h>

#include "base/buf.h"
#include "codec/zstd.h"
#include "store/derived.h"
#include "store/internal.h"
#include "store/statement.h"

/* One answer is a page of at most some megabytes; what is larger was not collected. */
enum { ANSWER_SIZE_MAX = 64 << 20 };

struct answers_reader {
    struct store *store;
    struct statement account, organization, entities, gaps;
    struct zstd *zstd;
    struct buf text;
};

#define ANSWER_COLUMNS                                                                             \
    "SELECT action, region, subject, page, outcome, code, size, zstd FROM raw_answers WHERE "

bool answers_open(struct answers_reader **out, struct store *store, struct err *err)
{
    struct answers_reader *reader = mem_alloc(sizeof *reader);

    reader->store = store;
    reader->zstd = zstd_new();
    buf_init(&reader->text, ANSWER_SIZE_MAX + 16);
    if (!statement_prepare(&reader->account, store, STR(""),
                           ANSWER_COLUMNS "snapshot = ? ORDER BY id", err) ||
        !statement_prepare(&reader->organization, store, STR(""),
                           ANSWER_COLUMNS "collection = ? AND snapshot IS NULL ORDER BY id", err) ||
        !statement_prepare(&reader->entities, store, STR(""), derived_sql[DERIVED_ENTITIES].select,
                           err) ||
        !statement_prepare(&reader->gaps, store, STR(""), derived_sql[DERIVED_GAPS].select, err)) {
        answers_close(reader);
        return false;
    }
    *out = reader;
    return true;
}

void answers_close(struct answers_reader *reader)
{
    if (reader != NULL) {
        statement_release(&reader->account);
        statement_release(&reader->organization);
        statement_release(&reader->entities);
        statement_release(&reader->gaps);
        zstd_free(reader->zstd);
        buf_release(&reader->text);
        mem_free(reader);
    }
}

static bool fail_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the answers of this account are too large");
}

static bool read_answer(struct answers_reader *reader, const struct statement *row,
                        struct arena *arena, struct answer *out, struct err *err)
{
    struct err failure = {0};

    buf_clear(&reader->text);
    if (!zstd_decompress(reader->zstd, column_bytes(row, 7), &reader->text, &failure) ||
        (int64_t)reader->text.n != column_int(row, 6) ||
        !answer_outcome_find(column_bytes(row, 4), &out->outcome)) {
        (void)err_set(err, ERR_STORE, "an answer of %.*s is damaged",
                      STR_ARG(column_bytes(row, 0)));
        err_hint(err, "'keywarden store verify' says what else is");
        return false;
    }
    out->page = (uint32_t)column_int(row, 3);
    return (arena_str(arena, column_bytes(row, 0), &out->action) &&
            arena_str(arena, column_bytes(row, 1), &out->region) &&
            arena_str(arena, column_bytes(row, 2), &out->subject) &&
            arena_str(arena, column_bytes(row, 5), &out->code) &&
            arena_str(arena, buf_text(&reader->text), &out->body)) ||
           fail_large(err);
}

/* An array in an arena that grows: what it outgrew stays behind, which is at most as much again.
 * NULL when the arena is full. */
static void *array_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
                        size_t size)
{
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    char *grown = NULL;

    if (items != NULL && count < *capacity) {
        return items;
    }
    grown = arena_array(arena, wanted, size);
    if (grown != NULL && items != NULL) {
        memcpy(grown, items, count * size);
    }
    *capacity = wanted;
    return grown;
}

static bool read_answers(struct answers_reader *reader, struct statement *find, int64_t key,
                         struct arena *arena, struct answer **answers, size_t *count,
                         struct err *err)
{
    struct answer *items = NULL;
    size_t capacity = 0;
    bool ok = true;

    *count = 0;
    statement_begin(find);
    statement_int(find, key);
    while (ok && statement_next(find, err)) {
        items = array_grow(arena, items, *count, &capacity, sizeof *items);
        ok = items == NULL ? fail_large(err)
                           : read_answer(reader, find, arena, &items[(*count)++], err);
    }
    *answers = items;
    statement_begin(find);
    if (err->kind != ERR_NONE) {
        err_place(err, reader->store->path, 0, 0);
    }
    return ok && err->kind == ERR_NONE;
}

bool answers_read_account(struct answers_reader *reader, int64_t snapshot, struct arena *arena,
                          struct answer **answers, size_t *count, struct err *err)
{
    return read_answers(reader, &reader->account, snapshot, arena, answers, count, err);
}

bool answers_read_organization(struct answers_reader *reader, int64_t collection,
                               struct arena *arena, struct answer **answers, size_t *count,
                               struct err *err)
{
    return read_answers(reader, &reader->organization, collection, arena, answers, count, err);
}

static bool read_entities(struct answers_reader *reader, struct arena *arena, struct inventory *out,
                          struct err *err)
{
    struct statement *row = &reader->entities;
    size_t capacity = 0;

    while (statement_next(row, err)) {
        out->rows = array_grow(arena, out->rows, out->row_count, &capacity, sizeof *out->rows);
        if (out->rows == NULL) {
            return fail_large(err);
        }
        struct entity_row *entity = &out->rows[out->row_count++];
        if (!arena_str(arena, column_bytes(row, 1), &entity->kind) ||
            !arena_str(arena, column_bytes(row, 2), &entity->name) ||
            !arena_str(arena, column_bytes(row, 3), &entity->json)) {
            return fail_large(err);
        }
    }
    return err->kind == ERR_NONE;
}

static bool read_gaps(struct answers_reader *reader, struct arena *arena, struct inventory *out,
                      struct err *err)
{
    struct statement *row = &reader->gaps;
    size_t capacity = 0;

    while (statement_next(row, err)) {
        out->gaps = array_grow(arena, out->gaps, out->gap_count, &capacity, sizeof *out->gaps);
        if (out->gaps == NULL) {
            return fail_large(err);
        }
        struct inventory_gap *gap = &out->gaps[out->gap_count++];
        if (!answer_outcome_find(column_bytes(row, 5), &gap->outcome)) {
            return err_set(err, ERR_STORE, "what was not answered cannot be read");
        }
        if (!arena_str(arena, column_bytes(row, 2), &gap->action) ||
            !arena_str(arena, column_bytes(row, 3), &gap->region) ||
            !arena_str(arena, column_bytes(row, 4), &gap->subject) ||
            !arena_str(arena, column_bytes(row, 6), &gap->code)) {
            return fail_large(err);
        }
    }
    return err->kind == ERR_NONE;
}

bool answers_read_inventory(struct answers_reader *reader, int64_t snapshot, struct arena *arena,
                            struct inventory *out, struct err *err)
{
    bool ok = false;

    *out = (struct inventory){0};
    statement_begin(&reader->entities);
    statement_int(&reader->entities, snapshot);
    statement_begin(&reader->gaps);
    statement_int(&reader->gaps, snapshot);
    ok = read_entities(reader, arena, out, err) && read_gaps(reader, arena, out, err);
    statement_begin(&reader->entities);
    statement_begin(&reader->gaps);
    if (!ok) {
        err_place(err, reader->store->path, 0, 0);
    }
    return ok;
}
