#include "net/retry.h"

#include "base/instant.h"

uint64_t retry_wait_ms(const struct retry_policy *policy, unsigned attempt, uint64_t random,
                       uint64_t retry_after_ms)
{
    uint64_t bound = policy->base_ms, wait = 0;
    uint64_t wish_max = UINT64_C(10) * policy->cap_ms;

    for (unsigned i = 1; i < attempt && bound < policy->cap_ms; i++) {
        bound *= 2;
    }
    bound = bound < policy->cap_ms ? bound : policy->cap_ms;
    wait = random % (bound + 1);
    if (retry_after_ms > wish_max) {
        retry_after_ms = wish_max;
    }
    /* What was asked for, and jitter on top: others were asked for the same. */
    return retry_after_ms > 0 ? retry_after_ms + wait : wait;
}

/* Takes `count` decimal digits. */
static bool take_digits(struct str *rest, size_t count, int *out)
{
    uint64_t value = 0;

    if (!str_to_u64(str_sub(*rest, 0, count), &value) || rest->n < count) {
        return false;
    }
    *rest = str_sub(*rest, count, rest->n);
    *out = (int)value;
    return true;
}

static bool take_text(struct str *rest, const char *text)
{
    struct str expected = str_from(text);

    if (!str_starts(*rest, expected)) {
        return false;
    }
    *rest = str_sub(*rest, expected.n, rest->n);
    return true;
}

static bool take_month(struct str *rest, int *month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    for (int i = 0; i < 12; i++) {
        if (take_text(rest, names[i])) {
            *month = i + 1;
            return true;
        }
    }
    return false;
}

bool http_date_parse(struct str value, int64_t *out)
{
    struct str rest = str_sub(value, 3, value.n); /* the day of the week says nothing new */
    int day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0;

    if (!take_text(&rest, ", ") || !take_digits(&rest, 2, &day) || !take_text(&rest, " ") ||
        !take_month(&rest, &month) || !take_text(&rest, " ") || !take_digits(&rest, 4, &year) ||
        !take_text(&rest, " ") || !take_digits(&rest, 2, &hour) || !take_text(&rest, ":") ||
        !take_digits(&rest, 2, &minute) || !take_text(&rest, ":") ||
        !take_digits(&rest, 2, &second) || !str_eq(rest, STR(" GMT"))) {
        return false;
    }
    if (year < 1970 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    *out = days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return true;
}

uint64_t retry_after_ms(struct str value, int64_t now)
{
    uint64_t seconds = 0;
    int64_t at = 0;

    if (str_to_u64(value, &seconds)) {
        return seconds < UINT32_MAX ? seconds * 1000 : UINT64_C(1000) * UINT32_MAX;
    }
    if (http_date_parse(value, &at) && at > now) {
        return (uint64_t)(at - now) * 1000;
    }
    return 0;
}

void retry_budget_init(struct retry_budget *budget, int size)
{
    budget->size = size;
    atomic_init(&budget->left, size);
}

bool retry_budget_take(struct retry_budget *budget, int cost)
{
    int left = atomic_load(&budget->left);

    while (left >= cost) {
        if (atomic_compare_exchange_weak(&budget->left, &left, left - cost)) {
            return true;
        }
    }
    return false;
}

void retry_budget_give(struct retry_budget *budget, int amount)
{
    int left = atomic_load(&budget->left);

    while (left < budget->size) {
        int more = left + amount < budget->size ? left + amount : budget->size;
        if (atomic_compare_exchange_weak(&budget->left, &left, more)) {
            return;
        }
    }
}

void retry_patience_spend(struct retry_patience *patience, uint64_t ms)
{
    uint64_t left = patience->size_ms - patience->spent_ms;

    patience->spent_ms += ms < left ? ms : left;
}

void retry_patience_renew(struct retry_patience *patience)
{
    *patience = (struct retry_patience){.size_ms = patience->size_ms};
}

bool retry_patience_is_over(const struct retry_patience *patience)
{
    return patience->spent_ms == patience->size_ms;
}

bool retry_patience_allows(const struct retry_patience *patience, uint64_t wait_ms)
{
    uint64_t half_ms = patience->size_ms / 2;

    return patience->spent_ms < half_ms && wait_ms <= half_ms - patience->spent_ms;
}
