#include "net/clock.h"

#include <time.h>

#include "net/http.h"
#include "os/system.h"

enum { SLICE_MS = 100 }; /* how late a cancellation may be noticed */

static int64_t now(void *context)
{
    (void)context;
    return system_now();
}

static uint64_t monotonic_ms(void *context)
{
    (void)context;
    return system_monotonic_ns() / 1000000;
}

static bool sleep_ms(void *context, uint64_t ms)
{
    const struct http *http = context;
    uint64_t end = monotonic_ms(context) + ms, at = 0;

    while (!http_is_cancelled(http) && (at = monotonic_ms(context)) < end) {
        uint64_t slice = end - at < SLICE_MS ? end - at : SLICE_MS;
        struct timespec wait = {.tv_nsec = (long)slice * 1000000};
        (void)nanosleep(&wait, NULL);
    }
    return !http_is_cancelled(http);
}

static uint64_t random_bits(void *context)
{
    (void)context;
    return system_random_u64();
}

struct net_clock net_clock_of(struct http *http)
{
    return (struct net_clock){http, now, monotonic_ms, sleep_ms, random_bits};
}
