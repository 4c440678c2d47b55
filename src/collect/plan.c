#include "collect/plan.h"

enum { POLICY_KIND_COUNT = 2, MS_PER_S = 1000 };

/* How often a call of each scope is made. */
static const char *const scopes[] = {
    [CALL_OF_CALLER] = "once",
    [CALL_OF_ORGANIZATION] = "once",
    [CALL_OF_NODE] = "each unit",
    [CALL_OF_POLICY_KIND] = "SCPs, RCPs",
    [CALL_OF_POLICY] = "each policy",
    [CALL_OF_ADMINISTRATOR] = "each delegated administrator",
    [CALL_OF_ENTRY] = "each account",
    [CALL_OF_ACCOUNT] = "each account",
    [CALL_OF_REGION] = "each account and region",
    [CALL_OF_USER] = "each user",
    [CALL_OF_KEY] = "each active key",
    [CALL_OF_TRAIL] = "each trail",
    [CALL_OF_TOPIC] = "each topic of an alarm",
    [CALL_OF_ROOT] = "each account's root",
    [CALL_OF_ROOT_KEY] = "each key of root",
};

static uint64_t pages(uint64_t things, unsigned on_a_page)
{
    return things <= on_a_page ? 1 : (things + on_a_page - 1) / on_a_page;
}

/* Accounts that are entered with a role: the caller's own is not, where it is one of many. */
static uint64_t entered(const struct collect_request *request, uint64_t accounts)
{
    return request->is_organization && accounts > 0 ? accounts - 1 : accounts;
}

/* Calls there will be at least; false: there are none that are certain. */
static void row_count(struct plan_row *row, enum call_id id, const struct collect_request *request,
                      uint64_t accounts)
{
    const struct call *call = row->call;

    row->often = scopes[call->scope];
    switch (call->scope) {
    case CALL_OF_CALLER:
    case CALL_OF_ORGANIZATION:
        row->calls = id == CALL_LIST_ACCOUNTS ? pages(accounts, call->page_items) : 1;
        row->often = id == CALL_LIST_ACCOUNTS ? "20 accounts" : row->often;
        break;
    case CALL_OF_NODE:
        row->calls = id == CALL_LIST_UNIT_ACCOUNTS ? pages(accounts, call->page_items) : 1;
        row->has_more = true;
        break;
    case CALL_OF_POLICY_KIND:
        row->calls = POLICY_KIND_COUNT;
        break;
    case CALL_OF_ENTRY:
        row->calls = entered(request, accounts);
        break;
    case CALL_OF_ACCOUNT:
        row->calls = accounts;
        break;
    case CALL_OF_REGION:
        row->calls = accounts * PLAN_REGION_COUNT;
        break;
    case CALL_OF_ROOT:
        row->calls = entered(request, accounts);
        break;
    case CALL_OF_USER:
        row->often = id == CALL_LIST_MFA                         ? "users whose MFA is no app"
                     : id != CALL_LIST_KEYS                      ? row->often
                     : (request->parts & COLLECT_LIVE_KEYS) != 0 ? "users with an active key"
                                                                 : "users with a third key";
        row->has_more = true;
        break;
    case CALL_OF_POLICY:
    case CALL_OF_ADMINISTRATOR:
    case CALL_OF_KEY:
    case CALL_OF_TRAIL:
    case CALL_OF_TOPIC:
    case CALL_OF_ROOT_KEY:
        row->has_more = true;
        break;
    }
}

/* One call after the other: no faster than answers come, and no faster than the limit. */
static uint64_t in_a_row_ms(uint64_t calls, unsigned rate)
{
    uint64_t each =
        rate > 0 && MS_PER_S / rate > PLAN_LATENCY_MS ? MS_PER_S / rate : PLAN_LATENCY_MS;

    return calls * each;
}

static void row_add(struct collect_plan *plan, const struct plan_row *row)
{
    const struct call *call = row->call;
    uint64_t entry_ms = row->calls * MS_PER_S / (call->rate > 0 ? call->rate : 1);
    uint64_t of_one = 0;

    plan->calls += row->calls;
    plan->has_more |= row->has_more;
    if (call->scope < CALL_OF_ENTRY) {
        plan->organization_calls += row->calls;
        plan->organization_ms += in_a_row_ms(row->calls, call->rate);
        return;
    }
    /* Entering is counted where the caller is: for all accounts together. */
    if (call->scope == CALL_OF_ENTRY && entry_ms > plan->entry_ms) {
        plan->entry_ms = entry_ms;
    }
    of_one = row->calls == 0 ? 0 : call->scope == CALL_OF_REGION ? PLAN_REGION_COUNT : 1;
    plan->account_calls += of_one;
    /* Regions have limits of their own. */
    plan->account_ms += in_a_row_ms(of_one, call->scope == CALL_OF_REGION ? 0 : call->rate);
}

void plan_make(struct collect_plan *plan, const struct collect_request *request, uint64_t accounts,
               unsigned jobs)
{
    uint64_t at_once = accounts < jobs ? accounts : jobs, rounds = 0;

    *plan = (struct collect_plan){.accounts = accounts, .jobs = jobs};
    for (size_t i = 0; i < CALL_COUNT; i++) {
        struct plan_row *row = &plan->rows[plan->row_count];
        *row = (struct plan_row){.call = call_at((enum call_id)i)};
        if (call_is_asked(row->call, request->parts)) {
            row_count(row, (enum call_id)i, request, accounts);
            row_add(plan, row);
            plan->row_count++;
        }
    }
    rounds = at_once > 0 ? (accounts + at_once - 1) / at_once : 0;
    plan->accounts_ms = rounds * plan->account_ms;
    plan->total_ms = plan->organization_ms +
                     (plan->entry_ms > plan->accounts_ms ? plan->entry_ms : plan->accounts_ms) +
                     (accounts > 0 ? PLAN_REPORT_MS : 0);
}
