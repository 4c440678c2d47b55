#include "store/collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/file.h"
#include "store/reports.h"

#define HEADER "user,arn,user_creation_time,password_enabled,mfa_active\n"
#define ROOT(account)                                                                              \
    "<root_account>,arn:aws:iam::" account ":root,2015-01-01T00:00:00Z,true,true\n"
#define POLICY                                                                                     \
    "<GetAccountPasswordPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"       \
    "<GetAccountPasswordPolicyResult><PasswordPolicy>"                                             \
    "<MinimumPasswordLength>14</MinimumPasswordLength>"                                            \
    "</PasswordPolicy></GetAccountPasswordPolicyResult></GetAccountPasswordPolicyResponse>"
#define ORGANIZATION                                                                               \
    "{\"Organization\":{\"Id\":\"o-abcdefghij\",\"MasterAccountId\":\"111111111111\","             \
    "\"FeatureSet\":\"ALL\"}}"

static char folder[] = "/tmp/keywarden-unit-XXXXXX";
static char path[256];
static struct store *store;
static struct collected_packer *packer;
static struct arena arena;

static int begin(void **state)
{
    struct err err = {0};

    (void)state;
    (void)snprintf(path, sizeof path, "%s/s.db", folder);
    (void)unlink(path);
    arena_init(&arena, 64 << 20);
    packer = collected_packer_new();
    return store_open(&store, str_from(path), STORE_WRITE, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    collected_packer_free(packer);
    arena_release(&arena);
    return 0;
}

static struct collected_run *begin_run(void)
{
    struct collected_facts facts = {.started_at = 1700000000, .arguments = STR("--org")};
    struct collected_listing listings[] = {
        {.account = 222222222222, .name = STR("two"), .unit = STR("/prod")},
        {.account = 111111111111, .name = STR("one")},
    };
    struct collected_run *run = NULL;
    struct err err = {0};

    if (!collected_begin(&run, store, &facts, &err) ||
        !collected_accounts(run, listings, 2, &err) || !collected_commit(run, &err)) {
        fail_msg("%s", err.text);
    }
    return run;
}

static struct collected_snapshot snapshot_of(uint64_t account, const char *report)
{
    static const struct answer answers[] = {
        {.action = STR_LIT("iam:GetAccountPasswordPolicy"), .body = STR_LIT(POLICY)},
        {.action = STR_LIT("iam:ListVirtualMFADevices"),
         .outcome = ANSWER_DENIED,
         .code = STR_LIT("AccessDenied")},
    };

    return (struct collected_snapshot){.account = account,
                                       .taken_at = 1700000000,
                                       .report = str_from(report),
                                       .has_generated_at = true,
                                       .generated_at = 1699999000,
                                       .organization = STR("o-abcdefghij"),
                                       .counts = {1, -1, -1, -1, -1},
                                       .answers = answers,
                                       .answer_count = 2};
}

static void write_account(struct collected_run *run, uint64_t account, const char *report)
{
    struct collected_snapshot snapshot = snapshot_of(account, report);
    struct collected_packed *packed = NULL;
    struct err err = {0};

    if (!collected_pack(packer, &snapshot, &packed, &err) ||
        !collected_account(run, packed, &err)) {
        fail_msg("%s", err.text);
    }
    collected_packed_free(packed);
}

static struct collected_listing *list(struct collected_run *run)
{
    struct collected_listing *listings = NULL;
    struct err err = {0};
    size_t count = 0;

    if (!collected_list(run, &arena, &listings, &count, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(count, 2);
    assert_int_equal(listings[0].account, 111111111111);
    return listings;
}

static void test_run(void **state)
{
    struct collected_run *run = begin_run(), *again = NULL;
    struct collected_facts facts = {0};
    struct collected_listing *listings = list(run);
    struct err err = {0}, why = {0};

    (void)state;
    assert_int_equal(listings[0].state, COLLECTED_PENDING);
    write_account(run, 111111111111, HEADER ROOT("111111111111"));
    (void)err_set(&why, ERR_INPUT, "no route");
    assert_true(collected_failed(run, 222222222222, &why, &err));
    assert_true(collected_finish(run, 1700000100, &err));
    int64_t id = collected_id(run);
    collected_close(run);

    /* A run with an account that failed is gone on with; one whose accounts are done is not. */
    assert_true(collected_resume(&again, store, false, 0, &arena, &facts, &err));
    assert_int_equal(collected_id(again), id);
    assert_int_equal(facts.started_at, 1700000000);
    assert_true(str_eq(facts.arguments, STR("--org")));
    listings = list(again);
    assert_int_equal(listings[0].state, COLLECTED_DONE);
    assert_int_equal(listings[1].state, COLLECTED_FAILED);
    assert_true(str_eq(listings[1].error, STR("no route")));
    assert_true(str_eq(listings[1].unit, STR("/prod")));
    write_account(again, 222222222222, HEADER ROOT("222222222222"));
    assert_true(collected_finish(again, 1700000200, &err));
    collected_close(again);
    assert_false(collected_resume(&again, store, true, id, &arena, &facts, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* What was not committed is pending again. */
static void test_uncommitted(void **state)
{
    struct collected_run *run = begin_run();
    struct stored_reports reports = {0};
    struct collected_facts facts;
    struct err err = {0};

    (void)state;
    write_account(run, 111111111111, HEADER ROOT("111111111111"));
    collected_close(run);
    assert_true(collected_resume(&run, store, false, 0, &arena, &facts, &err));
    assert_int_equal(list(run)[0].state, COLLECTED_PENDING);
    collected_close(run);
    assert_true(store_reports_list(&reports, str_from(path), false, 0, &err));
    assert_int_equal(reports.count, 0);
    store_reports_release(&reports);
}

/* An account collected again at the same instant replaces what was there. */
static void test_again(void **state)
{
    struct collected_run *run = begin_run();
    struct stored_reports reports = {0};
    struct store_reports_reader *reader = NULL;
    struct inventory inventory = {0};
    struct str bytes, source;
    struct err err = {0};
    static const char second[] = HEADER ROOT("111111111111") "ann,arn:aws:iam::111111111111:user/"
                                                             "ann,2016-01-01T00:00:00Z,false,"
                                                             "false";

    (void)state;
    write_account(run, 111111111111, HEADER ROOT("111111111111"));
    assert_true(collected_commit(run, &err));
    write_account(run, 111111111111, second);
    assert_true(collected_commit(run, &err));
    collected_close(run);
    assert_true(store_reports_list(&reports, str_from(path), false, 0, &err));
    assert_int_equal(reports.count, 1);
    assert_int_equal(reports.reports[0].taken_at, 1700000000);
    assert_int_equal(reports.reports[0].generated_at, 1699999000);
    assert_true(reports.reports[0].is_collected);
    assert_true(store_reports_open(&reader, str_from(path), &err));
    assert_true(store_reports_read(reader, &reports.reports[0], &bytes, &source, &err));
    assert_true(str_eq(bytes, STR(second)));
    assert_true(store_reports_inventory(reader, &reports.reports[0], &arena, &inventory, &err));
    bool has_policy = false;
    for (size_t i = 0; i < inventory.row_count; i++) {
        has_policy |= str_eq(inventory.rows[i].kind, STR("IAMPasswordPolicy"));
    }
    assert_true(has_policy);
    assert_int_equal(inventory.gap_count, 1);
    assert_true(str_eq(inventory.gaps[0].action, STR("iam:ListVirtualMFADevices")));
    assert_int_equal(inventory.gaps[0].outcome, ANSWER_DENIED);
    store_reports_close(reader);
    store_reports_release(&reports);
}

/* The organization's answers come back as they were given, and only the last ones. */
static void test_organization(void **state)
{
    struct answer answers[] = {
        {.action = STR("organizations:DescribeOrganization"), .body = STR(ORGANIZATION)},
        {.action = STR("organizations:ListRoots"),
         .outcome = ANSWER_FAILED,
         .code = STR("ServiceException")},
    };
    struct answer *found = NULL;
    struct collected_run *run = begin_run();
    struct err err = {0};
    size_t count = 0;

    (void)state;
    assert_true(collected_organization(run, answers, 2, &err));
    assert_true(collected_organization(run, answers, 2, &err));
    assert_true(collected_commit(run, &err));
    assert_true(collected_organization_answers(run, &arena, &found, &count, &err));
    assert_int_equal(count, 2);
    assert_true(str_eq(found[0].action, answers[0].action));
    assert_true(str_eq(found[0].body, answers[0].body));
    assert_int_equal(found[1].outcome, ANSWER_FAILED);
    assert_true(str_eq(found[1].code, answers[1].code));
    collected_close(run);
}

/* Nothing of an account that is wrong is written. */
static void test_refused(void **state)
{
    struct collected_snapshot wrong = snapshot_of(222222222222, HEADER ROOT("111111111111"));
    struct collected_snapshot none = snapshot_of(222222222222, "<html>");
    struct collected_packed *packed = NULL;
    struct err err = {0};

    (void)state;
    assert_false(collected_pack(packer, &wrong, &packed, &err));
    assert_non_null(strstr(err.text, "111111111111"));
    err = (struct err){0};
    assert_false(collected_pack(packer, &none, &packed, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_run, begin, end),
        cmocka_unit_test_setup_teardown(test_uncommitted, begin, end),
        cmocka_unit_test_setup_teardown(test_again, begin, end),
        cmocka_unit_test_setup_teardown(test_organization, begin, end),
        cmocka_unit_test_setup_teardown(test_refused, begin, end),
    };

    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    int failed = cmocka_run_group_tests_name("store/collected", tests, NULL, NULL);
    (void)unlink(path);
    (void)rmdir(folder);
    return failed;
}
