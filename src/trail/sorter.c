#include "trail/sorter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    RUNS_AT_ONCE = 64,
    WINDOW_SIZE = 64 << 10,
    RECORD_SIZE_MAX = 1 << 30,
    COUNT_MIN = 64,
};

/* The first bytes, as a number whose order is that of the bytes: they decide nearly always. */
struct sorter_item {
    uint64_t prefix;
    size_t offset, n; /* in the text */
};

struct sorter_run {
    uint64_t offset, size;
};

struct sorter_head {
    uint64_t offset, end; /* of what has not been read yet */
    struct buf window;
    size_t at; /* of the record, in the window */
    struct str record;
};

static uint64_t prefix_of(struct str record)
{
    uint64_t prefix = 0;

    for (size_t i = 0; i < sizeof prefix; i++) {
        prefix = prefix << 8 | (i < record.n ? (unsigned char)record.p[i] : 0U);
    }
    return prefix;
}

static struct str item_record(const struct sorter *sorter, const struct sorter_item *item)
{
    return (struct str){sorter->text.p + item->offset, item->n};
}

static int item_compare(const void *x, const void *y, void *shared)
{
    const struct sorter_item *a = x, *b = y;

    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    return str_cmp(item_record(shared, a), item_record(shared, b));
}

void sorter_init(struct sorter *sorter, size_t memory_max)
{
    *sorter = (struct sorter){.memory_max = memory_max};
    buf_init(&sorter->text, SIZE_MAX / 4);
}

static void heads_release(struct sorter *sorter)
{
    for (size_t i = 0; i < sorter->head_count; i++) {
        buf_release(&sorter->heads[i].window);
    }
    mem_free(sorter->heads);
    mem_free(sorter->heap);
    sorter->heads = NULL;
    sorter->heap = NULL;
    sorter->head_count = 0;
    sorter->heap_count = 0;
    sorter->has_taken = false;
}

void sorter_release(struct sorter *sorter)
{
    heads_release(sorter);
    buf_release(&sorter->text);
    mem_free(sorter->items);
    mem_free(sorter->runs);
    scratch_close(&sorter->file);
    *sorter = (struct sorter){0};
}

uint64_t sorter_spilled(const struct sorter *sorter)
{
    return sorter->file.size;
}

/* ---- in memory ------------------------------------------------------------------------------ */

/* Sorts what is in memory and leaves each record once. */
static void sort_items(struct sorter *sorter)
{
    size_t kept = 0;

    if (sorter->count > 1) {
        qsort_r(sorter->items, sorter->count, sizeof *sorter->items, item_compare, sorter);
    }
    for (size_t i = 0; i < sorter->count; i++) {
        if (kept == 0 || item_compare(&sorter->items[kept - 1], &sorter->items[i], sorter) != 0) {
            sorter->items[kept++] = sorter->items[i];
        }
    }
    sorter->count = kept;
}

static void run_note(struct sorter *sorter, uint64_t offset)
{
    if (sorter->run_count == sorter->run_capacity) {
        sorter->run_capacity = sorter->run_capacity == 0 ? 16 : sorter->run_capacity * 2;
        sorter->runs = mem_resize(sorter->runs, sorter->run_capacity * sizeof *sorter->runs);
    }
    sorter->runs[sorter->run_count++] = (struct sorter_run){offset, sorter->file.size - offset};
}

/* Appends a record, behind its length, to what is about to go to disk. */
static bool run_add(struct sorter *sorter, struct buf *out, struct str record, struct err *err)
{
    uint32_t size = (uint32_t)record.n;

    buf_bytes(out, &size, sizeof size);
    buf_str(out, record);
    if (out->n < WINDOW_SIZE) {
        return true;
    }
    bool ok = scratch_add(&sorter->file, buf_text(out), err);
    buf_clear(out);
    return ok;
}

