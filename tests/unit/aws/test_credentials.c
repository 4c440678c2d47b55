#include "aws/credentials_chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/process.h"
#include "os/system.h"
#include "os/worker.h"

static int64_t fixed_now(void *context)
{
    return *(const int64_t *)context;
}

static int64_t the_time = 1000;
static const struct net_clock fixed_clock = {.context = &the_time, .now = fixed_now};

static void test_times(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } good[] = {
        {"2026-09-21T14:13:20Z", 1790000000},        {"2026-09-21T14:13:20UTC", 1790000000},
        {"2026-09-21T16:13:20+02:00", 1790000000},   {"2026-09-21T10:43:20-0330", 1790000000},
        {"2026-09-21T14:13:20.123456Z", 1790000000}, {"2026-09-21 14:13:20", 1790000000}};
    static const char *const bad[] = {"",
                                      "2026-09-21",
                                      "2026-09-21T14:13:20X",
                                      "1790000000",
                                      "2026-09-21T14:13:20+2",
                                      "2026-13-21T14:13:20Z",
                                      "2026-09-21T14:13:20+25:00",
                                      "2026-09-21T14:13:2"};
    int64_t at = 0;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(credentials_time_parse(str_from(good[i].text), &at));
        assert_int_equal(at, good[i].at);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(credentials_time_parse(str_from(bad[i]), &at));
    }
}

