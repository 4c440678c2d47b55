/* What an archive knows of a report beside its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audit/engine.h"

enum { DAY = 86400 };

/* 2026-11-01T00:00:00Z, and a key that was rotated 100 days before. */
static const int64_t time_of_report = 1793491200;
static const struct str report =
    STR_LIT("user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated\n"
            "ann,,2020-01-01T00:00:00Z,true,2026-07-24T00:00:00Z\n");

struct kept {
    struct archived_report report;
    bool is_lost;
    struct buf out;
    size_t done_count;
    uint64_t lost_rows;
    size_t written; /* when the report was done */
};

static uint64_t size_kept(void *shared, size_t index)
{
    (void)shared;
    (void)index;
    return report.n;
}

static bool read_kept(void *shared, unsigned worker, size_t index, struct archived_report *out,
                      struct err *err)
{
    const struct kept *kept = shared;

    (void)worker;
    (void)index;
    *out = kept->report;
    return !kept->is_lost || err_set(err, ERR_INPUT, "its bytes are damaged");
}

static bool keep(void *shared, struct str bytes, struct err *err)
{
    struct kept *kept = shared;

    (void)err;
    buf_str(&kept->out, bytes);
    return true;
}

static bool count_done(void *shared, const struct audit_report *done, struct err *err)
{
    struct kept *kept = shared;

    (void)err;
    assert_int_equal(done->index, 0);
    kept->done_count++;
    kept->lost_rows = done->lost_rows;
    kept->written = kept->out.n;
    return true;
}

static void audit(struct kept *kept, int64_t as_of, struct posture *posture)
{
    static const struct report_options options = {.version = STR_LIT("0")};
    struct report_archive archive = {STR_LIT("a store"), 1, size_kept, read_kept, kept, false};
    struct ruleset rules;
    struct err err = {0};

    ruleset_init(&rules);
    assert_true(ruleset_add_pack(&rules, STR("keywarden"), &err));
    assert_true(ruleset_compile(&rules, &err));
    struct audit_config config = {.rules = &rules,
                                  .archive = &archive,
                                  .has_as_of = as_of != 0,
                                  .as_of = as_of,
                                  .now = 0,
                                  .jobs = 1,
                                  .format = report_format_find(STR("csv")),
                                  .options = &options,
                                  .write = keep,
                                  .report_end = count_done,
                                  .shared = kept};
    buf_init(&kept->out, 1 << 20);
    posture_init(posture, rules.pointers, rules.count, 0);
    assert_true(audit_run(&config, posture, &err));
    ruleset_release(&rules);
}

static bool holds(const struct buf *out, const char *text)
{
    return memmem(out->p, out->n, text, strlen(text)) != NULL;
}

static struct kept kept_report(void)
{
    return (struct kept){.report = {.bytes = report,
                                    .name = STR_LIT("a store"),
                                    .account = STR_LIT("111122223333"),
                                    .as_of = time_of_report,
                                    .has_generated_at = true,
                                    .generated_at = time_of_report - DAY}};
}

static void test_account_and_times(void **state)
{
    struct kept kept = kept_report();
    struct posture posture;

    (void)state;
    audit(&kept, 0, &posture);
    assert_true(holds(&kept.out, "111122223333,ann,access-key-rotated,fail"));
    assert_int_equal(posture.as_of_max, time_of_report);
    assert_false(posture.as_of_clock);
    assert_true(posture.age_known);
    assert_int_equal(posture.generated_max, time_of_report - DAY);
    assert_true(str_eq(posture.archive, STR("a store")));
    assert_int_equal(posture.taken_min, time_of_report);
    assert_int_equal(posture.taken_max, time_of_report);
    buf_release(&kept.out);
    posture_release(&posture);
}

static void test_done_is_told_behind_the_findings(void **state)
{
    static const struct str broken =
        STR_LIT("user,arn,mfa_active\nann,,false\nbob,,false,one,two\neve,,true\n");
    struct kept kept = kept_report();
    struct posture posture;

    (void)state;
    audit(&kept, 0, &posture);
    assert_int_equal(kept.done_count, 1);
    assert_int_equal(kept.lost_rows, 0);
    assert_int_equal(kept.written, kept.out.n);
    buf_release(&kept.out);
    posture_release(&posture);
    kept.report.bytes = broken;
    audit(&kept, 0, &posture);
    assert_int_equal(kept.done_count, 2);
    assert_int_equal(kept.lost_rows, 1);
    buf_release(&kept.out);
    posture_release(&posture);
}

static void test_the_audits_own_time_decides(void **state)
{
    struct kept kept = kept_report();
    struct posture posture;

    (void)state;
    audit(&kept, time_of_report - 20 * DAY, &posture);
    assert_false(holds(&kept.out, "access-key-rotated,fail"));
    assert_int_equal(posture.as_of_max, time_of_report - 20 * DAY);
    assert_int_equal(posture.taken_max, time_of_report);
    buf_release(&kept.out);
    posture_release(&posture);
}

static void test_a_report_that_is_lost_is_an_error(void **state)
{
    struct kept kept = kept_report();
    struct posture posture;

    (void)state;
    kept.is_lost = true;
    audit(&kept, 0, &posture);
    assert_int_equal(posture.error_count, 1);
    assert_int_equal(posture.report_count, 0);
    assert_int_equal(kept.done_count, 0);
    assert_string_equal(posture.errors[0].place, "a store");
    buf_release(&kept.out);
    posture_release(&posture);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account_and_times),
        cmocka_unit_test(test_done_is_told_behind_the_findings),
        cmocka_unit_test(test_the_audits_own_time_decides),
        cmocka_unit_test(test_a_report_that_is_lost_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
