/* report.h: findings and posture to bytes: one table of formats, each in its own file.
 *
 * A format has up to three parts. `finding` turns one finding into bytes and is called from many
 * threads at once, each with its own buffer; `begin` and `end` are called once, from one thread. A
 * format without `finding` is made of the posture alone, in `end`.
 *
 * Ownership: formats are static; buffers are the caller's.
 * Threads:   `finding` is pure; the rest one thread at a time.
 *
 * Example:   const struct report_format *csv = report_format_find(STR("csv"));
 *            csv->begin(&out, &options);
 *            csv->finding(&out, &finding, &options);
 *            csv->end(&out, &posture, &options); */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/finding.h"
#include "model/posture.h"

struct report_options {
    bool color;            /* table: escape sequences allowed */
    unsigned columns;      /* table: width of the terminal */
    bool show_all;         /* --all: passes and not-applicable were asked for */
    struct str version;    /* of keywarden */
    struct str packs;      /* what was judged by, for people: "keywarden, cis-7.0"; may be empty */
    int64_t now;           /* when the audit runs */
    enum severity fail_on; /* what counts as failed, for the closing line */
    bool fail_on_never;
};

struct report_format {
    struct str name;
    struct str help; /* half a line for the help page */
    /* Bytes that `finding` puts before a finding to part it from the one before (JSON's comma):
     * whoever writes the first finding leaves them out. */
    size_t separator_size;
    bool wants_keys; /* findings come with their row's key slots */
    void (*begin)(struct buf *out, const struct report_options *options); /* or NULL */
    void (*finding)(struct buf *out, const struct finding *finding,
                    const struct report_options *options); /* or NULL */
    void (*end)(struct buf *out, const struct posture *posture,
                const struct report_options *options); /* or NULL */
};

extern const struct report_format report_table, report_csv, report_summary, report_json,
    report_jsonl, report_html, report_sarif, report_ocsf, report_asff, report_junit,
    report_markdown;

/* All of the above, ended by NULL. */
extern const struct report_format *const report_formats[];

/* NULL when there is no format of that name. */
const struct report_format *report_format_find(struct str name);

/* "name=value; name=value", the text of the csv column `evidence`. */
void report_evidence_write(struct buf *out, const struct finding *finding);

/* The control's AWS CLI line for this principal: {user} {account} {arn} {partition} filled in and
 * quoted for a POSIX shell wherever they hold anything but [A-Za-z0-9_+=,.@/:-]. For root,
 * "--user-name {user}" is left out. */
void report_cli_write(struct buf *out, const struct finding *finding);

#endif
