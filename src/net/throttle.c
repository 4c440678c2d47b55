#include "net/throttle.h"

#include "base/hash.h"

static const double RATE_MIN = 0.5;      /* requests a second */
static const double GROWTH = 0.5;        /* requests a second, each second */
static const double DOUBLING = 0.693;    /* of a rate, in a second: the logarithm of 2 */
static const double STOCK_S = 2.0;       /* of a first rate, that a bucket begins with */
static const double BURST = 1.0;         /* tokens that an idle bucket may hold */
static const uint64_t WINDOW_MS = 1000;  /* of the measurement */
static const double RATE_FORGET = 500.0; /* so fast that no limit is left */

void throttle_init(struct throttle *throttle)
{
    *throttle = (struct throttle){0};
    (void)pthread_mutex_init(&throttle->lock, NULL);
}

void throttle_release(struct throttle *throttle)
{
    (void)pthread_mutex_destroy(&throttle->lock);
}

void throttle_begin(struct throttle *throttle, double rate)
{
    throttle->first_rate = rate;
}

/* When all buckets are taken, APIs share: slower than need be, never faster. */
static struct throttle_bucket *bucket_of(struct throttle *throttle, struct str api, uint64_t now_ms)
{
    uint64_t hash = hash_bytes(0, api) | 1;
    size_t first = (size_t)(hash >> 8) % THROTTLE_BUCKET_COUNT;

    for (size_t i = 0; i < THROTTLE_BUCKET_COUNT; i++) {
        struct throttle_bucket *bucket = &throttle->buckets[(first + i) % THROTTLE_BUCKET_COUNT];
        if (bucket->api == 0) {
            *bucket = (struct throttle_bucket){.api = hash,
                                               .rate = throttle->first_rate,
                                               .tokens = BURST + STOCK_S * throttle->first_rate,
                                               .at_ms = now_ms,
                                               .measured_ms = now_ms,
                                               .is_probing = throttle->first_rate > 0};
        }
        if (bucket->api == hash) {
            return bucket;
        }
    }
    return &throttle->buckets[first];
}

static void fill(struct throttle_bucket *bucket, uint64_t now_ms)
{
    double seconds = now_ms > bucket->at_ms ? (double)(now_ms - bucket->at_ms) / 1000 : 0;
    double most =
        bucket->tokens > BURST ? bucket->tokens : BURST; /* what it began with is used up */

    bucket->tokens += seconds * bucket->rate;
    bucket->tokens = bucket->tokens < most ? bucket->tokens : most;
    bucket->at_ms = now_ms > bucket->at_ms ? now_ms : bucket->at_ms;
}

static void measure(struct throttle_bucket *bucket, uint64_t now_ms)
{
    bucket->sent++;
    if (now_ms >= bucket->measured_ms + WINDOW_MS) {
        double seconds = (double)(now_ms - bucket->measured_ms) / 1000;
        bucket->sent_rate = bucket->sent / seconds;
        bucket->sent = 0;
        bucket->measured_ms = now_ms;
    }
}

uint64_t throttle_take(struct throttle *throttle, struct str api, uint64_t now_ms)
{
    struct throttle_bucket *bucket = NULL;
    uint64_t wait_ms = 0;

    (void)pthread_mutex_lock(&throttle->lock);
    bucket = bucket_of(throttle, api, now_ms);
    measure(bucket, now_ms);
    if (bucket->rate > 0) {
        fill(bucket, now_ms);
        bucket->tokens -= 1;
        if (bucket->tokens < 0) {
            wait_ms = (uint64_t)(-bucket->tokens / bucket->rate * 1000) + 1;
        }
    }
    (void)pthread_mutex_unlock(&throttle->lock);
    return wait_ms;
}

static void slow_down(struct throttle_bucket *bucket, uint64_t now_ms)
{
    double rate = bucket->rate;

    if (rate > 0 && now_ms < bucket->slowed_ms + WINDOW_MS) {
        return; /* sent before the rate was halved */
    }
    bucket->slowed_ms = now_ms;
    if (rate <= 0) {
        /* Within its first second a burst has no measured rate yet: what was sent counts. */
        rate = bucket->sent_rate > bucket->sent ? bucket->sent_rate : bucket->sent;
        bucket->tokens = 0;
        bucket->at_ms = now_ms;
    }
    bucket->is_probing = false;
    rate /= 2;
    bucket->rate = rate > RATE_MIN ? rate : RATE_MIN;
}

void throttle_tell(struct throttle *throttle, struct str api, bool was_throttled, uint64_t now_ms)
{
    struct throttle_bucket *bucket = NULL;

    (void)pthread_mutex_lock(&throttle->lock);
    bucket = bucket_of(throttle, api, now_ms);
    if (was_throttled) {
        throttle->throttled_count++;
        slow_down(bucket, now_ms);
    } else if (bucket->rate > 0) {
        fill(bucket, now_ms);
        /* `rate` answers come in a second, so each brings its part of the growth. */
        bucket->rate += bucket->is_probing ? DOUBLING : GROWTH / bucket->rate;
        if (bucket->rate > RATE_FORGET) {
            bucket->rate = 0;
        }
    }
    (void)pthread_mutex_unlock(&throttle->lock);
}

uint64_t throttle_count(struct throttle *throttle)
{
    uint64_t count = 0;

    (void)pthread_mutex_lock(&throttle->lock);
    count = throttle->throttled_count;
    (void)pthread_mutex_unlock(&throttle->lock);
    return count;
}
