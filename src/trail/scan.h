/* scan.h: CloudTrail files through rules to matches, on all processors, at the speed of inflate.
 *
 * Each worker takes a file, inflates it, finds where its records begin and end, and parses only
 * those that a rule may match; what matches goes to the caller's sink at once. Nothing is put in
 * order and no event is left out as a duplicate here: that is for whoever collects the matches.
 *
 * What counts as a record: an element of "Records", as CloudTrail delivers files; an element of an
 * array, or a value of its own, one behind the other with or without line feeds; and what stands in
 * the wrappings of other services: EventBridge's "detail", LookupEvents' "CloudTrailEvent",
 * CloudWatch Logs' "logEvents", CloudTrail Lake's "eventJson". Digest files and Insights hold no
 * events and are skipped.
 *
 * A file that is damaged counts as far as it could be read: its whole records before the damage
 * match, and the file is told as bad. A record is read in full only where a rule may match it, or
 * where its eventID is asked for and not plain to see, so one that is wrong JSON inside its own
 * braces is told only then. Whether `no_prefilter` is set
 * makes no difference to any of this.
 *
 * Ownership: the configuration and all it points to are borrowed until the scan returns. What a
 *            callback is given is valid until it returns.
 * Threads:   trail_scan_run starts and ends its own.
 *
 * Example:   struct trail_scan_config config = {.rules = rules, .rule_count = n, .source = source,
 *                                               .jobs = 2, .simd = simd_level_detect(),
 *                                               .now = system_now(),
 *                                               .since = INSTANT_MIN, .until = INSTANT_MAX,
 *                                               .match = keep, .bad_file = tell, .shared = &mine};
 *            if (!trail_scan_run(&config, &totals, &err)) { ... } */
#ifndef TRAIL_SCAN_H
#define TRAIL_SCAN_H

#include "base/instant.h"
#include "base/simd.h"
#include "model/control.h"
#include "rule/event.h"
#include "rule/program.h"
#include "trail/source.h"

struct sigma_rule;

enum {
    TRAIL_COMPRESSED_MAX = 50 << 20, /* of one gzip file: what CloudTrail promises */
    TRAIL_INFLATED_MAX = 500 << 20,
};

struct trail_rule {
    struct str id, title;
    enum severity severity;
    bool is_silent; /* only correlations ask about it; it matches like any other */
    const struct rule_program *program;
    const struct sigma_rule *sigma; /* NULL: written in another language */
};

/* One record and the rules that say something about it, by their numbers in the configuration,
 * ascending. Of a rule that is unknown it could not be found out whether it matches: no alert, but
 * worth a word. */
struct trail_match {
    const struct event *event;
    struct str record; /* its JSON */
    struct str file;
    const uint32_t *rules;
    size_t rule_count;
    const uint32_t *unknown_rules;
    size_t unknown_count;
};

/* A record's identity for counting: its eventID, a UUID, as bytes; else a digest of 128 bits of
 * whatever stands there. */
struct trail_record_id {
    uint8_t bytes[16];
};

struct trail_totals {
    uint64_t files; /* looked at, bad and skipped ones included */
    uint64_t bad_files;
    uint64_t skipped_files;    /* digests and Insights */
    uint64_t records;          /* of all files, before any filter */
    uint64_t parsed;           /* of these, read in full */
    uint64_t bytes;            /* of JSON */
    uint64_t compressed_bytes; /* as the files have them */
};

struct trail_scan_config {
    const struct trail_rule *rules;
    size_t rule_count;
    struct trail_source source;
    unsigned jobs;
    enum simd_level simd;
    bool no_prefilter; /* read every record in full and ask every rule about it */
    int64_t now;       /* what rules of the audit language take for now */

    /* Only records of these times, accounts (recipientAccountId, else the caller's) and regions are
     * asked about; one that does not say is. Both times belong to the span. No names: all. */
    int64_t since, until; /* INSTANT_MIN and INSTANT_MAX: all */
    struct str_list accounts, regions;

    /* From any worker at once; `worker` is below jobs. False stops the scan, with err set. */
    bool (*match)(void *shared, unsigned worker, const struct trail_match *match, struct err *err);
    /* Every record of every file; NULL: nobody asks, which is faster. The id of a record without an
     * eventID is NULL: it is like no other. */
    bool (*record)(void *shared, unsigned worker, const struct trail_record_id *id,
                   struct err *err);
    /* The text of every file, skipped ones included, piece by piece in order, from the worker that
     * reads it; behind the last one comes an empty piece, unless the file is bad. May be NULL. */
    bool (*text)(void *shared, unsigned worker, const struct trail_file *file, struct str piece,
                 struct err *err);
    /* From one worker at a time; the error's place is the file. May be NULL. */
    void (*bad_file)(void *shared, const struct err *err);
    /* From one worker at a time, behind each file: files and their bytes so far. May be NULL. */
    void (*progress)(void *shared, uint64_t files, uint64_t compressed_bytes);
    void *shared;
};

/* False when a callback stopped the scan; bad files do not. Totals are filled in both cases. */
MUST_USE bool trail_scan_run(const struct trail_scan_config *config, struct trail_totals *totals,
                             struct err *err);

#endif
