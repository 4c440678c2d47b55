/* throttle.h: how fast one account may be asked, learnt from its answers.
 *
 * One throttle for an account, a token bucket in it for each API: AWS counts both. A bucket does
 * not limit until the service says "slow down"; then it halves the rate that was being sent, once a
 * second however many say so together, and each answer after that raises it a little, by half a
 * request a second each second. A service that is known to be slow can be begun with a rate, which
 * doubles each second until the service says so.
 *
 * Threads:   any number.
 *
 * Example:   uint64_t wait = throttle_take(&throttle, STR("iam:GetUser"), now_ms);
 *            ... wait, send ...
 *            throttle_tell(&throttle, STR("iam:GetUser"), was_throttled, now_ms); */
#ifndef NET_THROTTLE_H
#define NET_THROTTLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { THROTTLE_BUCKET_COUNT = 32 };

/* Private. */
struct throttle_bucket {
    uint64_t api;         /* hash of its name; 0: free */
    double rate;          /* requests a second; 0: no limit learnt */
    double tokens;        /* may be negative: those who wait already */
    double sent_rate;     /* measured over the last seconds */
    uint64_t at_ms;       /* of the last filling */
    uint64_t slowed_ms;   /* when the rate was halved last */
    uint64_t measured_ms; /* where the window of the measurement begins ... */
    unsigned sent;        /* ... and what was sent since */
    bool is_probing;      /* the rate is a first guess, and doubles */
};

struct throttle {
    pthread_mutex_t lock;
    struct throttle_bucket buckets[THROTTLE_BUCKET_COUNT];
    uint64_t throttled_count; /* answers that said "slow down" */
    double first_rate;        /* of each API; 0: no limit */
};

void throttle_init(struct throttle *throttle);
void throttle_release(struct throttle *throttle);
/* Each API begins with so many requests a second, and a stock of two seconds. Before the first
 * request. */
void throttle_begin(struct throttle *throttle, double rate);

/* A place in the queue: how many milliseconds to wait before sending. */
uint64_t throttle_take(struct throttle *throttle, struct str api, uint64_t now_ms);
/* What the answer said. */
void throttle_tell(struct throttle *throttle, struct str api, bool was_throttled, uint64_t now_ms);
/* Answers so far that said "slow down". */
uint64_t throttle_count(struct throttle *throttle);

#endif
