#include "trail/prefilter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "rule/filter_pattern.h"

enum { RULES_MAX = 300 };

struct fixture {
    struct arena arena;
    struct rule_program programs[RULES_MAX];
    struct trail_rule rules[RULES_MAX];
    size_t count;
    struct prefilter *prefilter;
    struct prefilter_scratch scratch;
};

static void add(struct fixture *fixture, const char *pattern)
{
    struct err err = {0};
    size_t i = fixture->count++;

    assert_true(
        filter_pattern_compile(&fixture->arena, str_from(pattern), &fixture->programs[i], &err));
    fixture->rules[i].program = &fixture->programs[i];
}

static struct fixture *begin(void)
{
    struct fixture *fixture = mem_alloc(sizeof *fixture);

    arena_init(&fixture->arena, 16 << 20);
    return fixture;
}

static void finish(struct fixture *fixture)
{
    prefilter_free(fixture->prefilter);
    arena_release(&fixture->arena);
    mem_free(fixture);
}

static void compile(struct fixture *fixture, enum simd_level simd)
{
    struct err err = {0};

    prefilter_free(fixture->prefilter);
    fixture->prefilter = prefilter_new(fixture->rules, fixture->count, STR("eventID"), simd, &err);
    assert_non_null(fixture->prefilter);
}

/* The first 64 rules that may match. */
static uint64_t ask(struct fixture *fixture, const char *record)
{
    uint64_t rules[RULES_MAX / 64 + 1];
    bool is_any = prefilter_ask(fixture->prefilter, &fixture->scratch, str_from(record), rules);
    bool is_set = false;

    for (size_t i = 0; i < prefilter_words(fixture->prefilter); i++) {
        is_set = is_set || rules[i] != 0;
    }
    assert_int_equal(is_any, is_set);
    return rules[0];
}

static void only_what_may_match_is_asked(void **state)
{
    struct fixture *fixture = begin();

    (void)state;
    add(fixture, "{ $.eventName = A1 || $.eventName = \"ConsoleLogin\" }");
    add(fixture, "{ $.eventName = DeleteTrail || $.eventName = UpdateTrail }");
    add(fixture, "{ $.userIdentity.type = Root && $.eventType != AwsServiceEvent }");
    add(fixture, "{ $.userAgent = \"*S3/Browser*\" }");
    add(fixture, "{ $.requestParameters.tags[1] = \"tr\xc3\xa4\" }");
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        compile(fixture, (enum simd_level)level);
        assert_int_equal(prefilter_open_count(fixture->prefilter), 0);
        assert_int_equal(ask(fixture, "{\"eventName\":\"ConsoleLogin\"}"), 1);
        assert_int_equal(ask(fixture, "{\"eventName\":\"consoleLOGIN\"}"), 1);
        assert_int_equal(ask(fixture, "{\"eventName\":\"A1\"}"), 1);
        assert_int_equal(ask(fixture, "{\"eventName\" :\n \"DeleteTrail\"}"), 2);
        assert_int_equal(ask(fixture, "{\"a\":[{\"eventName\":\"UpdateTrail\"}]}"), 2);
        assert_int_equal(ask(fixture, "{\"eventName\":\"A\",\"eventName\":\"A1\"}"), 1);
        assert_int_equal(ask(fixture, "{\"eventName\":[\"A\"]}"), 3);
        assert_int_equal(ask(fixture, "{\"eventName\":\"DeleteTrails\"}"), 0);
        assert_int_equal(ask(fixture, "{\"eventName\":\"DeleteTrai"), 0);
        assert_int_equal(ask(fixture, "{\"eventNam\":\"DeleteTrail\"}"), 0);
        assert_int_equal(ask(fixture, "{\"x\":\"eventName\"}"), 0);
        assert_int_equal(ask(fixture, "{\"userIdentity\":{\"type\":\"ROOT\"}}"), 4);
        assert_int_equal(ask(fixture, "{\"arn\":\"arn:aws:iam::1:root\"}"), 0);
        assert_int_equal(ask(fixture, "{\"userAgent\":\"x s3/browser x\"}"), 8);
        assert_int_equal(ask(fixture, "[\"tr\xc3\xa4\"]"), 16);
    }
    finish(fixture);
}

