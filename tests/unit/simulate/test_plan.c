#include "simulate/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "simulate/deal.h"
#include "simulate/history.h"

enum { SEEDS = 60, CROWD = 1000 };

static uint32_t count_with(const uint32_t *traits, uint32_t with, uint32_t without)
{
    uint32_t count = 0;

    for (size_t i = 0; i < CROWD; i++) {
        count += (traits[i] & with) == with && (traits[i] & without) == 0;
    }
    return count;
}

static void test_deal(void **state)
{
    const struct deal deals[] = {
        {400, 400, 0, 0, 1},
        {100, 100, 1, 0, 2},
        {DEAL_ALL, DEAL_ALL, 1, 2, 4},
        {10, 20, 0, 1, 8},
    };
    uint32_t first[CROWD] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint32_t traits[CROWD] = {0};
        struct random random = random_of(seed, 0, 0);
        deal_all(traits, CROWD, deals, 4, &random);
        assert_int_equal(count_with(traits, 1, 0), 400);
        assert_int_equal(count_with(traits, 1 | 2, 0), 100);
        assert_int_equal(count_with(traits, 2, 1), 0);
        assert_int_equal(count_with(traits, 4, 2), 300);
        assert_in_range(count_with(traits, 8, 1), 10, 20);
        assert_int_equal(count_with(traits, 8 | 1, 0), 0);
        /* Everybody has a chance: none is left out, or always in, by where it stands. */
        for (size_t i = 0; i < CROWD; i++) {
            first[i] += traits[i] & 1;
        }
    }
    for (size_t i = 0; i < CROWD; i++) {
        assert_in_range(first[i], 1, SEEDS - 1);
    }
}

/* The figures themselves are counted from the reports; this many seeds show that no draw of the
 * plan can be stuck, and that each leaves what the next one needs. */
static void test_seeds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan *root = plan_new(PROFILE_ROOT_2020, seed), *iam;
        uint32_t present = 0, uses = 0, keys = 0, users = 0;
        for (uint32_t i = 0; i < root->account_count; i++) {
            const struct account_plan *account = &root->accounts[i];
            present += week_count(account->present);
            uses += week_count(account->console | account->api);
            keys += week_count(account->key_active & account->present);
            users += account->user_count;
            assert_int_equal((account->console | account->api) & ~account->present, 0);
            assert_int_equal(account->api & ~account->key_active, 0);
        }
        assert_int_equal(present, 915 * PLAN_WEEKS);
        assert_int_equal(uses, 510);
        assert_int_equal(keys, 54 * PLAN_WEEKS);
        assert_int_equal(users, root->user_count);
        plan_free(root);
        iam = plan_new(PROFILE_IAM_2021, seed);
        assert_int_equal(iam->user_count, 12478);
        plan_free(iam);
    }
}

static void test_slots(void **state)
{
    struct plan *plan = plan_new(PROFILE_ROOT_2020, UINT64_MAX);
    uint8_t seen[PLAN_ACCOUNTS_MAX] = {0};

    (void)state;
    for (uint64_t block = 0; block < 2; block++) {
        for (uint64_t i = 0; i < plan->account_count; i++) {
            uint32_t slot = plan_slot(plan, block * plan->account_count + i);
            assert_in_range(slot, 0, plan->account_count - 1);
            assert_int_equal(seen[slot]++, block);
        }
    }
    plan_free(plan);
}

/* A use is told as the last one up to an instant: it never goes back, and what is new came after
 * the instant before. */
static void test_used(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct random random = random_of(seed, 1, 2);
        struct use_history use = {.first = random_between(&random, 1000000, 2000000),
                                  .salt = random_u64(&random)};
        int64_t before = TIME_OF_NOTHING, at = 900000;
        use.last = use.first + random_between(&random, 0, 1000000);
        use.period = random_between(&random, 3600, 300000);
        assert_int_equal(history_used(&use, use.first - 1), TIME_OF_NOTHING);
        assert_int_equal(history_used(&use, use.last + 1), use.last);
        for (int64_t next = at; next < 3100000; next += random_between(&random, 1, 40000)) {
            int64_t used = history_used(&use, next);
            assert_true(used >= before && used <= next);
            assert_true(used == before || used > at);
            assert_true(used == TIME_OF_NOTHING || (used >= use.first && used <= use.last));
            before = used;
            at = next;
        }
    }
}

/* An account is the same whoever makes it, and whatever was in the struct before. */
static void test_alone(void **state)
{
    struct plan *plan = plan_new(PROFILE_IAM_2021, 5);
    struct account_history one = {0}, other = {0};
    struct account_facts facts;

    (void)state;
    history_fill(&one, plan, 7, 0);
    history_fill(&other, plan, 1000000, 30);
    history_fill(&other, plan, 7, 0);
    assert_int_equal(one.number, other.number);
    assert_int_equal(one.created, other.created);
    assert_int_equal(one.user_count, other.user_count);
    for (uint32_t i = 0; i < one.user_count; i++) {
        assert_int_equal(one.users[i].created, other.users[i].created);
        assert_int_equal(one.users[i].keys[0].made, other.users[i].keys[0].made);
        assert_int_equal(one.users[i].name_place, other.users[i].name_place);
    }
    history_facts(&facts, plan, 7, 0);
    assert_int_equal(facts.created, one.created);
    assert_int_equal(facts.number, one.number);
    assert_int_equal(facts.counts[0], one.user_count);
    history_release(&one);
    history_release(&other);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deal), cmocka_unit_test(test_seeds), cmocka_unit_test(test_slots),
        cmocka_unit_test(test_used), cmocka_unit_test(test_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
