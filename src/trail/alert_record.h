/* alert_record.h: an alert as bytes that sort as alerts do: what is set aside between a match and
 * the report of it.
 *
 * A record begins with its key and the alert's line of the csv, written so that records compare as
 * their texts do, one after the other. Behind them stand the alert's texts and what correlations
 * will ask of the event.
 *
 * Ownership: what alert_record_read gives points into the record.
 * Threads:   pure functions; one thread at a time per buffer.
 *
 * Example:   buf_clear(&record);
 *            field_key_text(&record, alert.time);
 *            field_key_number(&record, rank);
 *            alert_record_write(&record, &parts);
 *            ... alert_record_read(buf_text(&record), &parts) ... */
#ifndef TRAIL_ALERT_RECORD_H
#define TRAIL_ALERT_RECORD_H

#include "base/buf.h"
#include "model/alert.h"
#include "rule/event.h"

struct alert_parts {
    struct alert alert;     /* its rule is not kept: it follows from `rank` */
    uint32_t rank;          /* of the rule among those asked, by id */
    uint64_t serial;        /* of an event without an id, so that no other is its copy */
    struct str correlation; /* correlator_record's */
    struct str key;         /* alert_record_read: what the record begins with */
};

/* Behind the key: the line and everything else. The alert's rule is needed for its line. */
void alert_record_write(struct buf *out, const struct alert_parts *parts);
/* The way back, for records that we wrote. */
void alert_record_read(struct str record, struct alert_parts *out);

/* Which places of an event an alert's texts come from. */
struct alert_paths;
const struct alert_paths *alert_paths_new(struct arena *arena, struct err *err);

/* Fills the texts of *out, which point into `text`; it is cleared first. */
void alert_from_event(const struct alert_paths *paths, const struct event *event, struct buf *text,
                      struct buf *scratch, struct alert *out);

#endif
