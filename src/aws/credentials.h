/* credentials.h: a key that signs requests, where it comes from, and getting a new one in time.
 *
 * A source fetches credentials when they are first asked for, hands the same ones to everybody, and
 * fetches again shortly before they end or when a service says that they did. What it hands out is
 * counted and does not change, so a request goes on with what it was signed with.
 *
 * Ownership: credentials_acquire takes a share that credentials_drop gives back; secrets are wiped
 *            with the last. The source belongs to its maker.
 * Threads:   one source serves any number of threads; while one fetches the others wait.
 *
 * Example:   const struct credentials *credentials = credentials_acquire(source, &err);
 *            if (credentials == NULL) { return false; }
 *            ... sign ...
 *            credentials_drop(credentials); */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/secret.h"
#include "net/clock.h"

enum { ACCESS_KEY_ID_MAX = 128, CREDENTIALS_REFRESH_S = 300 };

struct credentials {
    char access_key_id[ACCESS_KEY_ID_MAX + 1];
    struct secret secret_key;
    struct secret session_token; /* empty: a long-term key */
    int64_t expires_at;          /* 0: never */
    const char *method;          /* which provider found them; a constant text */
};

/* Errors (ERR_INPUT): an access key id that is none, a secret key longer than can be signed with,
 * an empty one. */
MUST_USE bool credentials_set(struct credentials *credentials, struct str access_key_id,
                              struct str secret_key, struct str session_token, struct err *err);
void credentials_release(struct credentials *credentials); /* a zeroed struct is fine */

/* A time as the tools around AWS write it: ISO 8601 with Z, UTC or an offset. */
MUST_USE bool credentials_time_parse(struct str text, int64_t *out);

/* Fills *out, zeroed before. Called by one thread at a time. */
typedef bool (*credentials_fetch_fn)(void *context, struct credentials *out, struct err *err);

struct credentials_source;

/* `context` and `clock` outlive the source. */
struct credentials_source *credentials_source_new(credentials_fetch_fn fetch, void *context,
                                                  const struct net_clock *clock);
/* A source of one set of credentials that never changes; takes over what is in *credentials. */
struct credentials_source *credentials_source_of(struct credentials *credentials,
                                                 const struct net_clock *clock);
void credentials_source_free(struct credentials_source *source); /* NULL is fine */

/* Good for at least a minute, unless they cannot be had again. NULL on errors, of the fetch. A
 * refresh that fails while there is time left is no error yet. */
const struct credentials *credentials_acquire(struct credentials_source *source, struct err *err);
/* A service said that these have expired: they are fetched anew, unless they were meanwhile. False
 * when the source cannot give others. */
bool credentials_expire(struct credentials_source *source, const struct credentials *expired);
void credentials_drop(const struct credentials *credentials); /* NULL is fine */

#endif
