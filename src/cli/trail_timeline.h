/* trail_timeline.h: --timeline of a scan: one more rule, about root use, whose matches go to a file
 * and not to the alerts.
 *
 * Ownership: owns its rules; args and the scan's own rules are borrowed.
 * Threads:   trail_timeline_take from any worker at once; the rest from one thread.
 *
 * Example:   struct trail_timeline timeline = {0};
 *            if (trail_timeline_open(&timeline, args, &config, 64 << 20, &err)) { ... scan ...
 *                ok = trail_timeline_write(&timeline, &err);
 *            }
 *            trail_timeline_close(&timeline); */
#ifndef CLI_TRAIL_TIMELINE_H
#define CLI_TRAIL_TIMELINE_H

#include "cli/opt.h"
#include "trail/scan.h"
#include "trail/timeline.h"

struct trail_timeline {
    struct str path;
    struct root_timeline *events; /* NULL: no timeline is wanted */
    struct rule_program program;
    struct trail_rule *rules; /* the scan's, and ours behind them */
    uint32_t index;           /* of ours */
    struct arena arena;
};

/* Where --timeline is given, puts its rule behind those of the configuration. */
MUST_USE bool trail_timeline_open(struct trail_timeline *timeline, const struct args *args,
                                  struct trail_scan_config *config, size_t memory_max,
                                  struct err *err);
/* Takes the part of a match that is about the timeline; *rest is what is left for the alerts, and
 * may be nothing. */
MUST_USE bool trail_timeline_take(struct trail_timeline *timeline, const struct trail_match *match,
                                  struct trail_match *rest, struct err *err);
MUST_USE bool trail_timeline_write(struct trail_timeline *timeline, struct err *err);
void trail_timeline_close(struct trail_timeline *timeline);

#endif
