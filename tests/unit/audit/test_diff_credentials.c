/* Which key of one report is which of another: by when it was made, whatever slot it stands in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/diff_compare.h"

enum { TEXT_MAX = 4096 };

#define ABSENT DIFF_FALSE, TIME_NONE, TIME_NONE
#define ACTIVE(rotated) DIFF_TRUE, rotated, TIME_NONE
#define INACTIVE(rotated) DIFF_FALSE, rotated, TIME_NONE

static struct diff_user user_of(uint8_t active_1, int64_t rotated_1, int64_t used_1,
                                uint8_t active_2, int64_t rotated_2, int64_t used_2)
{
    return (struct diff_user){.facts = {.created = 0,
                                        .password_used = TIME_NONE,
                                        .password_changed = TIME_NONE,
                                        .active = {active_1, active_2, DIFF_FALSE, DIFF_FALSE},
                                        .slots = {{rotated_1, used_1},
                                                  {rotated_2, used_2},
                                                  {TIME_NONE, TIME_MISSING},
                                                  {TIME_NONE, TIME_MISSING}},
                                        .has_row = true}};
}

/* "verb item before after" a line, in the order of reports. */
static void assert_changes(const struct diff_user *before, const struct diff_user *after,
                           const char *expected)
{
    struct diff_list list = {0};
    struct diff_pair pair = {STR("123456789012"), STR("alice"), false, before, after};
    struct buf out;

    arena_init(&list.texts, 1 << 16);
    buf_init(&out, TEXT_MAX);
    diff_credentials(&list, &pair);
    if (list.count > 0) {
        qsort(list.items, list.count, sizeof *list.items, change_compare);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct change *change = &list.items[i];
        buf_str(&out, change_verb_name((enum change_verb)change->verb));
        buf_char(&out, ' ');
        change_value_write(&out, NULL, &change->item);
        buf_char(&out, ' ');
        change_value_write(&out, NULL, &change->before);
        buf_char(&out, ' ');
        change_value_write(&out, NULL, &change->after);
        buf_char(&out, '\n');
    }
    buf_char(&out, '\0');
    assert_string_equal(out.p, expected);
    assert_false(list.is_full);
    buf_release(&out);
    mem_free(list.items);
    arena_release(&list.texts);
}

#define T1 "1970-01-01T00:00:01Z"
#define T2 "1970-01-01T00:00:02Z"
#define T3 "1970-01-01T00:00:03Z"
#define T4 "1970-01-01T00:00:04Z"

static void test_a_key_is_known_in_either_slot(void **state)
{
    struct diff_user before = user_of(ACTIVE(1), ABSENT);
    struct diff_user after = user_of(ABSENT, ACTIVE(1));
    struct diff_user both = user_of(ACTIVE(1), INACTIVE(2));
    struct diff_user turned = user_of(INACTIVE(2), ACTIVE(1));

    (void)state;
    assert_changes(&before, &after, "");
    assert_changes(&both, &turned, "");
    assert_changes(&before, &turned, "created " T2 "  inactive\n");
    assert_changes(&turned, &before, "deleted " T2 " inactive \n");
}

static void test_another_date_is_another_key(void **state)
{
    struct diff_user before = user_of(ACTIVE(1), ABSENT);
    struct diff_user rotated = user_of(ACTIVE(2), ABSENT);
    struct diff_user retired = user_of(ACTIVE(2), INACTIVE(1));

    (void)state;
    assert_changes(&before, &rotated, "deleted " T1 " active \ncreated " T2 "  active\n");
    assert_changes(&before, &retired,
                   "created " T2 "  active\ndeactivated " T1 " active inactive\n");
    assert_changes(&retired, &before, "deleted " T2 " active \nactivated " T1 " inactive active\n");
}

static void test_twins_are_told_apart_as_far_as_can_be(void **state)
{
    struct diff_user one = user_of(ACTIVE(1), INACTIVE(1));
    struct diff_user turned = user_of(INACTIVE(1), ACTIVE(1));
    struct diff_user single = user_of(ABSENT, ACTIVE(1));
    struct diff_user both = user_of(ACTIVE(1), ACTIVE(1));

    (void)state;
    assert_changes(&one, &turned, "");
    assert_changes(&one, &single, "deleted " T1 " (one of 2) inactive \n");
    assert_changes(&single, &turned, "created " T1 " (one of 2)  inactive\n");
    assert_changes(&both, &one, "deactivated " T1 " (one of 2) active inactive\n");
    assert_changes(&both, &turned, "deactivated " T1 " (one of 2) active inactive\n");
}

