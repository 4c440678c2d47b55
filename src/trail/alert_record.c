#include "trail/alert_record.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "report/alert_report.h"
#include "trail/fields.h"

enum { PLACES_MAX = 5 };

/* The texts of an alert, where they lie in the struct and where in an event: the first place that
 * holds something counts. */
static const struct alert_field {
    size_t offset;
    const char *places[PLACES_MAX];
} fields[] = {
    {offsetof(struct alert, time), {"eventTime"}},
    {offsetof(struct alert, account), {"recipientAccountId", "userIdentity.accountId"}},
    {offsetof(struct alert, region), {"awsRegion"}},
    {offsetof(struct alert, event_name), {"eventName"}},
    {offsetof(struct alert, principal),
     {"userIdentity.arn", "userIdentity.userName", "userIdentity.principalId",
      "userIdentity.invokedBy", "userIdentity.accountId"}},
    {offsetof(struct alert, source_ip), {"sourceIPAddress"}},
    {offsetof(struct alert, event_id), {"eventID"}},
    {offsetof(struct alert, event_source), {"eventSource"}},
    {offsetof(struct alert, principal_type), {"userIdentity.type"}},
    {offsetof(struct alert, access_key_id), {"userIdentity.accessKeyId"}},
    {offsetof(struct alert, user_agent), {"userAgent"}},
    {offsetof(struct alert, error_code), {"errorCode"}},
    {offsetof(struct alert, error_message), {"errorMessage"}},
    {offsetof(struct alert, mfa), {"additionalEventData.MFAUsed"}},
    {offsetof(struct alert, file), {NULL}},
    {offsetof(struct alert, group), {NULL}},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

struct alert_paths {
    struct event_path paths[FIELD_COUNT][PLACES_MAX];
};

static struct str *field_of(struct alert *alert, size_t i)
{
    return (struct str *)(void *)((char *)alert + fields[i].offset);
}

/* ---- records -------------------------------------------------------------------------------- */

/* What a record ends with. */
struct trailer {
    uint64_t serial, count;
    uint32_t key_size, parts_size, rank, unused;
};

void alert_record_write(struct buf *out, const struct alert_parts *parts)
{
    struct alert alert = parts->alert;
    struct trailer trailer = {.serial = parts->serial,
                              .count = alert.count,
                              .key_size = (uint32_t)out->n,
                              .rank = parts->rank};
    size_t at = 0;
    struct buf line;

    buf_init(&line, SIZE_MAX / 4);
    alert_line_write(&line, &alert, false);
    field_key_text(out, buf_text(&line));
    buf_release(&line);
    at = out->n;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        field_write(out, *field_of(&alert, i));
    }
    field_write(out, parts->correlation);
    trailer.parts_size = (uint32_t)(out->n - at);
    buf_bytes(out, &trailer, sizeof trailer);
}

void alert_record_read(struct str record, struct alert_parts *out)
{
    struct trailer trailer;
    struct str rest;
    size_t end = record.n - sizeof trailer;

    assert(record.n >= sizeof trailer);
    memcpy(&trailer, record.p + end, sizeof trailer);
    assert(trailer.parts_size <= end && trailer.key_size <= end);
    *out = (struct alert_parts){.rank = trailer.rank,
                                .serial = trailer.serial,
                                .key = str_sub(record, 0, trailer.key_size)};
    out->alert.count = trailer.count;
    rest = str_sub(record, end - trailer.parts_size, end);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        *field_of(&out->alert, i) = field_read(&rest);
    }
    out->correlation = field_read(&rest);
}

/* ---- events --------------------------------------------------------------------------------- */

const struct alert_paths *alert_paths_new(struct arena *arena, struct err *err)
{
    struct alert_paths *paths = arena_alloc(arena, sizeof *paths);

    if (paths == NULL) {
        (void)err_set(err, ERR_BUG, "no room for the paths of alerts");
        return NULL;
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        for (size_t j = 0; j < PLACES_MAX && fields[i].places[j] != NULL; j++) {
            if (!event_path_parse(arena, str_from(fields[i].places[j]), &paths->paths[i][j], err)) {
                return NULL;
            }
        }
    }
    return paths;
}

/* Texts are gathered first and pointed to at the end: the buffer may move while it grows. */
void alert_from_event(const struct alert_paths *paths, const struct event *event, struct buf *text,
                      struct buf *scratch, struct alert *out)
{
    size_t sizes[FIELD_COUNT] = {0}, at = 0;

    buf_clear(text);
    *out = (struct alert){0};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct str value = {0};
        for (size_t j = 0; j < PLACES_MAX && fields[i].places[j] != NULL && value.n == 0; j++) {
            buf_clear(scratch);
            if (!event_text(event, &paths->paths[i][j], scratch, &value)) {
                value = (struct str){0};
            }
        }
        buf_str(text, value);
        sizes[i] = value.n;
    }
    for (size_t i = 0; i < FIELD_COUNT && !text->overflowed; i++) {
        *field_of(out, i) = str_sub(buf_text(text), at, at + sizes[i]);
        at += sizes[i];
    }
}
