/* scan_ways.h: one file through a scan in every way there is; they must all come to the same.
 *
 * Ways are the vector levels, each with and without the prefilter, and each with the file handed
 * out at once and in small pieces. What is compared: which rules match which records, and are
 * unknown about which, in order; who the records are; the totals; what is told about the file.
 *
 * Shared by the fuzz target and the random test of the same name, which is why it is a header.
 *
 * Example:   scan_ways_init();
 *            const char *difference = scan_ways_differ(file); */
#ifndef FUZZ_SCAN_WAYS_H
#define FUZZ_SCAN_WAYS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "rule/filter_pattern.h"
#include "rule/sigma.h"
#include "trail/scan.h"

enum { WAY_RULES_MAX = 64, WAY_OUT_MAX = 64 << 20 };

/* Of every kind: names, few and many; kinds of callers; texts; expressions that tell a needed text
 * and such that do not; fields compared with fields; nothing there; numbers and words of JSON. */
static const char *const way_sigma[] = {
    "selection: {eventName: [ConsoleLogin, CreateAccessKey, DeleteTrail, UpdateTrail, 'tr\u00e4']}",
    "selection: {userIdentity.type: Root}",
    "selection: {userAgent|contains: 'S3 Browser'}",
    "selection: {userAgent|contains: 'owser/9'}",
    "selection: {eventName|startswith: UpdateFunctionConfiguration}",
    "selection: {userIdentity.arn|re: '.+:assumed-role/aws:.+'}",
    "selection: {userName|re: '^(a|b)+c$'}",
    "selection: {userIdentity.userName|fieldref: requestParameters.userName}",
    "selection: {errorCode: null, eventName: PutObject}",
    "selection: {requestParameters.count: 5}",
    "selection: {requestParameters.flag: 'true'}",
    "selection: {requestParameters.list: [x, 'b/c', '7', 'zz']}",
    "selection: {requestParameters|contains: 'deep\"inner'}",
    "selection: {requestParameters.policy|contains: '\"Effect\": \"Allow\"'}",
    "selection: {responseElements|contains: 'k:v,w'}",
    "selection: {requestParameters|contains: ':true'}",
    "selection: {eventSource: [iam.amazonaws.com, sts.amazonaws.com, s3.amazonaws.com, a/b]}",
    "selection: {requestParameters.name: '*'}",
    "selection: {errorMessage|endswith: '\u00e4\u00f6'}",
};

static const char *const way_patterns[] = {
    "{ ($.eventName = \"ConsoleLogin\") && ($.additionalEventData.MFAUsed != \"Yes\") }",
    "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS }",
    "{ $.errorCode = \"*UnauthorizedOperation\" || $.errorCode = \"AccessDenied*\" }",
    "{ $.requestParameters.list[1] = \"x\" }",
    "{ $.requestParameters.list[0] = \"5\" }",
};

static struct {
    struct sigma_set set;
    struct arena arena;
    struct rule_program patterns[WAY_RULES_MAX];
    struct trail_rule rules[WAY_RULES_MAX];
    size_t count;
} ways;

struct way {
    enum simd_level simd;
    bool no_prefilter, has_ids;
    size_t step; /* bytes that the source hands out at once */
    struct str file;
    size_t at;
    bool was_named;
    struct buf out;
};

static void ways_die(const struct err *err)
{
    fprintf(stderr, "%s\n", err->text);
    abort();
}

static void scan_ways_init(void)
{
    static const char head[] = "title: t%zu\nid: %08zu-0000-0000-0000-000000000000\n"
                               "logsource: {product: aws, service: cloudtrail}\ndetection:\n  %s\n "
                               " condition: selection\n";
    struct err err = {0};

    sigma_set_init(&ways.set);
    arena_init(&ways.arena, 16 << 20);
    for (size_t i = 0; i < sizeof way_sigma / sizeof *way_sigma; i++) {
        char text[2048];
        int n = snprintf(text, sizeof text, head, i, i, way_sigma[i]);
        if (!sigma_set_add(&ways.set, STR("rules"), (struct str){text, (size_t)n}, &err)) {
            ways_die(&err);
        }
    }
    for (size_t i = 0; i < ways.set.rule_count; i++) {
        ways.rules[ways.count++] = (struct trail_rule){.program = &ways.set.rules[i].program};
    }
    for (size_t i = 0; i < sizeof way_patterns / sizeof *way_patterns; i++) {
        if (!filter_pattern_compile(&ways.arena, str_from(way_patterns[i]), &ways.patterns[i],
                                    &err)) {
            ways_die(&err);
        }
        ways.rules[ways.count++] = (struct trail_rule){.program = &ways.patterns[i]};
    }
}

