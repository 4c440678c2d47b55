#include "study/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "study/sample.h"

#define DAYS(n) ((n)*SECONDS_PER_DAY)
enum { NOW = 1611446400 }; /* 2021-01-24 */

/* A batch of one row: times and flags by column; flags: 't', 'f', else neither. */
static struct user_batch batch;

static void flag(enum report_column column, char value)
{
    batch.flags[column]->is_true[0] = value == 't';
    batch.flags[column]->is_false[0] = value == 'f';
}

static void key(int slot, char active, int64_t rotated, int64_t used)
{
    int shift = slot == 1 ? 0 : KEY_SLOT_STRIDE;

    flag((enum report_column)(COLUMN_KEY_1_ACTIVE + shift), active);
    batch.times[COLUMN_KEY_1_ROTATED + shift][0] = rotated;
    batch.times[COLUMN_KEY_1_USED + shift][0] = used;
}

static void password(char enabled, int64_t used, int64_t changed)
{
    flag(COLUMN_PASSWORD_ENABLED, enabled);
    batch.times[COLUMN_PASSWORD_USED][0] = used;
    batch.times[COLUMN_PASSWORD_CHANGED][0] = changed;
}

/* A user or root of old without any credential. */
static void begin(bool is_root)
{
    batch.rows = 1;
    batch.words = 1;
    batch.valid[0] = 1;
    batch.is_root[0] = is_root;
    batch.times[COLUMN_CREATED][0] = NOW - DAYS(1000);
    flag(COLUMN_MFA, 'f');
    password('f', TIME_NONE, TIME_NONE);
    key(1, 'f', TIME_NONE, TIME_NONE);
    key(2, 'f', TIME_NONE, TIME_NONE);
}

static uint32_t root_facts(void)
{
    struct root_facts facts;

    facts_root(&batch, 0, NOW, &facts);
    return facts.facts;
}

static struct user_sets sets;

static bool is_in(enum user_set set)
{
    facts_users(&batch, NOW, &sets);
    return sets.rows[set][0] == 1;
}