static bool set_aside(struct sorter *sorter, struct err *err)
{
    uint64_t offset = sorter->file.size;
    struct buf out;
    bool ok = true;

    buf_init(&out, SIZE_MAX / 4);
    sort_items(sorter);
    for (size_t i = 0; ok && i < sorter->count; i++) {
        ok = run_add(sorter, &out, item_record(sorter, &sorter->items[i]), err);
    }
    ok = ok && scratch_add(&sorter->file, buf_text(&out), err);
    buf_release(&out);
    run_note(sorter, offset);
    sorter->count = 0;
    buf_clear(&sorter->text);
    return ok;
}

bool sorter_add(struct sorter *sorter, struct str record, struct err *err)
{
    /* Sorting takes as much again as the items. */
    size_t size = sorter->text.n + record.n + 2 * (sorter->count + 1) * sizeof *sorter->items;

    assert(sorter->heads == NULL);
    if (record.n > RECORD_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "a record is larger than %d MiB", RECORD_SIZE_MAX >> 20);
    }
    if (size > sorter->memory_max && sorter->count > 0 && !set_aside(sorter, err)) {
        return false;
    }
    if (sorter->count == sorter->capacity) {
        sorter->capacity = sorter->capacity == 0 ? COUNT_MIN : sorter->capacity * 2;
        sorter->items = mem_resize(sorter->items, sorter->capacity * sizeof *sorter->items);
    }
    sorter->items[sorter->count++] =
        (struct sorter_item){.prefix = prefix_of(record), .offset = sorter->text.n, .n = record.n};
    buf_str(&sorter->text, record);
    return true;
}

/* ---- merging -------------------------------------------------------------------------------- */

/* At least `size` bytes of the run from `at` on; false at its end, or with an error. */
static bool head_fill(const struct sorter *sorter, struct sorter_head *head, size_t size,
                      struct err *err)
{
    size_t left = head->window.n - head->at;

    if (left >= size) {
        return true;
    }
    if (left > 0) {
        memmove(head->window.p, head->window.p + head->at, left);
    }
    head->window.n = left;
    head->at = 0;
    while (head->window.n < size && head->offset < head->end) {
        size_t want = size > WINDOW_SIZE ? size : WINDOW_SIZE, got = 0;
        want -= head->window.n;
        want = want < head->end - head->offset ? want : (size_t)(head->end - head->offset);
        char *to = buf_reserve(&head->window, want);
        if (to == NULL || !scratch_read(&sorter->file, to, want, head->offset, &got, err)) {
            return false;
        }
        if (got == 0) {
            return err_set(err, ERR_INPUT, "a temporary file is shorter than it was written");
        }
        head->window.n += got;
        head->offset += got;
    }
    return head->window.n >= size;
}

/* The run's next record; false at its end, or with an error. */
static bool head_next(const struct sorter *sorter, struct sorter_head *head, struct err *err)
{
    uint32_t size = 0;

    head->at += head->record.n;
    if (!head_fill(sorter, head, sizeof size, err)) {
        return false;
    }
    memcpy(&size, head->window.p + head->at, sizeof size);
    if (!head_fill(sorter, head, sizeof size + (size_t)size, err)) {
        return err->kind == ERR_NONE &&
               err_set(err, ERR_INPUT, "a temporary file is not what was written");
    }
    head->at += sizeof size;
    head->record = (struct str){head->window.p + head->at, size};
    return true;
}

static int head_compare(const struct sorter *sorter, size_t a, size_t b)
{
    return str_cmp(sorter->heads[sorter->heap[a]].record, sorter->heads[sorter->heap[b]].record);
}

static void heap_sink(struct sorter *sorter, size_t i)
{
    for (size_t child = 2 * i + 1; child < sorter->heap_count; child = 2 * i + 1) {
        if (child + 1 < sorter->heap_count && head_compare(sorter, child + 1, child) < 0) {
            child++;
        }
        if (head_compare(sorter, i, child) <= 0) {
            return;
        }
        size_t other = sorter->heap[i];
        sorter->heap[i] = sorter->heap[child];
        sorter->heap[child] = other;
        i = child;
    }
}

