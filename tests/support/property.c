#include "support/property.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAILURES_MAX = 3 };

static uint64_t number_from_env(const char *name, uint64_t otherwise)
{
    uint64_t value = 0;

    return str_to_u64(str_from(getenv(name)), &value) ? value : otherwise;
}

struct property property_begin(uint64_t default_count)
{
    struct property property = {.seed = number_from_env("SEED", 1),
                                .count = number_from_env("COUNT", default_count)};

    printf("SEED=%" PRIu64 " COUNT=%" PRIu64 "\n", property.seed, property.count);
    return property;
}

/* Properties do not share their cases: one that draws more leaves the others as they were. */
static uint64_t seed_of(const struct property *property)
{
    struct random random = {property->seed * UINT64_C(1000003) + property->case_index};

    for (const char *c = property->name; *c != '\0'; c++) {
        random.state = random_u64(&random) ^ (unsigned char)*c;
    }
    return random_u64(&random);
}

void property_run(struct property *property, const char *name, uint64_t cost, property_fn run)
{
    uint64_t count = property->count / cost + 1, failed = 0;

    property->name = name;
    for (uint64_t i = 0; i < count && failed < FAILURES_MAX; i++) {
        property->case_index = i;
        property->is_failed = false;
        property->random.state = seed_of(property);
        run(property);
        failed += property->is_failed;
        property->passed += !property->is_failed;
    }
    property->failed += failed;
    printf("%s %s: %" PRIu64 " cases\n", failed > 0 ? "FAIL" : "ok  ", name, count);
}

void property_fail(struct property *property, const char *format, ...)
{
    va_list args;

    if (property->is_failed) {
        return;
    }
    property->is_failed = true;
    printf("%s, case %" PRIu64 " of SEED=%" PRIu64 ":\n    ", property->name, property->case_index,
           property->seed);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    printf("\n");
}

int property_end(const struct property *property)
{
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", property->passed, property->failed);
    return property->failed == 0 && property->passed > 0 ? 0 : 1;
}
