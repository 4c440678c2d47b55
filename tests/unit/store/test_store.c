#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/instant.h"
#include "os/file.h"
#include "os/worker.h"
#include "source/accounts.h"
#include "store/import.h"
#include "store/maintain.h"
#include "store/packed.h"
#include "store/reports.h"
#include "store/samples.h"

#define HEADER "user,arn,user_creation_time,password_enabled,mfa_active,password_last_used\n"
#define ROOT(account) "<root_account>,arn:aws:iam::" account ":root,2015-01-01T00:00:00Z,"
#define USER(account, name) name ",arn:aws:iam::" account ":user/" name ","

static char folder[] = "/tmp/keywarden-unit-XXXXXX";
static char path[256];
static struct err problem;

static void write_file(const char *name, const char *text)
{
    struct file_out out = {0};
    struct err err = {0};
    char file[512];

    (void)snprintf(file, sizeof file, "%s/%s", folder, name);
    if (!file_out_open(&out, str_from(file), &err) || !file_out_write(&out, str_from(text), &err) ||
        !file_out_commit(&out, &err)) {
        fail_msg("%s: %s", file, err.text);
    }
}

static void make_folder(const char *name)
{
    struct err err = {0};
    char file[512];

    (void)snprintf(file, sizeof file, "%s/%s", folder, name);
    assert_true(file_make_folder(str_from(file), &err));
}

static void ignore_line(void *shared, const struct import_line *line)
{
    (void)shared;
    (void)line;
}

static void keep_problem(void *shared, bool is_error, const struct err *err)
{
    (void)shared;
    (void)is_error;
    problem = *err;
}

static void ignore_progress(void *shared, uint64_t bytes, uint64_t reports)
{
    (void)shared;
    (void)bytes;
    (void)reports;
}

static struct import_totals import(const char *name, unsigned jobs)
{
    char source[512];
    struct err err = {0};
    struct import_totals totals = {0};
    (void)snprintf(source, sizeof source, "%s/%s", folder, name);
    struct str paths[] = {str_from(source)};
    struct import_config config = {.paths = paths,
                                   .path_count = 1,
                                   .jobs = jobs,
                                   .now = 1700000000,
                                   .stored = ignore_line,
                                   .problem = keep_problem,
                                   .progress = ignore_progress};

    if (!store_open(&config.store, str_from(path), STORE_WRITE, &err) ||
        !import_run(&config, &totals, &err)) {
        fail_msg("%s: %s", err.place, err.text);
    }
    store_close(config.store);
    return totals;
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/s.db", folder);
    make_folder("f");
    make_folder("f/2020-09-13");
    make_folder("f/2020-09-20");
    write_file("f/accounts.csv",
               "account,organization,unit,standalone,iam_users,rds,s3,ec2,cloudtrail\n"
               "000000000007,Alpha,/a,true,1,2,3,4,5\n"
               "111122223333,Beta,,false,,0,,,\n");
    write_file("f/2020-09-13/000000000007.csv",
               HEADER ROOT("000000000007") "not_supported,true,no_information\n" USER(
                   "000000000007", "ann") "2019-01-01T00:00:00Z,true,false,2020-09-12T00:00:00Z\n");
    write_file("f/2020-09-20/000000000007.csv",
               HEADER USER("000000000007", "bob") "2020-09-15T00:00:00Z,false,false,N/A\n" USER(
                   "000000000007", "ann") "2019-01-01T00:00:00Z,rubbish,N/A,rubbish\n");
    write_file("f/2020-09-20/111122223333.csv",
               HEADER ROOT("111122223333") "true,false,2020-09-19T00:00:00Z\n");
    return 0;
}

