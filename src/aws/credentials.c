#include "aws/credentials.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/instant.h"

enum { MINUTE_S = 60 };

/* The credentials first, so that a pointer to them is one to the share. */
struct share {
    struct credentials credentials;
    atomic_uint holders;
};

struct credentials_source {
    pthread_mutex_t lock;
    credentials_fetch_fn fetch; /* NULL: what is there is all there will be */
    void *context;
    const struct net_clock *clock;
    struct share *current;
    bool is_expired;
};

bool credentials_set(struct credentials *credentials, struct str access_key_id,
                     struct str secret_key, struct str session_token, struct err *err)
{
    bool plain = access_key_id.n > 0 && access_key_id.n <= ACCESS_KEY_ID_MAX;

    for (size_t i = 0; plain && i < access_key_id.n; i++) {
        char c = access_key_id.p[i];
        plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                c == '_' || c == '-';
    }
    if (!plain) {
        return err_set(err, ERR_INPUT, "an access key id that is none");
    }
    if (secret_key.n == 0 || secret_key.n > SIGV4_SECRET_KEY_MAX) {
        return err_set(err, ERR_INPUT, "a secret access key of %zu bytes", secret_key.n);
    }
    if (!secret_set(&credentials->secret_key, secret_key, err) ||
        !secret_set(&credentials->session_token, session_token, err)) {
        return false;
    }
    memcpy(credentials->access_key_id, access_key_id.p, access_key_id.n);
    credentials->access_key_id[access_key_id.n] = '\0';
    return true;
}

void credentials_release(struct credentials *credentials)
{
    secret_release(&credentials->secret_key);
    secret_release(&credentials->session_token);
    *credentials = (struct credentials){0};
}

/* [+-]hh:mm or [+-]hhmm, in seconds. */
static bool offset_parse(struct str text, int64_t *out)
{
    uint64_t hours = 0, minutes = 0;
    size_t colon = text.n == 6 && text.p[3] == ':';

    if ((text.n != 5 && !colon) || (text.p[0] != '+' && text.p[0] != '-') ||
        !str_to_u64(str_sub(text, 1, 3), &hours) ||
        !str_to_u64(str_sub(text, 3 + colon, text.n), &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *out = (int64_t)(hours * 3600 + minutes * 60) * (text.p[0] == '-' ? -1 : 1);
    return true;
}

bool credentials_time_parse(struct str text, int64_t *out)
{
    char normal[32];
    int64_t offset = 0, at = 0;
    size_t end = 19; /* of YYYY-MM-DDThh:mm:ss */

    while (text.n > 19 && end < text.n &&
           (text.p[end] == '.' || (text.p[end] >= '0' && text.p[end] <= '9'))) {
        end++; /* the fraction does not matter */
    }
    struct str zone = str_sub(text, end, text.n);
    if (text.n < 19 || (!str_eq(zone, STR("Z")) && !str_eq(zone, STR("UTC")) && zone.n > 0 &&
                        !offset_parse(zone, &offset))) {
        return false;
    }
    (void)snprintf(normal, sizeof normal, "%.19sZ", text.p);
    if (normal[10] == ' ') {
        normal[10] = 'T';
    }
    if (!instant_parse(str_from(normal), &at)) {
        return false;
    }
    *out = at - offset;
    return true;
}

struct credentials_source *credentials_source_new(credentials_fetch_fn fetch, void *context,
                                                  const struct net_clock *clock)
{
    struct credentials_source *source = mem_alloc(sizeof *source);

    *source = (struct credentials_source){.fetch = fetch, .context = context, .clock = clock};
    (void)pthread_mutex_init(&source->lock, NULL);
    return source;
}

static struct share *share_of(struct credentials *credentials)
{
    struct share *share = mem_alloc(sizeof *share);

    share->credentials = *credentials; // moved
    *credentials = (struct credentials){0};
    atomic_init(&share->holders, 1);
    return share;
}

struct credentials_source *credentials_source_of(struct credentials *credentials,
                                                 const struct net_clock *clock)
{
    struct credentials_source *source = credentials_source_new(NULL, NULL, clock);

    source->current = share_of(credentials);
    return source;
}

static void share_drop(struct share *share)
{
    if (share != NULL && atomic_fetch_sub(&share->holders, 1) == 1) {
        credentials_release(&share->credentials);
        mem_free(share);
    }
}

void credentials_source_free(struct credentials_source *source)
{
    if (source != NULL) {
        share_drop(source->current);
        (void)pthread_mutex_destroy(&source->lock);
        mem_free(source);
    }
}

/* How many seconds the current credentials are good for. */
static int64_t time_left(const struct credentials_source *source)
{
    int64_t expires_at = 0;

    if (source->current == NULL || source->is_expired) {
        return INT64_MIN;
    }
    expires_at = source->current->credentials.expires_at;
    return expires_at == 0 ? INT64_MAX : expires_at - source->clock->now(source->clock->context);
}

static bool renew(struct credentials_source *source, struct err *err)
{
    struct credentials fresh = {0};

    if (!source->fetch(source->context, &fresh, err)) {
        credentials_release(&fresh);
        return false;
    }
    share_drop(source->current);
    source->current = share_of(&fresh);
    source->is_expired = false;
    return true;
}

const struct credentials *credentials_acquire(struct credentials_source *source, struct err *err)
{
    struct share *share = NULL;
    int64_t left = 0;

    (void)pthread_mutex_lock(&source->lock);
    left = time_left(source);
    if (source->fetch != NULL && left < CREDENTIALS_REFRESH_S) {
        struct err failure = {0};
        if (!renew(source, &failure) && left < MINUTE_S) {
            *err = err->kind == ERR_NONE ? failure : *err;
            (void)pthread_mutex_unlock(&source->lock);
            return NULL;
        }
    }
    share = source->current;
    (void)atomic_fetch_add(&share->holders, 1);
    (void)pthread_mutex_unlock(&source->lock);
    return &share->credentials;
}

bool credentials_expire(struct credentials_source *source, const struct credentials *expired)
{
    bool can_renew = false;

    (void)pthread_mutex_lock(&source->lock);
    can_renew = source->fetch != NULL;
    if (can_renew && source->current != NULL && &source->current->credentials == expired) {
        source->is_expired = true;
    }
    (void)pthread_mutex_unlock(&source->lock);
    return can_renew;
}

void credentials_drop(const struct credentials *credentials)
{
    union {
        const struct credentials *held;
        struct share *share;
    } same = {.held = credentials};

    share_drop(same.share);
}