static bool merge_begin(struct sorter *sorter, const struct sorter_run *runs, size_t count,
                        struct err *err)
{
    sorter->heads = mem_array(count, sizeof *sorter->heads);
    sorter->heap = mem_array(count, sizeof *sorter->heap);
    sorter->head_count = count;
    for (size_t i = 0; i < count; i++) {
        struct sorter_head *head = &sorter->heads[i];
        *head =
            (struct sorter_head){.offset = runs[i].offset, .end = runs[i].offset + runs[i].size};
        buf_init(&head->window, SIZE_MAX / 4);
        if (head_next(sorter, head, err)) {
            sorter->heap[sorter->heap_count++] = i;
        } else if (err->kind != ERR_NONE) {
            return false;
        }
    }
    for (size_t i = sorter->heap_count / 2; i > 0; i--) {
        heap_sink(sorter, i - 1);
    }
    return true;
}

/* Moves the run in front on to its next record. */
static bool heap_step(struct sorter *sorter, struct err *err)
{
    if (!head_next(sorter, &sorter->heads[sorter->heap[0]], err)) {
        if (err->kind != ERR_NONE) {
            return false;
        }
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    }
    heap_sink(sorter, 0);
    return true;
}

/* A record that other runs hold, too, is given by the last of them. */
static bool merge_next(struct sorter *sorter, struct str *record, struct err *err)
{
    if (sorter->has_taken && sorter->heap_count > 0 && !heap_step(sorter, err)) {
        return false;
    }
    sorter->has_taken = true;
    while (sorter->heap_count > 1) {
        size_t next = sorter->heap_count > 2 && head_compare(sorter, 2, 1) < 0 ? 2 : 1;
        if (head_compare(sorter, 0, next) != 0) {
            break;
        }
        if (!heap_step(sorter, err)) {
            return false;
        }
    }
    if (sorter->heap_count == 0) {
        return false;
    }
    *record = sorter->heads[sorter->heap[0]].record;
    return true;
}

/* Makes one run of the first ones. */
static bool merge_first(struct sorter *sorter, struct err *err)
{
    uint64_t offset = sorter->file.size;
    struct buf out;
    struct str record;
    bool ok = merge_begin(sorter, sorter->runs, RUNS_AT_ONCE, err);

    buf_init(&out, SIZE_MAX / 4);
    while (ok && merge_next(sorter, &record, err)) {
        ok = run_add(sorter, &out, record, err);
    }
    ok = ok && err->kind == ERR_NONE && scratch_add(&sorter->file, buf_text(&out), err);
    heads_release(sorter);
    buf_release(&out);
    memmove(sorter->runs, sorter->runs + RUNS_AT_ONCE,
            (sorter->run_count - RUNS_AT_ONCE) * sizeof *sorter->runs);
    sorter->run_count -= RUNS_AT_ONCE;
    run_note(sorter, offset);
    return ok;
}

bool sorter_begin(struct sorter *sorter, struct err *err)
{
    if (sorter->run_count == 0) {
        sort_items(sorter);
        sorter->at = 0;
        return true;
    }
    if (sorter->count > 0 && !set_aside(sorter, err)) {
        return false;
    }
    buf_release(&sorter->text);
    mem_free(sorter->items);
    sorter->items = NULL;
    sorter->capacity = 0;
    while (sorter->run_count > RUNS_AT_ONCE) {
        if (!merge_first(sorter, err)) {
            return false;
        }
    }
    return merge_begin(sorter, sorter->runs, sorter->run_count, err);
}

bool sorter_next(struct sorter *sorter, struct str *record, struct err *err)
{
    if (sorter->run_count > 0) {
        return merge_next(sorter, record, err);
    }
    if (sorter->at == sorter->count) {
        return false;
    }
    *record = item_record(sorter, &sorter->items[sorter->at]);
    sorter->at++;
    return true;
}
