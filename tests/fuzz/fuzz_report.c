/* The whole way from a file's bytes to a report: whatever they are, it ends, loses nothing, and
 * says the same with one worker and two, and with every set of instructions. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAX = 256 << 20, SAMPLES = 3 };

static struct ruleset rules;

static const struct report_options options = {
    .columns = 100,
    .show_all = true,
    .version = STR_LIT("0"),
    .packs = STR_LIT("keywarden"),
    .fail_on = SEVERITY_HIGH,
};

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct result {
    struct buf out, messages;
    uint64_t error_count, user_count, root_count;
};

static bool write_result(void *shared, struct str bytes, struct err *err)
{
    struct result *result = shared;

    (void)err;
    buf_str(&result->out, bytes);
    return true;
}

static void keep_message(void *shared, enum audit_message kind, const struct err *err)
{
    struct result *result = shared;

    buf_printf(&result->messages, "%d %s:%u:%u: %s (%s)\n", (int)kind, err->place, err->line,
               err->col, err->text, err->hint);
}

static void audit(struct str path, const char *format, unsigned jobs, enum simd_level simd,
                  struct result *result)
{
    struct posture posture;
    struct err err = {0};
    struct audit_config config = {
        .rules = &rules,
        .paths = &path,
        .path_count = 1,
        .now = INT64_C(1793491200), /* 2026-11-01 */
        .jobs = jobs,
        .simd = simd,
        .show_all = true,
        .wants_gaps = true,
        .format = report_format_find(str_from(format)),
        .options = &options,
        .write = write_result,
        .message = keep_message,
        .shared = result,
    };

    buf_init(&result->out, OUTPUT_MAX);
    buf_init(&result->messages, OUTPUT_MAX);
    posture_init(&posture, rules.pointers, rules.count, SAMPLES);
    check(audit_run(&config, &posture, &err));
    result->error_count = posture.error_count;
    result->user_count = posture.user_count;
    result->root_count = posture.root_count;
    for (size_t i = 0; i < rules.count; i++) {
        uint64_t judged = 0;
        for (int status = 0; status < STATUS_COUNT; status++) {
            judged += posture.tallies[i].counts[status];
        }
        check(judged <= posture.user_count + posture.root_count + 1);
    }
    posture_release(&posture);
}

static void result_release(struct result *result)
{
    buf_release(&result->out);
    buf_release(&result->messages);
}

static void check_same(const struct result *a, const struct result *b)
{
    check(str_eq(buf_text(&a->out), buf_text(&b->out)));
    check(str_eq(buf_text(&a->messages), buf_text(&b->messages)));
    check(a->error_count == b->error_count && a->user_count == b->user_count &&
          a->root_count == b->root_count);
}

static void audit_both_ways(struct str path, const char *format)
{
    struct result first, other;

    audit(path, format, 1, SIMD_SCALAR, &first);
    audit(path, format, 2, simd_level_detect(), &other);
    check_same(&first, &other);
    result_release(&other);
    if (simd_level_detect() > SIMD_AVX2) {
        audit(path, format, 1, SIMD_AVX2, &other);
        check_same(&first, &other);
        result_release(&other);
    }
    result_release(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"json",  "summary", "table", "html",  "jsonl",
                                          "sarif", "ocsf",    "asff",  "junit", "markdown"};
    char path[64];
    struct err err = {0};
    int fd = -1;

    if (rules.count == 0) {
        ruleset_init(&rules);
        check(ruleset_add_pack(&rules, STR("keywarden"), &err));
        check(ruleset_compile(&rules, &err));
    }
    fd = memfd_create("report", 0);
    check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    audit_both_ways(str_from(path), "csv");
    audit_both_ways(str_from(path), formats[size % (sizeof formats / sizeof formats[0])]);
    close(fd);
    return 0;
}
