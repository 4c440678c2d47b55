#include "remedy/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void plan_init(struct plan *plan, const struct plan_filter *filter)
{
    *plan = (struct plan){.filter = filter};
    buf_init(&plan->bytes, PLAN_SIZE_MAX);
}

void plan_release(struct plan *plan)
{
    buf_release(&plan->bytes);
    mem_free(plan->entries);
    *plan = (struct plan){0};
}

static struct plan_entry entry_at(const struct plan *plan, size_t at)
{
    struct str bytes = buf_text(&plan->bytes);
    struct plan_entry entry = {0};

    memcpy(&entry.step, bytes.p + at, sizeof entry.step);
    at += sizeof entry.step;
    entry.account = str_sub(bytes, at, at + entry.step.account_size);
    at += entry.step.account_size;
    entry.control = str_sub(bytes, at, at + entry.step.control_size);
    at += entry.step.control_size;
    entry.text = str_sub(bytes, at, at + entry.step.text_size);
    return entry;
}

static bool is_wanted(const struct plan_filter *filter, const struct plan_entry *entry)
{
    bool is_named = filter->control_count == 0;

    for (size_t i = 0; i < filter->control_count; i++) {
        is_named |= str_eq(filter->controls[i], entry->control);
    }
    return is_named && (filter->account.n == 0 || str_eq(filter->account, entry->account));
}

/* Keeps the record at `read`, or closes the gap that it leaves. */
static void take_record(struct plan *plan, size_t from)
{
    struct plan_entry entry = entry_at(plan, from);
    struct step step = entry.step;

    if (!is_wanted(plan->filter, &entry)) {
        plan->filtered_count++;
        return;
    }
    plan->counts[step.kind]++;
    if (step.kind == STEP_CHANGE || step.kind == STEP_PERSON) {
        plan->severities[step.severity]++;
    }
    if (step.kind == STEP_EXCEPTED) {
        return;
    }
    memmove(plan->bytes.p + plan->read, plan->bytes.p + from, step.size);
    plan->read += step.size;
    plan->count++;
}

bool plan_add(struct plan *plan, struct str bytes, struct err *err)
{
    size_t from = plan->read;
    struct step step;

    buf_str(&plan->bytes, bytes);
    if (plan->bytes.overflowed) {
        (void)err_set(err, ERR_INPUT, "the steps need more than %d MiB", PLAN_SIZE_MAX >> 20);
        err_hint(err, "make several plans, with --account or --control");
        return false;
    }
    while (plan->bytes.n - from >= sizeof step) {
        memcpy(&step, plan->bytes.p + from, sizeof step);
        if (plan->bytes.n - from < step.size) {
            break;
        }
        assert(step.size >= sizeof step);
        take_record(plan, from);
        from += step.size;
    }
    /* The start of a record whose rest comes with the next call. */
    size_t rest = plan->bytes.n - from;
    memmove(plan->bytes.p + plan->read, plan->bytes.p + from, rest);
    plan->bytes.n = plan->read + rest;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct plan_entry *a = left, *b = right;
    int by_account = str_cmp(a->account, b->account);

    /* What is unknown comes last of all, not last of its account. */
    if ((a->step.kind == STEP_UNKNOWN) != (b->step.kind == STEP_UNKNOWN)) {
        return a->step.kind == STEP_UNKNOWN ? 1 : -1;
    }
    if (by_account != 0) {
        return by_account;
    }
    if (a->step.kind != b->step.kind) {
        return a->step.kind < b->step.kind ? -1 : 1;
    }
    if (a->step.is_root != b->step.is_root) {
        return a->step.is_root ? -1 : 1;
    }
    if (a->step.severity != b->step.severity) {
        return a->step.severity > b->step.severity ? -1 : 1;
    }
    return a->number < b->number ? -1 : 1;
}

void plan_order(struct plan *plan)
{
    size_t at = 0;

    plan->entries = mem_array(plan->count, sizeof *plan->entries);
    for (size_t i = 0; i < plan->count; i++) {
        plan->entries[i] = entry_at(plan, at);
        plan->entries[i].number = i;
        at += plan->entries[i].step.size;
    }
    qsort(plan->entries, plan->count, sizeof *plan->entries, compare);
}
