#include "source/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/instant.h"
#include "codec/csv_rows.h"

enum { ACCOUNT_SIZE = 12 };

enum field { FIELD_ACCOUNT, FIELD_TIME, FIELD_EVENT_ID, FIELD_KIND, FIELD_MFA, FIELD_COUNT };

static const struct str field_names[FIELD_COUNT] = {
    STR_LIT("account"), STR_LIT("time"), STR_LIT("event_id"), STR_LIT("kind"), STR_LIT("mfa"),
};

/* Two seeds make 128 bits. Nobody gains from finding two alike: it is the user's own file. */
static const uint64_t id_seeds[2] = {UINT64_C(0x8f14e45fceea167a), UINT64_C(0xc9f0f895fb98ab91)};

struct reader {
    struct timeline *timeline;
    struct csv_rows rows;
    size_t column_count;
    size_t positions[FIELD_COUNT]; /* CSV_CELLS_MAX: no such column */
};

void timeline_release(struct timeline *timeline)
{
    mem_free(timeline->events);
    *timeline = (struct timeline){0};
}

/* ---- rows ----------------------------------------------------------------------------------- */

static struct str field_at(const struct reader *reader, enum field field)
{
    return csv_rows_cell(&reader->rows, reader->positions[field]);
}

static bool read_header(struct reader *reader, struct err *err)
{
    bool has_row = csv_rows_next(&reader->rows);

    for (size_t field = 0; field < FIELD_COUNT; field++) {
        reader->positions[field] = CSV_CELLS_MAX;
    }
    reader->column_count =
        has_row && reader->rows.cell_count <= CSV_CELLS_MAX ? reader->rows.cell_count : 0;
    for (size_t i = 0; i < reader->column_count; i++) {
        for (size_t field = 0; field < FIELD_COUNT; field++) {
            if (str_eq(csv_rows_cell(&reader->rows, i), field_names[field])) {
                reader->positions[field] = i;
            }
        }
    }
    for (size_t field = 0; field <= FIELD_KIND; field++) {
        if (reader->positions[field] == CSV_CELLS_MAX) {
            (void)err_set(err, ERR_INPUT, "there is no column '%.*s'", STR_ARG(field_names[field]));
            err_hint(err, "'keywarden trail scan --timeline FILE' writes a timeline");
            return false;
        }
    }
    return true;
}

static bool fail_cell(enum field field, struct str cell, struct err *err)
{
    return err_set(err, ERR_INPUT, "%.*s is '%.*s'", STR_ARG(field_names[field]),
                   STR_ARG(str_sub(cell, 0, 60)));
}

static bool read_event(const struct reader *reader, struct timeline_event *event, struct err *err)
{
    struct str account = field_at(reader, FIELD_ACCOUNT), id = field_at(reader, FIELD_EVENT_ID);
    struct str mfa = field_at(reader, FIELD_MFA);
    enum root_use_kind kind = ROOT_OTHER;

    if (account.n != ACCOUNT_SIZE || !str_to_u64(account, &event->account)) {
        return fail_cell(FIELD_ACCOUNT, account, err);
    }
    if (!instant_parse(field_at(reader, FIELD_TIME), &event->at)) {
        return fail_cell(FIELD_TIME, field_at(reader, FIELD_TIME), err);
    }
    if (!root_use_kind_read(field_at(reader, FIELD_KIND), &kind)) {
        return fail_cell(FIELD_KIND, field_at(reader, FIELD_KIND), err);
    }
    event->kind = (uint8_t)kind;
    event->mfa = str_eq(mfa, STR("yes"))  ? TIMELINE_MFA_YES
                 : str_eq(mfa, STR("no")) ? TIMELINE_MFA_NO
                                          : TIMELINE_MFA_UNKNOWN;
    for (size_t i = 0; id.n > 0 && i < 2; i++) {
        event->id[i] = hash_bytes(id_seeds[i], id);
    }
    return true;
}

static void event_add(struct timeline *timeline, const struct timeline_event *event)
{
    if (timeline->count == timeline->capacity) {
        timeline->capacity = timeline->capacity == 0 ? 1024 : timeline->capacity * 2;
        timeline->events =
            mem_resize(timeline->events, timeline->capacity * sizeof *timeline->events);
    }
    timeline->events[timeline->count++] = *event;
}

/* ---- order ---------------------------------------------------------------------------------- */

static int id_compare(const struct timeline_event *x, const struct timeline_event *y)
{
    return memcmp(x->id, y->id, sizeof x->id);
}

/* By account and event; of the copies of an event the earliest comes first. */
static int copy_compare(const void *a, const void *b)
{
    const struct timeline_event *x = a, *y = b;
    int order = (x->account > y->account) - (x->account < y->account);

    order = order != 0 ? order : id_compare(x, y);
    order = order != 0 ? order : (x->at > y->at) - (x->at < y->at);
    return order != 0 ? order : (int)x->kind - (int)y->kind;
}

static int time_compare(const void *a, const void *b)
{
    const struct timeline_event *x = a, *y = b;
    int order = (x->account > y->account) - (x->account < y->account);

    order = order != 0 ? order : (x->at > y->at) - (x->at < y->at);
    order = order != 0 ? order : (int)x->kind - (int)y->kind;
    return order != 0 ? order : id_compare(x, y);
}

static void leave_one(struct timeline *timeline)
{
    static const uint64_t none[2] = {0};
    size_t kept = 0;

    qsort(timeline->events, timeline->count, sizeof *timeline->events, copy_compare);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_event *event = &timeline->events[i];
        const struct timeline_event *last = kept == 0 ? NULL : &timeline->events[kept - 1];
        bool is_copy = last != NULL && last->account == event->account &&
                       id_compare(last, event) == 0 && memcmp(event->id, none, sizeof none) != 0;
        timeline->copies += is_copy;
        if (!is_copy) {
            timeline->events[kept++] = *event;
        }
    }
    timeline->count = kept;
}

bool timeline_read(struct timeline *timeline, struct str file, struct buf *text, struct err *err)
{
    struct reader reader = {.timeline = timeline};
    bool ok = true;

    *timeline = (struct timeline){0};
    csv_rows_init(&reader.rows, text->p, text->n);
    ok = read_header(&reader, err);
    while (ok && csv_rows_next(&reader.rows)) {
        struct timeline_event event = {0};
        ok = reader.rows.cell_count == reader.column_count
                 ? read_event(&reader, &event, err)
                 : err_set(err, ERR_INPUT, "this row has %zu cells where the header has %zu",
                           reader.rows.cell_count, reader.column_count);
        if (ok) {
            event_add(timeline, &event);
        }
    }
    if (!ok) {
        err_place(err, file, reader.rows.line, 0);
        timeline_release(timeline);
        return false;
    }
    if (timeline->count > 0) {
        leave_one(timeline);
        qsort(timeline->events, timeline->count, sizeof *timeline->events, time_compare);
    }
    return true;
}

const struct timeline_event *timeline_of(const struct timeline *timeline, uint64_t account,
                                         size_t *count)
{
    size_t low = 0, high = timeline->count, end = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (timeline->events[middle].account < account) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    end = low;
    while (end < timeline->count && timeline->events[end].account == account) {
        end++;
    }
    *count = end - low;
    return end > low ? &timeline->events[low] : NULL;
}
