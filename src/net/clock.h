/* clock.h: time, waiting and chance as values, so that tests of retries neither wait nor guess.
 *
 * Ownership: the struct and its context outlive whoever uses them.
 * Threads:   the functions of a clock may be called from any thread.
 *
 * Example:   const struct net_clock clock = net_clock_of(http);
 *            if (!clock.sleep_ms(clock.context, 100)) { ... cancelled ... } */
#ifndef NET_CLOCK_H
#define NET_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct http;

struct net_clock {
    void *context;
    int64_t (*now)(void *context);             /* seconds since 1970 */
    uint64_t (*monotonic_ms)(void *context);   /* never goes back */
    bool (*sleep_ms)(void *context, uint64_t); /* false: cancelled meanwhile */
    uint64_t (*random)(void *context);         /* 64 bits */
};

/* The real one. Its waits end when `http` is cancelled. */
struct net_clock net_clock_of(struct http *http);

#endif
