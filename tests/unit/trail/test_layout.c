#include "trail/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"

static struct layout_filter filter_of(const char *since, const char *until)
{
    struct layout_filter filter = {.since = INSTANT_MIN, .until = INSTANT_MAX};

    assert_true(since == NULL || instant_parse_human(str_from(since), &filter.since));
    assert_true(until == NULL || instant_parse_human(str_from(until), &filter.until));
    return filter;
}

static void expect(const struct layout_filter *filter, const char *key, bool wanted)
{
    if (layout_is_wanted(filter, str_from(key)) != wanted) {
        print_error("%s\n", key);
    }
    assert_int_equal(layout_is_wanted(filter, str_from(key)), wanted);
}

static void test_accounts_and_regions(void **state)
{
    static const struct str accounts[] = {STR_LIT("111111111111")},
                            regions[] = {STR_LIT("eu-west-1")};
    struct layout_filter filter = filter_of(NULL, NULL);

    (void)state;
    filter.accounts = (struct str_list){accounts, 1};
    filter.regions = (struct str_list){regions, 1};
    expect(&filter, "AWSLogs/111111111111/", true);
    expect(&filter, "AWSLogs/222222222222/", false);
    expect(&filter, "p/AWSLogs/o-abc/222222222222/CloudTrail/", false);
    expect(&filter, "p/AWSLogs/o-abc/", true);
    expect(&filter, "AWSLogs/111111111111/CloudTrail/eu-west-1/", true);
    expect(&filter, "AWSLogs/111111111111/CloudTrail/us-east-1/", false);
    expect(&filter, "AWSLogs/111111111111/Config/eu-west-1/", false);
    expect(&filter, "AWSLogs/111111111111/CloudTrail-Insight/eu-west-1/", false);
    expect(&filter, "AWSLogs/111111111111/CloudTrail-Digest/eu-west-1/", false);
    /* A name that is not of the layout tells nothing. */
    expect(&filter, "222222222222/us-east-1/x.json", true);
    expect(&filter, "AWSLogs/backup/222222222222/x.json", true);
    /* What stands before the last AWSLogs is a prefix of somebody's own. */
    expect(&filter, "AWSLogs/222222222222/AWSLogs/111111111111/", true);
    filter.wants_digests = true;
    expect(&filter, "AWSLogs/111111111111/CloudTrail-Digest/eu-west-1/", true);
}

#define AT "AWSLogs/111111111111/CloudTrail/us-east-1/"

/* An event of the 28th of February may be delivered on the first of March. */
static void test_dates(void **state)
{
    struct layout_filter filter = filter_of("2026-02-28", "2026-02-28T12:00:00Z");

    (void)state;
    expect(&filter, AT "2026/", true);
    expect(&filter, AT "2025/", false);
    expect(&filter, AT "2026/02/", true);
    expect(&filter, AT "2026/03/", true);
    expect(&filter, AT "2026/04/", false);
    expect(&filter, AT "2026/01/", false);
    expect(&filter, AT "2026/02/27/x.json.gz", false);
    expect(&filter, AT "2026/02/28/x.json.gz", true);
    expect(&filter, AT "2026/03/01/x.json.gz", true);
    expect(&filter, AT "2026/03/02/x.json.gz", false);
    expect(&filter, AT "2026/13/01/x.json.gz", true); /* no month: not of the layout */
    filter = filter_of(NULL, "2025-12-31T23:59:59Z");
    expect(&filter, AT "2026/01/01/x.json.gz", true);
    expect(&filter, AT "2026/01/02/x.json.gz", false);
    expect(&filter, AT "1999/01/02/x.json.gz", true);
}

static void expect_plan(const struct layout_filter *filter, const char *prefix,
                        enum layout_listing how, const char *names)
{
    struct buf found;

    buf_init(&found, 1 << 20);
    assert_int_equal(layout_plan(filter, str_from(prefix), &found), how);
    for (size_t i = 0; i < found.n; i++) {
        found.p[i] = found.p[i] == '\0' ? ' ' : found.p[i];
    }
    buf_char(&found, '\0');
    assert_string_equal(found.p, names);
    buf_release(&found);
}

static void test_plans(void **state)
{
    static const struct str regions[] = {STR_LIT("eu-west-1"), STR_LIT("us-east-1")};
    struct layout_filter all = filter_of(NULL, NULL), day = filter_of("2026-02-28", "2026-02-28");

    (void)state;
    expect_plan(&all, "", LAYOUT_ALL, "");
    expect_plan(&all, "p/AWSLogs/", LAYOUT_FOLDERS, "");
    expect_plan(&all, "AWSLogs/111111111111/", LAYOUT_FOLDERS, "");
    expect_plan(&all, "AWSLogs/111111111111/CloudTrail/", LAYOUT_ALL, "");
    expect_plan(&day, "", LAYOUT_FOLDERS, "");
    expect_plan(&day, "AWSLogs/111111111111/CloudTrail/", LAYOUT_FOLDERS, "");
    expect_plan(&day, AT, LAYOUT_NAMED, AT "2026/02/28/ " AT "2026/03/01/ ");
    /* Part of a name may be more than one folder. */
    expect_plan(&day, AT "2", LAYOUT_FOLDERS, "");
    expect_plan(&day, AT "2026/02/28/", LAYOUT_ALL, "");
    day.since = INSTANT_MIN;
    expect_plan(&day, AT, LAYOUT_FOLDERS, "");
    expect_plan(&day, AT "2025/", LAYOUT_ALL, "");
    expect_plan(&day, AT "2026/", LAYOUT_FOLDERS, "");
    all.regions = (struct str_list){regions, 2};
    expect_plan(&all, "AWSLogs/111111111111/CloudTrail/", LAYOUT_NAMED,
                "AWSLogs/111111111111/CloudTrail/eu-west-1/ "
                "AWSLogs/111111111111/CloudTrail/us-east-1/ ");
    expect_plan(&all, "AWSLogs/111111111111/CloudTrail/e", LAYOUT_FOLDERS, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts_and_regions),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_plans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
