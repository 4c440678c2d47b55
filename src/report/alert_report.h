/* alert_report.h: alerts to bytes: one table of formats, each in a file of its own, alert_*.c.
 *
 * Alerts come in the order of time, one after the other; what a format has to keep of them until
 * its end (the table's summary) is its `state`.
 *
 * Ownership: formats are static; the buffer is the caller's. `begin` may make the state, `end`
 *            writes what is left, `release` frees it (also without an end).
 * Threads:   one thread.
 *
 * Example:   const struct alert_format *format = alert_format_find(STR("csv"));
 *            struct alert_writer writer = {.out = &out, .options = &options};
 *            format->begin(&writer);
 *            format->alert(&writer, &alert);
 *            format->end(&writer, &totals);
 *            format->release(&writer); */
#ifndef REPORT_ALERT_REPORT_H
#define REPORT_ALERT_REPORT_H

#include "base/buf.h"
#include "model/alert.h"

struct alert_options {
    bool color;       /* table: escape sequences allowed */
    unsigned columns; /* table: width of the terminal */
    bool csv_safe;    /* csv: nothing that a spreadsheet would run */
    struct str version;
    struct str packs;               /* what was asked, for people */
    int64_t now;                    /* when the scan runs */
    const struct alert_rule *rules; /* all that were asked */
    size_t rule_count;
    enum severity fail_on;
    bool fail_on_never;
};

/* What a scan saw. */
struct alert_totals {
    uint64_t files, bad_files, skipped_files, records, bytes, compressed_bytes;
    uint64_t distinct_records; /* where they were counted */
    bool has_distinct;
    uint64_t alerts;
    struct str verified; /* a sentence about the digests; empty where they were not asked for */
};

struct alert_writer {
    struct buf *out;
    const struct alert_options *options;
    uint64_t count;
    void *state;
};

struct alert_format {
    struct str name;
    struct str help; /* half a line for the help page */
    bool is_for_people;
    void (*begin)(struct alert_writer *writer); /* or NULL */
    void (*alert)(struct alert_writer *writer, const struct alert *alert);
    void (*end)(struct alert_writer *writer, const struct alert_totals *totals); /* or NULL */
    void (*release)(struct alert_writer *writer);                                /* or NULL */
};

extern const struct alert_format alert_table, alert_csv, alert_jsonl, alert_json, alert_sarif,
    alert_ocsf, alert_asff;

/* NULL when there is no format of that name. */
const struct alert_format *alert_format_find(struct str name);

/* The line of the csv, without its end: also what tells two copies of an event apart. */
void alert_line_write(struct buf *out, const struct alert *alert, bool is_safe);

#endif