static int setup(void **state)
{
    (void)state;
    user_batch_init(&batch, STUDY_COLUMNS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    user_batch_release(&batch);
    return 0;
}

/* ---- root ----------------------------------------------------------------------------------- */

static bool root_used_at(int64_t at)
{
    begin(true);
    password('x', at, TIME_NOT_SUPPORTED);
    return (root_facts() & ROOT_USE) != 0;
}

static void test_week(void **state)
{
    (void)state;
    assert_true(root_used_at(NOW));
    assert_true(root_used_at(NOW - DAYS(7)));
    assert_false(root_used_at(NOW - DAYS(7) - 1));
    assert_false(root_used_at(NOW + 1));
    assert_int_equal(root_facts() & ROOT_LATE, ROOT_LATE);
    assert_false(root_used_at(TIME_NEVER));
    assert_false(root_used_at(TIME_NONE));
    assert_false(root_used_at(TIME_MISSING));
    assert_false(root_used_at(TIME_UNREADABLE));
}

/* The latest of the three decides: one later than the instant hides one within the week. */
static void test_latest_decides(void **state)
{
    (void)state;
    begin(true);
    password('x', NOW - DAYS(1), TIME_NONE);
    key(1, 'f', NOW - DAYS(400), NOW + 1);
    assert_int_equal(root_facts(), ROOT_JUDGED | ROOT_LATE);
}

static void test_young_accounts(void **state)
{
    (void)state;
    (void)root_used_at(NOW - DAYS(1));
    batch.times[COLUMN_CREATED][0] = NOW - DAYS(30);
    assert_int_equal(root_facts() & (ROOT_USE | ROOT_YOUNG), ROOT_USE);
    batch.times[COLUMN_CREATED][0] = NOW - DAYS(30) + 1;
    assert_int_equal(root_facts() & (ROOT_USE | ROOT_YOUNG | ROOT_JUDGED), ROOT_YOUNG);
    batch.times[COLUMN_CREATED][0] = TIME_UNREADABLE;
    assert_int_equal(root_facts() & (ROOT_USE | ROOT_YOUNG | ROOT_JUDGED), ROOT_YOUNG);
    /* Keys count however young the account is. */
    key(1, 't', NOW - DAYS(1), TIME_NONE);
    assert_int_equal(root_facts() & ROOT_KEY, ROOT_KEY);
}

static void test_ways(void **state)
{
    (void)state;
    begin(true);
    password('x', NOW - DAYS(7), TIME_NONE);
    key(1, 'f', NOW - DAYS(90), NOW - DAYS(7));
    assert_int_equal(root_facts(),
                     ROOT_JUDGED | ROOT_USE | ROOT_CONSOLE | ROOT_CONSOLE_NO_MFA | ROOT_API);
    key(1, 'f', NOW - DAYS(90) - 1, NOW - DAYS(7));
    flag(COLUMN_MFA, 't');
    assert_int_equal(root_facts(), ROOT_JUDGED | ROOT_USE | ROOT_CONSOLE | ROOT_API | ROOT_API_OLD);
    flag(COLUMN_MFA, 'x'); /* unknown is not off */
    assert_int_equal(root_facts() & ROOT_CONSOLE_NO_MFA, 0);
    password('x', NOW - DAYS(7) - 1, TIME_NONE);
    assert_int_equal(root_facts(), ROOT_JUDGED | ROOT_USE | ROOT_API | ROOT_API_OLD);
    /* An old key that was not used does not make the use of another one old. */
    key(1, 't', NOW - DAYS(1), NOW);
    key(2, 't', NOW - DAYS(400), NOW - DAYS(8));
    assert_int_equal(root_facts(), ROOT_JUDGED | ROOT_USE | ROOT_API | ROOT_KEY | ROOT_KEY_OLD);
}

/* ---- users ---------------------------------------------------------------------------------- */

static void test_initial_key(void **state)
{
    const int64_t created = NOW - DAYS(1000);

    (void)state;
    begin(false);
    key(2, 't', created + 10, TIME_NONE);
    assert_true(is_in(USER_INITIAL_KEY));
    key(2, 't', created - 10, TIME_NONE);
    assert_true(is_in(USER_INITIAL_KEY));
    key(2, 't', created + 11, TIME_NONE);
    assert_false(is_in(USER_INITIAL_KEY));
    assert_false(is_in(USER_UNJUDGED_INITIAL_KEY));
    key(2, 'f', created, TIME_NONE);
    assert_false(is_in(USER_INITIAL_KEY));
    key(2, 't', TIME_UNREADABLE, TIME_NONE);
    assert_true(is_in(USER_UNJUDGED_INITIAL_KEY));
    key(2, 't', created, TIME_NONE);
    batch.times[COLUMN_CREATED][0] = TIME_UNREADABLE;
    assert_false(is_in(USER_INITIAL_KEY));
    assert_true(is_in(USER_UNJUDGED_INITIAL_KEY));
}

static void test_rotation(void **state)
{
    (void)state;
    begin(false);
    key(1, 't', NOW - DAYS(90), TIME_NONE);
    assert_false(is_in(USER_NOT_ROTATED_90));
    key(1, 't', NOW - DAYS(90) - 1, TIME_NONE);
    assert_true(is_in(USER_NOT_ROTATED_90));
    assert_false(is_in(USER_UNJUDGED_ROTATION));
    key(1, 't', TIME_UNREADABLE, TIME_NONE);
    assert_false(is_in(USER_NOT_ROTATED_90));
    assert_true(is_in(USER_UNJUDGED_ROTATION));
    key(1, 'x', NOW - DAYS(400), TIME_NONE);
    assert_false(is_in(USER_NOT_ROTATED_90));
    assert_true(is_in(USER_UNJUDGED_ROTATION));
    key(1, 'f', NOW - DAYS(400), TIME_NONE);
    assert_false(is_in(USER_UNJUDGED_ROTATION));
}

static void test_two_keys(void **state)
{
    (void)state;
    begin(false);
    key(1, 't', NOW - DAYS(91), TIME_NONE);
    key(2, 't', NOW - DAYS(30) - 1, TIME_NONE);
    assert_true(is_in(USER_TWO_KEYS));
    assert_true(is_in(USER_TWO_KEYS_GT_30));
    assert_false(is_in(USER_TWO_KEYS_GT_90));
    key(2, 'x', NOW, TIME_NONE);
    assert_false(is_in(USER_TWO_KEYS));
    assert_true(is_in(USER_UNJUDGED_TWO_KEYS));
    key(1, 'f', NOW, TIME_NONE);
    assert_false(is_in(USER_UNJUDGED_TWO_KEYS));
}

static void test_mfa(void **state)
{
    (void)state;
    begin(false);
    assert_false(is_in(USER_NO_MFA));
    password('t', TIME_NEVER, NOW);
    assert_true(is_in(USER_NO_MFA));
    flag(COLUMN_MFA, 'x');
    assert_false(is_in(USER_NO_MFA));
    assert_true(is_in(USER_UNJUDGED_MFA));
    password('x', TIME_NEVER, NOW);
    flag(COLUMN_MFA, 't'); /* whether there is a password does not matter then */
    assert_false(is_in(USER_UNJUDGED_MFA));
    batch.is_root[0] = 1;
    password('t', TIME_NEVER, NOW);
    flag(COLUMN_MFA, 'f');
    assert_false(is_in(USER_NO_MFA));
}

static void test_unused(void **state)
{
    (void)state;
    begin(false);
    assert_false(is_in(USER_UNUSED_90)); /* nothing is enabled */
    assert_int_equal(sets.idle_since[0] == IDLE_NO_CREDENTIAL, 1);
    password('t', NOW - DAYS(90), NOW - DAYS(500));
    assert_true(is_in(USER_UNUSED_90));
    password('t', NOW - DAYS(90) + 1, NOW - DAYS(500));
    assert_false(is_in(USER_UNUSED_90));
    assert_false(is_in(USER_UNJUDGED_UNUSED));
    /* Never used: since it was made. */
    password('t', TIME_NEVER, NOW - DAYS(365));
    assert_true(is_in(USER_UNUSED_365));
    /* One credential in use is enough. */
    key(1, 't', NOW - DAYS(800), NOW - DAYS(3));
    assert_false(is_in(USER_UNUSED_90));
    key(1, 't', NOW - DAYS(800), TIME_NONE);
    assert_true(is_in(USER_UNUSED_365));
    /* What is not known to be idle is not, and is told apart. */
    key(1, 't', NOW - DAYS(800), TIME_MISSING);
    assert_false(is_in(USER_UNUSED_90));
    assert_true(is_in(USER_UNJUDGED_UNUSED));
    password('t', NOW, NOW);
    assert_false(is_in(USER_UNJUDGED_UNUSED)); /* in use, whatever the key */
}

static void test_tiers(void **state)
{
    struct user_counts counts;

    (void)state;
    begin(false);
    key(1, 't', NOW - DAYS(90), NOW - DAYS(90));
    key(2, 't', NOW - DAYS(30), NOW - DAYS(365));
    facts_users(&batch, NOW, &sets);
    user_counts_init(&counts);
    user_counts_batch(&counts, &batch, &sets, NOW);
    assert_int_equal(counts.key_age[1], 1); /* the oldest is 90 days old, not over 90 */
    assert_int_equal(counts.idle[2], 1);    /* the last use is 90 days ago: idle for 90 */
    assert_int_equal(counts.oldest_active_key, NOW - DAYS(90));
    assert_int_equal(counts.oldest_unused_key, NOW - DAYS(365));
    assert_true(counts.oldest_unused_console == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_week),           cmocka_unit_test(test_latest_decides),
        cmocka_unit_test(test_young_accounts), cmocka_unit_test(test_ways),
        cmocka_unit_test(test_initial_key),    cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_two_keys),       cmocka_unit_test(test_mfa),
        cmocka_unit_test(test_unused),         cmocka_unit_test(test_tiers),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
