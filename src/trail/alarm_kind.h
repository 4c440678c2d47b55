/* alarm_kind.h: what a trail should raise an alarm about: the fifteen metric filters of the CIS AWS
 * Foundations Benchmark, and events by which a filter shows what it catches.
 *
 * A filter is judged by what it matches, not by how it is written: it must match every event that
 * `alarm_samples` calls for, and should leave the others alone.
 *
 * Ownership: tables and patterns are static; samples live in the caller's arena.
 * Threads:   immutable.
 *
 * Example:   const struct alarm_kind *root = &alarm_kinds[alarm_kind_find(STR("root-use"))];
 *            struct str pattern = alarm_kind_pattern(root); */
#ifndef TRAIL_ALARM_KIND_H
#define TRAIL_ALARM_KIND_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "rule/program.h"

enum { ALARM_KIND_COUNT = 15, ALARM_KIND_ROOT = 2 };

struct alarm_kind {
    struct str name;    /* of the filter and its metric: "root-use" */
    struct str number;  /* in the benchmark since version 1.3: "4.3" */
    struct str subject; /* "use of the root user": what there is an alarm about */
    struct str control; /* of the pack account that asks for it; may be empty */
    /* Where the events are calls that are known by their names: where they go, and the names. */
    struct str source, calls;
};

extern const struct alarm_kind alarm_kinds[ALARM_KIND_COUNT]; /* by number */

/* A name, or a number as "cis-4.3"; ALARM_KIND_COUNT when there is none. */
size_t alarm_kind_find(struct str name);
/* The pattern as the benchmark publishes it. */
struct str alarm_kind_pattern(const struct alarm_kind *kind);

/* rules/cis-alarms.txt, generated: a pattern a line, by number. */
struct alarm_pattern_file {
    struct str name, text;
};
extern const struct alarm_pattern_file alarm_pattern_files[];

/* ---- what a filter catches ------------------------------------------------------------------ */

enum alarm_sample_use {
    SAMPLE_CAUGHT, /* the alarm is about it */
    SAMPLE_NEAR,   /* it looks like it and is not: to match it makes noise */
    SAMPLE_FAR,    /* an ordinary event: who matches it rings all day */
};

struct alarm_sample {
    enum alarm_sample_use use;
    struct str title; /* "the root user signs in to the console" */
    struct str json;  /* a CloudTrail record */
};

struct alarm_samples {
    struct alarm_sample *list;
    size_t count;
};

/* False, with an error, only when the arena is full. */
MUST_USE bool alarm_samples_make(struct arena *arena, const struct alarm_kind *kind,
                                 struct alarm_samples *out, struct err *err);

/* What a pattern does with the samples; the lists point to them. */
struct alarm_trial {
    size_t wanted, caught;
    const struct alarm_sample **missed, **noise;
    size_t missed_count, noise_count;
    bool rings_always; /* it matches an ordinary event */
};

/* False when the pattern cannot be read (*err says why) or the arena is full. */
MUST_USE bool alarm_try(struct arena *arena, const struct alarm_samples *samples,
                        struct str pattern, struct alarm_trial *out, struct err *err);

#endif