static bool way_next(void *shared, struct trail_file *file)
{
    struct way *way = shared;

    buf_str(&file->name, STR("file"));
    return !way->was_named && (way->was_named = true);
}

static bool way_open(void *shared, struct trail_file *file, struct err *err)
{
    (void)shared;
    (void)file;
    (void)err;
    return true;
}

static bool way_read(void *shared, struct trail_file *file, void *to, size_t size, size_t *got,
                     struct err *err)
{
    struct way *way = shared;
    size_t left = way->file.n - way->at;

    (void)file;
    (void)err;
    *got = left < size ? left : size;
    *got = *got < way->step ? *got : way->step;
    if (*got > 0) {
        memcpy(to, way->file.p + way->at, *got);
    }
    way->at += *got;
    return true;
}

static void way_close(void *shared, struct trail_file *file)
{
    (void)shared;
    (void)file;
}

static bool way_match(void *shared, unsigned worker, const struct trail_match *match,
                      struct err *err)
{
    struct way *way = shared;

    (void)worker;
    (void)err;
    buf_printf(&way->out, "%016llx %zu", (unsigned long long)hash_bytes(1, match->record),
               match->record.n);
    for (size_t i = 0; i < match->rule_count; i++) {
        buf_printf(&way->out, " %u", match->rules[i]);
    }
    for (size_t i = 0; i < match->unknown_count; i++) {
        buf_printf(&way->out, " %u?", match->unknown_rules[i]);
    }
    buf_char(&way->out, '\n');
    return true;
}

static bool way_record(void *shared, unsigned worker, const struct trail_record_id *id,
                       struct err *err)
{
    struct way *way = shared;

    (void)worker;
    (void)err;
    for (size_t i = 0; id != NULL && i < sizeof id->bytes; i++) {
        buf_printf(&way->out, "%02x", id->bytes[i]);
    }
    buf_str(&way->out, id != NULL ? STR(" was read\n") : STR("nobody was read\n"));
    return true;
}

static void way_bad_file(void *shared, const struct err *err)
{
    struct way *way = shared;

    buf_printf(&way->out, "bad: %s\n", err->text);
}

static void way_run(struct way *way, struct str file)
{
    struct trail_scan_config config = {
        .rules = ways.rules,
        .rule_count = ways.count,
        .source = {way_next, way_open, way_read, way_close, way},
        .jobs = 1,
        .simd = way->simd,
        .no_prefilter = way->no_prefilter,
        .since = INSTANT_MIN,
        .until = INSTANT_MAX,
        .match = way_match,
        .record = way->has_ids ? way_record : NULL,
        .bad_file = way_bad_file,
        .shared = way,
    };
    struct trail_totals totals;
    struct err err = {0};

    way->file = file;
    way->at = 0;
    way->was_named = false;
    buf_clear(&way->out);
    if (!trail_scan_run(&config, &totals, &err)) {
        ways_die(&err);
    }
    buf_printf(&way->out, "%llu records, %llu bad, %llu skipped, %llu bytes\n",
               (unsigned long long)totals.records, (unsigned long long)totals.bad_files,
               (unsigned long long)totals.skipped_files, (unsigned long long)totals.bytes);
}

/* Half of all files are asked for their records' ids, too. NULL: all ways come to the same. Else
 * the two that do not, until the next call. */
static const char *scan_ways_differ(struct str file)
{
    static char told[1 << 16];
    bool has_ids = hash_bytes(1, file) % 2 == 0;
    struct way first = {.simd = SIMD_SCALAR,
                        .no_prefilter = true,
                        .has_ids = has_ids,
                        .step = SIZE_MAX},
               other;
    const char *difference = NULL;

    buf_init(&first.out, WAY_OUT_MAX);
    way_run(&first, file);
    for (int level = SIMD_SCALAR; difference == NULL && level <= (int)simd_level_detect();
         level++) {
        for (size_t i = 0; difference == NULL && i < 2; i++) {
            other = (struct way){.simd = (enum simd_level)level,
                                 .no_prefilter = level > SIMD_SCALAR && i == 0,
                                 .has_ids = has_ids,
                                 .step = i == 0 ? 4099 : SIZE_MAX};
            buf_init(&other.out, WAY_OUT_MAX);
            way_run(&other, file);
            if (!str_eq(buf_text(&first.out), buf_text(&other.out))) {
                snprintf(told, sizeof told, "read in full:\n%.*s\nlevel %d, way %zu:\n%.*s",
                         STR_ARG(buf_text(&first.out)), level, i, STR_ARG(buf_text(&other.out)));
                difference = told;
            }
            buf_release(&other.out);
        }
    }
    buf_release(&first.out);
    return difference;
}

#endif