static void test_the_use_of_twins_does_not_depend_on_slots(void **state)
{
    struct diff_user before = user_of(DIFF_TRUE, 1, 1, DIFF_TRUE, 1, TIME_NONE);
    struct diff_user after = user_of(DIFF_TRUE, 1, 1, DIFF_TRUE, 1, 3);
    struct diff_user turned = user_of(DIFF_TRUE, 1, 3, DIFF_TRUE, 1, 1);

    (void)state;
    assert_changes(&before, &after, "used " T1 " (one of 2) never " T3 "\n");
    assert_changes(&before, &turned, "used " T1 " (one of 2) never " T3 "\n");
    before = user_of(DIFF_TRUE, 1, 2, DIFF_TRUE, 1, 1);
    after = user_of(DIFF_TRUE, 1, 3, DIFF_TRUE, 1, 4);
    turned = user_of(DIFF_TRUE, 1, 4, DIFF_TRUE, 1, 3);
    const char *in_order =
        "used " T1 " (one of 2) " T1 " " T3 "\nused " T1 " (one of 2) " T2 " " T4 "\n";
    assert_changes(&before, &after, in_order);
    assert_changes(&before, &turned, in_order);
}

static void test_use_moves_forward_only(void **state)
{
    struct diff_user never = user_of(DIFF_TRUE, 1, TIME_NONE, ABSENT);
    struct diff_user once = user_of(DIFF_TRUE, 1, 2, ABSENT);
    struct diff_user again = user_of(ABSENT, DIFF_TRUE, 1, 3);
    struct diff_user missing = user_of(DIFF_TRUE, 1, TIME_MISSING, ABSENT);

    (void)state;
    assert_changes(&never, &once, "used " T1 " never " T2 "\n");
    assert_changes(&once, &again, "used " T1 " " T2 " " T3 "\n");
    assert_changes(&again, &once, "");
    assert_changes(&once, &never, "");
    assert_changes(&missing, &once, "");
    assert_changes(&once, &missing, "");
}

static void test_what_is_not_known_did_not_change(void **state)
{
    struct diff_user before = user_of(ACTIVE(1), ABSENT);
    struct diff_user undated = user_of(ACTIVE(TIME_MISSING), ABSENT);
    struct diff_user stateless = user_of(DIFF_UNKNOWN, 1, TIME_NONE, ABSENT);
    struct diff_user nothing =
        user_of(DIFF_UNKNOWN, TIME_MISSING, TIME_MISSING, DIFF_UNKNOWN, TIME_MISSING, TIME_MISSING);
    struct diff_user unreadable = user_of(INACTIVE(TIME_UNREADABLE), ABSENT);
    struct diff_user none = user_of(ABSENT, DIFF_NONE, TIME_NONE, TIME_NONE);

    (void)state;
    assert_changes(&before, &undated, "");
    assert_changes(&undated, &before, "");
    assert_changes(&before, &stateless, "");
    assert_changes(&before, &nothing, "");
    assert_changes(&nothing, &before, "");
    assert_changes(&before, &unreadable, "");
    assert_changes(&none, &unreadable, "");
    assert_changes(&none, &undated, "created   active\n");
    assert_changes(&undated, &none, "deleted  active \n");
    assert_changes(&none, &stateless, "created " T1 "  \n");
}

static void test_a_new_user_brings_what_it_has(void **state)
{
    struct diff_user user = user_of(ACTIVE(1), INACTIVE(2));

    (void)state;
    user.facts.password = user.facts.mfa = DIFF_TRUE;
    assert_changes(NULL, &user,
                   "created   true\ncreated   true\ncreated " T1 "  active\ncreated " T2
                   "  inactive\n");
    assert_changes(&user, NULL,
                   "deleted  true \ndeleted  true \ndeleted " T1 " active \ndeleted " T2
                   " inactive \n");
}

static void test_passwords_and_mfa(void **state)
{
    struct diff_user before = user_of(ABSENT, ABSENT), after = before;

    (void)state;
    before.facts.mfa = DIFF_TRUE;
    after.facts.password = DIFF_TRUE;
    before.facts.password_changed = 1;
    after.facts.password_changed = 2;
    assert_changes(&before, &after,
                   "changed  " T1 " " T2 "\nenabled  false true\ndisabled  true false\n");
    after.facts.mfa = after.facts.password = DIFF_UNKNOWN;
    after.facts.password_changed = TIME_NOT_SUPPORTED;
    assert_changes(&before, &after, "");
    assert_changes(&after, &before, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_is_known_in_either_slot),
        cmocka_unit_test(test_another_date_is_another_key),
        cmocka_unit_test(test_twins_are_told_apart_as_far_as_can_be),
        cmocka_unit_test(test_the_use_of_twins_does_not_depend_on_slots),
        cmocka_unit_test(test_use_moves_forward_only),
        cmocka_unit_test(test_what_is_not_known_did_not_change),
        cmocka_unit_test(test_a_new_user_brings_what_it_has),
        cmocka_unit_test(test_passwords_and_mfa),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