static void test_what_is_no_key(void **state)
{
    struct credentials credentials = {0};
    char longer[300];

    (void)state;
    memset(longer, 'a', sizeof longer);
    struct str long_text = {longer, sizeof longer};
    const struct {
        struct str id, secret;
    } bad[] = {{STR(""), STR("s")},       {STR("AKIA\n"), STR("s")}, {STR("AK IA"), STR("s")},
               {STR("AKIA/x"), STR("s")}, {long_text, STR("s")},     {STR("AKIA"), STR("")},
               {STR("AKIA"), long_text}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        assert_false(credentials_set(&credentials, bad[i].id, bad[i].secret, STR(""), &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(strstr(err.text, "AKIA"));
    }
    credentials_release(&credentials);
}

struct counted {
    atomic_uint fetched;
    int64_t lasts_s;
    bool fails;
};

static bool counted_fetch(void *context, struct credentials *out, struct err *err)
{
    struct counted *counted = context;
    char id[16];

    if (counted->fails) {
        return err_set(err, ERR_REMOTE, "no");
    }
    (void)snprintf(id, sizeof id, "AKIA%u", ++counted->fetched);
    out->expires_at = counted->lasts_s > 0 ? the_time + counted->lasts_s : 0;
    return credentials_set(out, str_from(id), STR("secret"), STR("token"), err);
}

static void expect_id(struct credentials_source *source, const char *id)
{
    struct err err = {0};
    const struct credentials *credentials = credentials_acquire(source, &err);

    assert_non_null(credentials);
    assert_string_equal(credentials->access_key_id, id);
    credentials_drop(credentials);
}

static void test_refresh(void **state)
{
    struct counted counted = {.lasts_s = 1000};
    struct credentials_source *source =
        credentials_source_new(counted_fetch, &counted, &fixed_clock);
    struct err err = {0};
    const struct credentials *held = NULL, *newer = NULL;

    (void)state;
    the_time = 1000;
    expect_id(source, "AKIA1");
    expect_id(source, "AKIA1");
    the_time = 1000 + 1000 - CREDENTIALS_REFRESH_S;
    expect_id(source, "AKIA1");
    the_time++;
    expect_id(source, "AKIA2");
    /* While there is time left, a refresh that fails does no harm; then it does. */
    the_time += 900;
    counted.fails = true;
    expect_id(source, "AKIA2");
    the_time += 50;
    assert_null(credentials_acquire(source, &err));
    assert_string_equal(err.text, "no");
    counted.fails = false;
    expect_id(source, "AKIA3");
    /* Expired by what a service says: once for all who held the same. */
    held = credentials_acquire(source, &err);
    assert_true(credentials_expire(source, held));
    assert_true(credentials_expire(source, held));
    newer = credentials_acquire(source, &err);
    assert_string_equal(newer->access_key_id, "AKIA4");
    assert_true(credentials_expire(source, held));
    expect_id(source, "AKIA4");
    assert_string_equal(held->access_key_id, "AKIA3"); /* still good for who holds it */
    assert_true(str_eq(secret_text(&held->secret_key), STR("secret")));
    credentials_source_free(source);
    assert_true(str_eq(secret_text(&newer->session_token), STR("token")));
    credentials_drop(held);
    credentials_drop(newer);
}

static void test_source_of_one(void **state)
{
    struct credentials credentials = {0};
    struct err err = {0};
    struct credentials_source *source = NULL;
    const struct credentials *held = NULL;

    (void)state;
    assert_true(credentials_set(&credentials, STR("AKIA"), STR("s"), STR(""), &err));
    source = credentials_source_of(&credentials, &fixed_clock);
    assert_null(credentials.secret_key.p); /* moved */
    held = credentials_acquire(source, &err);
    assert_non_null(held);
    assert_false(credentials_expire(source, held));
    credentials_drop(held);
    credentials_source_free(source);
    credentials_source_free(NULL);
    credentials_drop(NULL);
}

static void take_many(void *shared, unsigned index)
{
    (void)index;
    for (int i = 0; i < 1000; i++) {
        struct err err = {0};
        const struct credentials *held = credentials_acquire(shared, &err);
        if (i % 100 == 0) {
            (void)credentials_expire(shared, held);
        }
        credentials_drop(held);
    }
}

static void test_many_threads(void **state)
{
    struct counted counted = {0};
    struct credentials_source *source =
        credentials_source_new(counted_fetch, &counted, &fixed_clock);

    (void)state;
    workers_run(4, take_many, source);
    assert_true(counted.fetched >= 10 && counted.fetched <= 41);
    credentials_source_free(source);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* How often `text` stands anywhere in this process's own writable memory. The bytes looked for are
 * kept turned around, so that they are not found themselves. */
static unsigned memory_count(const char *reversed)
{
    size_t n = strlen(reversed);
    FILE *maps = fopen("/proc/self/maps", "r"), *memory = fopen("/proc/self/mem", "r");
    unsigned count = 0;
    char line[512];
    static char page[1 << 16];

    assert_non_null(maps);
    assert_non_null(memory);
    while (fgets(line, sizeof line, maps) != NULL) {
        char *end = NULL;
        unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, &end, 16);
        if (strncmp(end, " rw", 3) != 0 || fseek(memory, (long)from, SEEK_SET) != 0) {
            continue;
        }
        for (unsigned long at = from; at < to; at += sizeof page - n) {
            size_t got = 0;
            (void)fseek(memory, (long)at, SEEK_SET);
            got = fread(page, 1, to - at < sizeof page ? to - at : sizeof page, memory);
            for (size_t i = 0; i + n <= got && i < sizeof page - n; i++) {
                size_t same = 0;
                while (same < n && page[i + same] == reversed[n - 1 - same]) {
                    same++;
                }
                count += same == n;
            }
        }
    }
    memset(page, 0, sizeof page);
    (void)fclose(maps);
    (void)fclose(memory);
    return count;
}

/* Everything that held the key on its way from the file to the source is wiped, and the source's
 * own copy with the last share. */
static void test_nothing_stays_in_memory(void **state)
{
    static const char reversed[] = "zyxwvutsrqponmlkjihg7654321";
    char path[] = "/tmp/keywarden-test-XXXXXX", line[512] = "";
    struct err err = {0};
    struct http *http = http_new(&(struct http_options){0}, &err);
    static struct aws_client client;
    struct aws_settings settings = {0};
    struct credentials_chain chain = {.client = &client};
    const struct credentials *held = NULL;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    (void)snprintf(line, sizeof line,
                   "[default]\naws_access_key_id = AKIA\naws_secret_access_key = ");
    assert_int_equal(write(fd, line, strlen(line)), strlen(line));
    for (size_t i = sizeof reversed - 1; i > 0; i--) {
        assert_int_equal(write(fd, &reversed[i - 1], 1), 1);
    }
    (void)close(fd);
    (void)setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    (void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
    (void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    assert_non_null(http);
    aws_client_init(&client, http, net_clock_of(http), &settings);
    struct credentials_source *source =
        credentials_source_new(credentials_chain_fetch, &chain, &client.clock);
    assert_int_equal(memory_count(reversed), 0);
    held = credentials_acquire(source, &err);
    assert_non_null(held);
    assert_int_equal(memory_count(reversed), 1); /* the one in locked memory */
    credentials_drop(held);
    credentials_source_free(source);
    assert_int_equal(memory_count(reversed), 0);
    http_free(http);
    (void)unlink(path);
}

#endif

static void test_forbid_dumps(void **state)
{
    struct rlimit limit = {1, 1};

    (void)state;
    system_forbid_dumps();
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_max, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
}

static bool run(const char *program, const char *argument, uint64_t timeout_ms, struct buf *out,
                struct err *err)
{
    struct str words[] = {str_from(program), str_from(argument)};

    buf_init(out, 1000);
    *err = (struct err){0};
    return process_read(words, 2, timeout_ms, out, err);
}

static void test_processes(void **state)
{
    struct buf out;
    struct err err;

    (void)state;
    assert_true(run("echo", "a; echo b $HOME", 10000, &out, &err));
    assert_true(str_eq(buf_text(&out), STR("a; echo b $HOME\n")));
    buf_release(&out);
    assert_false(run("false", "", 10000, &out, &err));
    assert_non_null(strstr(err.text, "exit code 1"));
    assert_false(run("/nonexistent/program", "", 10000, &out, &err));
    assert_non_null(strstr(err.text, "cannot run"));
    assert_false(run("sleep", "20", 200, &out, &err));
    assert_false(run("yes", "", 10000, &out, &err));
    assert_non_null(strstr(err.text, "more than 1000 bytes"));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_what_is_no_key),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_source_of_one),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_processes),
/* A sanitizer's shadow of the memory has no end. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(test_nothing_stays_in_memory),
#endif
        cmocka_unit_test(test_forbid_dumps),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