static int teardown(void **state)
{
    char command[300];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static void test_samples(void **state)
{
    struct store_samples *samples = NULL;
    struct store_sample sample = {0};
    const struct user_batch *batch = NULL;
    const uint64_t *ids = NULL;
    struct err err = {0};
    uint64_t ann = 0;

    (void)state;
    struct import_totals totals = import("f", 3);
    assert_int_equal(totals.stored, 3);
    assert_int_equal(totals.warnings, 1);
    assert_true(store_samples_open(&samples, str_from(path), NULL, packed_columns(), &err));
    assert_true(store_samples_range(samples, 0, STORE_ACCOUNT_MAX, &err));

    assert_true(store_samples_next(samples, &sample, &err));
    assert_int_equal(sample.account, 7);
    assert_int_equal(sample.taken_at, 1599955200);
    assert_int_equal(sample.standing, ACCOUNT_STANDALONE);
    assert_int_equal(sample.counts[4], 5);
    assert_true(str_eq(store_organization_name(samples, sample.organization), STR("Alpha")));
    assert_true(str_eq(store_unit_path(samples, sample.unit), STR("/a")));
    assert_true(store_samples_batch(samples, &batch, &ids, &err));
    assert_int_equal(batch->rows, 2);
    assert_int_equal(batch->is_root[0], 1);
    assert_int_equal(batch->flags[COLUMN_PASSWORD_ENABLED]->is_not_supported[0], 1);
    assert_int_equal(batch->flags[COLUMN_MFA]->is_true[0], 1);
    assert_int_equal(batch->flags[COLUMN_MFA]->is_false[0], 2);
    assert_true(batch->times[COLUMN_PASSWORD_USED][0] == TIME_NEVER);
    assert_int_equal(batch->times[COLUMN_PASSWORD_USED][1], 1599868800);
    assert_true(batch->times[COLUMN_KEY_1_USED][1] == TIME_MISSING);
    assert_int_equal(user_batch_cell(batch, 0, COLUMN_USER).n, 0);
    ann = ids[1];
    assert_true(str_eq(store_user_name(samples, ann), STR("ann")));
    assert_false(store_samples_batch(samples, &batch, &ids, &err));

    assert_true(store_samples_next(samples, &sample, &err));
    assert_int_equal(sample.taken_at, 1600560000);
    assert_true(store_samples_batch(samples, &batch, &ids, &err));
    assert_int_equal(ids[1], ann);
    assert_int_not_equal(ids[0], ann);
    assert_true(batch->times[COLUMN_PASSWORD_USED][0] == TIME_NONE);
    assert_true(batch->times[COLUMN_PASSWORD_USED][1] == TIME_UNREADABLE);
    assert_int_equal(batch->flags[COLUMN_MFA]->is_na[0], 2);

    assert_true(store_samples_next(samples, &sample, &err));
    assert_int_equal(sample.account, 111122223333);
    assert_int_equal(sample.counts[0], -1);
    assert_int_equal(sample.counts[1], 0);
    assert_int_equal(sample.unit, 0);
    assert_false(store_samples_next(samples, &sample, &err));
    assert_int_equal(err.kind, ERR_NONE);
    store_samples_close(samples);

    assert_true(store_samples_open(&samples, str_from(path), NULL, 0, &err));
    assert_true(store_samples_range(samples, 8, 111122223332, &err));
    assert_false(store_samples_next(samples, &sample, &err));
    store_samples_close(samples);
}

static void test_extent(void **state)
{
    struct store *store = NULL;
    struct store_extent extent;
    struct err err = {0};
    uint64_t begins[8];
    int64_t *times = NULL;
    size_t count = 0;

    (void)state;
    assert_true(store_open(&store, str_from(path), STORE_READ, &err));
    assert_true(store_extent_read(store, &extent, &err));
    assert_int_equal(extent.accounts, 2);
    assert_int_equal(extent.snapshots, 3);
    assert_string_equal(extent.profile, "");
    assert_true(store_accounts_split(store, 1, begins, 8, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(begins[0], 0);
    assert_int_equal(begins[1], 111122223333);
    assert_true(store_times_read(store, &times, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(times[0], 1599955200);
    mem_free(times);
    store_close(store);
}

struct reading {
    struct stored_reports list;
    bool ok[3];
};

static void read_reports(void *shared, unsigned index)
{
    struct reading *reading = shared;
    struct store_reports_reader *reader = NULL;
    struct str bytes = {0}, source = {0};
    struct err err = {0};
    bool ok = store_reports_open(&reader, str_from(path), &err);

    for (int i = 0; ok && i < 100; i++) {
        const struct stored_report *report = &reading->list.reports[i % 2];
        ok = store_reports_read(reader, report, &bytes, &source, &err) &&
             str_starts(bytes, STR(HEADER)) && str_ends(source, STR(".csv"));
    }
    reading->ok[index] = ok;
    store_reports_close(reader);
}

static void test_reports(void **state)
{
    struct reading reading = {0};
    struct err err = {0};

    (void)state;
    assert_true(store_reports_list(&reading.list, str_from(path), true, 1600000000, &err));
    assert_int_equal(reading.list.count, 1);
    assert_int_equal(reading.list.reports[0].taken_at, 1599955200);
    assert_int_equal(reading.list.absent_count, 1);
    assert_int_equal(reading.list.absent[0].account, 111122223333);
    store_reports_release(&reading.list);
    assert_true(store_reports_list(&reading.list, str_from(path), false, 0, &err));
    assert_int_equal(reading.list.count, 2);
    assert_int_equal(reading.list.reports[0].taken_at, 1600560000);
    assert_int_equal(reading.list.absent_count, 0);
    workers_run(3, read_reports, &reading);
    store_reports_release(&reading.list);
    for (int i = 0; i < 3; i++) {
        assert_true(reading.ok[i]);
    }
}

static void test_again(void **state)
{
    (void)state;
    struct import_totals totals = import("f", 1);
    assert_int_equal(totals.duplicates, 3);
    assert_int_equal(totals.stored, 0);
    write_file("f/2020-09-20/111122223333.csv", HEADER);
    totals = import("f", 2);
    assert_int_equal(totals.duplicates, 2);
    assert_int_equal(totals.errors, 1);
    assert_non_null(strstr(problem.text, "something else for account 111122223333"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_extent),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_again),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
