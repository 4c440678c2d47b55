#include "trail/timeline.h"

#include <pthread.h>

#include "base/instant.h"
#include "model/root_use.h"
#include "render/csv.h"
#include "rule/filter_pattern.h"
#include "trail/sorter.h"

enum { ROW_SIZE_MAX = 64 << 10, FLUSH_SIZE = 1 << 16, KEY_COLUMNS = 3 };

struct root_timeline {
    struct sorter sorter;
    pthread_mutex_t lock; /* the sorter */
    uint64_t count;
};

bool root_timeline_program(struct arena *arena, struct rule_program *out, struct err *err)
{
    return filter_pattern_compile(
        arena,
        STR("{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && "
            "$.eventType != \"AwsServiceEvent\" }"),
        out, err);
}

struct root_timeline *root_timeline_new(size_t memory_max)
{
    struct root_timeline *timeline = mem_alloc(sizeof *timeline);

    sorter_init(&timeline->sorter, memory_max);
    pthread_mutex_init(&timeline->lock, NULL);
    return timeline;
}

void root_timeline_free(struct root_timeline *timeline)
{
    if (timeline != NULL) {
        sorter_release(&timeline->sorter);
        pthread_mutex_destroy(&timeline->lock);
        mem_free(timeline);
    }
}

uint64_t root_timeline_count(const struct root_timeline *timeline)
{
    return timeline->count;
}

/* ---- one event ------------------------------------------------------------------------------ */

/* A text at a path of up to three names; empty where there is none. */
static struct str text_at(const struct event *event, struct str a, struct str b, struct str c)
{
    const struct event_step steps[] = {{.name = a}, {.name = b}, {.name = c}};
    const struct event_path path = {.steps = steps,
                                    .step_count = b.n == 0   ? 1
                                                  : c.n == 0 ? 2
                                                             : 3,
                                    .is_strict = true};
    struct buf scratch;
    struct str text = {0};

    /* None of them is an object, and of one nothing is wanted. */
    buf_init(&scratch, 0);
    if (!event_text(event, &path, &scratch, &text) || scratch.overflowed) {
        text = STR("");
    }
    buf_release(&scratch);
    return text;
}

static struct str member(const struct event *event, struct str name)
{
    return text_at(event, name, (struct str){0}, (struct str){0});
}

static enum root_use_kind kind_of(const struct event *event)
{
    struct str type = member(event, STR("eventType"));
    struct str key = text_at(event, STR("userIdentity"), STR("accessKeyId"), (struct str){0});

    if (str_eq(member(event, STR("eventName")), STR("ConsoleLogin"))) {
        struct str answer =
            text_at(event, STR("responseElements"), STR("ConsoleLogin"), (struct str){0});
        return str_eq(answer, STR("Success")) ? ROOT_SIGN_IN : ROOT_FAILED_SIGN_IN;
    }
    if (!str_eq(type, STR("AwsApiCall"))) {
        return ROOT_OTHER;
    }
    return str_starts(key, STR("AKIA")) ? ROOT_KEY_CALL : ROOT_CONSOLE_CALL;
}

/* Of a sign-in what was asked for, of a session what it began with; of a key nothing. */
static struct str mfa_of(const struct event *event, enum root_use_kind kind)
{
    struct str used = {0};

    switch (kind) {
    case ROOT_SIGN_IN:
    case ROOT_FAILED_SIGN_IN:
        used = text_at(event, STR("additionalEventData"), STR("MFAUsed"), (struct str){0});
        return str_eq_nocase(used, STR("yes"))  ? STR("yes")
               : str_eq_nocase(used, STR("no")) ? STR("no")
                                                : STR("");
    case ROOT_CONSOLE_CALL:
    case ROOT_KEY_CALL:
    case ROOT_OTHER:
    case ROOT_USE_KIND_COUNT:
        break;
    }
    return STR("");
}

static void field(struct buf *out, struct str text)
{
    if (out->n > 0) {
        buf_char(out, ',');
    }
    csv_field(out, text);
}

static void row_write(struct buf *out, const struct event *event)
{
    struct str account = text_at(event, STR("userIdentity"), STR("accountId"), (struct str){0});
    struct str id = member(event, STR("sharedEventID"));
    enum root_use_kind kind = kind_of(event);

    field(out, account.n > 0 ? account : member(event, STR("recipientAccountId")));
    field(out, member(event, STR("eventTime")));
    field(out, id.n > 0 ? id : member(event, STR("eventID")));
    field(out, root_use_kind_name(kind));
    field(out, mfa_of(event, kind));
    field(out, member(event, STR("eventName")));
    field(out, member(event, STR("awsRegion")));
    field(out, member(event, STR("sourceIPAddress")));
}

/* What no study could place is left out: a record without an account or a time. */
static bool is_placed(const struct event *event)
{
    struct str account = text_at(event, STR("userIdentity"), STR("accountId"), (struct str){0});
    uint64_t number = 0;
    int64_t at = 0;

    account = account.n > 0 ? account : member(event, STR("recipientAccountId"));
    return account.n == 12 && str_to_u64(account, &number) &&
           instant_parse(member(event, STR("eventTime")), &at);
}

bool root_timeline_add(struct root_timeline *timeline, const struct event *event, struct err *err)
{
    struct buf row;
    bool ok = true;

    if (!is_placed(event)) {
        return true;
    }
    buf_init(&row, ROW_SIZE_MAX);
    row_write(&row, event);
    pthread_mutex_lock(&timeline->lock);
    ok = row.overflowed || sorter_add(&timeline->sorter, buf_text(&row), err);
    pthread_mutex_unlock(&timeline->lock);
    buf_release(&row);
    return ok;
}

/* ---- the file ------------------------------------------------------------------------------- */

/* A row up to its third comma: account, time and event. An id with a comma is quoted, and its rows
 * are then told apart by all they say. */
static struct str key_of(struct str row)
{
    size_t at = 0;

    for (unsigned commas = 0; at < row.n; at++) {
        commas += row.p[at] == ',';
        if (commas == KEY_COLUMNS) {
            break;
        }
    }
    return str_sub(row, 0, at);
}

static bool is_same_event(struct str row, struct str before)
{
    struct str key = key_of(row);

    return before.n > 0 && !str_ends(key, STR(",")) && str_eq(key, key_of(before)) &&
           str_find(key, '"') == key.n;
}

bool root_timeline_write(struct root_timeline *timeline,
                         bool (*write)(void *shared, struct str bytes, struct err *err),
                         void *shared, struct err *err)
{
    struct buf out, before;
    struct str row;
    bool ok = sorter_begin(&timeline->sorter, err);

    buf_init(&out, FLUSH_SIZE + 2 * ROW_SIZE_MAX);
    buf_init(&before, 2 * ROW_SIZE_MAX);
    buf_str(&out, STR("account,time,event_id,kind,mfa,event_name,region,source_ip\n"));
    while (ok && sorter_next(&timeline->sorter, &row, err)) {
        if (is_same_event(row, buf_text(&before))) {
            continue;
        }
        buf_clear(&before);
        buf_str(&before, row);
        buf_str(&out, row);
        buf_char(&out, '\n');
        timeline->count++;
        if (out.n >= FLUSH_SIZE) {
            ok = write(shared, buf_text(&out), err);
            buf_clear(&out);
        }
    }
    ok = ok && err->kind == ERR_NONE && write(shared, buf_text(&out), err);
    buf_release(&out);
    buf_release(&before);
    return ok;
}
