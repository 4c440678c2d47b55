/* collect_show.h: what `keywarden collect` says while it runs and at its end.
 *
 * On a terminal one line tells how far it is; elsewhere a line now and then; with --progress json a
 * JSON object for each account and a few for the run, on standard output. Failures and denials are
 * gathered and told at the end, each kind once.
 *
 * Ownership: released by collect_show_release.
 * Threads:   one.
 *
 * Example:   struct collect_show show;
 *            collect_show_init(&show, options.progress, options.is_quiet);
 *            config.events = collect_show_events(&show);
 *            ... collect_run ...
 *            collect_show_end(&show, store, now, &totals); */
#ifndef CLI_COLLECT_SHOW_H
#define CLI_COLLECT_SHOW_H

#include "cli/collect_options.h"
#include "collect/run.h"

struct show_failure;
struct show_warning;

struct collect_show {
    enum progress_kind kind;
    bool is_quiet, is_terminal, is_line_visible;
    uint64_t started_ns, shown_ns;
    struct show_failure *failures;
    size_t failure_count, failure_capacity;
    struct show_warning *warnings;
    size_t warning_count, warning_capacity;
    uint64_t reused_count;
    int64_t oldest_at; /* of the reports that were reused */
    uint64_t root_asked_count, root_answered_count;
    struct buf text;
    bool has_failed; /* standard output */
};

void collect_show_init(struct collect_show *show, enum progress_kind kind, bool is_quiet);
void collect_show_release(struct collect_show *show);
struct collect_events collect_show_events(struct collect_show *show);

/* The summary, on standard output; failures and denials on standard error. False when standard
 * output cannot be written. */
bool collect_show_end(struct collect_show *show, struct str store, int64_t now,
                      const struct collect_totals *totals);

#endif