static void an_escape_that_may_hide_something_asks_all(void **state)
{
    struct fixture *fixture = begin();

    (void)state;
    add(fixture, "{ $.eventName = A1 || $.eventName = \"ConsoleLogin\" }");
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        compile(fixture, (enum simd_level)level);
        assert_int_equal(ask(fixture, "{\"eventName\":\"Console\\u004cogin\"}"), 1);
        assert_int_equal(ask(fixture, "{\"event\\u004eame\":\"X\"}"), 1);
        assert_int_equal(ask(fixture, "{\"eventName\":\"\\u003c\\u003D\\u0026\"}"), 0);
        assert_int_equal(ask(fixture, "{\"eventName\":\"\\u65e5\\ud83d\\ude00\\n\\/\"}"), 0);
        assert_int_equal(ask(fixture, "{\"eventName\":\"\\u00"), 1); /* who knows */
    }
    add(fixture, "{ $.userAgent = \"*S3/Browser\xc3\xa4*\" }");
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        compile(fixture, (enum simd_level)level);
        assert_int_equal(ask(fixture, "{\"userAgent\":\"a\\/b\"}"), 3);
        assert_int_equal(ask(fixture, "{\"userAgent\":\"\\u00e4\"}"), 3);
        assert_int_equal(ask(fixture, "{\"userAgent\":\"\\u65e5\"}"), 3);
    }
    finish(fixture);
}

static void what_nothing_is_known_about_is_always_asked(void **state)
{
    struct fixture *fixture = begin();

    (void)state;
    add(fixture, "{ $.eventName = ConsoleLogin }");
    add(fixture, "{ $.errorCode NOT EXISTS }");
    add(fixture, "{ $.requestParameters.list[0] = \"5\" }"); /* may stand without quotes */
    compile(fixture, simd_level_detect());
    assert_int_equal(prefilter_open_count(fixture->prefilter), 2);
    assert_int_equal(ask(fixture, "{}"), 6);
    finish(fixture);

    fixture = begin();
    compile(fixture, SIMD_SCALAR);
    assert_int_equal(ask(fixture, "{\"eventName\":\"\\u0041\"}"), 0); /* no rules at all */
    finish(fixture);
}

/* At the seams of the stretches that are looked at, and at the end of the record. */
static void a_text_is_found_wherever_it_stands(void **state)
{
    static const struct str text = STR_LIT("\"ConsoleLogin\"");
    static char record[3 * NEEDLES_TEXT_MAX];
    struct fixture *fixture = begin();
    uint64_t rules[1];

    (void)state;
    add(fixture, "{ $.eventName = ConsoleLogin }");
    for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
        compile(fixture, (enum simd_level)level);
        memset(record, 'o', sizeof record);
        for (size_t at = 0; at + text.n <= sizeof record; at++) {
            bool is_near = at % NEEDLES_TEXT_MAX < 80 || at % NEEDLES_TEXT_MAX > 4000;
            memcpy(record + at, text.p, text.n);
            assert_true(!is_near || prefilter_ask(fixture->prefilter, &fixture->scratch,
                                                  (struct str){record, sizeof record}, rules));
            assert_true(prefilter_ask(fixture->prefilter, &fixture->scratch,
                                      (struct str){record + at, text.n}, rules));
            memset(record + at, 'o', text.n);
        }
        assert_false(prefilter_ask(fixture->prefilter, &fixture->scratch,
                                   (struct str){record, sizeof record}, rules));
    }
    finish(fixture);
}

static void many_rules_are_told_apart(void **state)
{
    struct fixture *fixture = begin();
    struct err err = {0};
    uint64_t rules[RULES_MAX / 64 + 1];

    (void)state;
    for (size_t i = 0; i < RULES_MAX; i++) {
        char pattern[100];
        snprintf(pattern, sizeof pattern, "{ $.eventName = Call%zu && $.eventSource = x }", i);
        struct str kept;
        assert_true(arena_str(&fixture->arena, str_from(pattern), &kept));
        assert_true(filter_pattern_compile(&fixture->arena, kept, &fixture->programs[i], &err));
        fixture->rules[i].program = &fixture->programs[i];
    }
    fixture->count = RULES_MAX;
    compile(fixture, simd_level_detect());
    for (size_t i = 0; i < RULES_MAX; i++) {
        char record[100];
        snprintf(record, sizeof record, "{\"eventName\":\"cALL%zu\"}", i);
        assert_true(prefilter_ask(fixture->prefilter, &fixture->scratch, str_from(record), rules));
        for (size_t j = 0; j < prefilter_words(fixture->prefilter); j++) {
            assert_true(rules[j] == (i / 64 == j ? UINT64_C(1) << i % 64 : 0));
        }
    }
    finish(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_may_match_is_asked),
        cmocka_unit_test(an_escape_that_may_hide_something_asks_all),
        cmocka_unit_test(what_nothing_is_known_about_is_always_asked),
        cmocka_unit_test(a_text_is_found_wherever_it_stands),
        cmocka_unit_test(many_rules_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
