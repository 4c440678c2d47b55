/* samples.h: the store as a study reads it: account by account, and of each account its samples in
 * the order of time.
 *
 * Each worker opens a reader of its own over a range of accounts; what it reads is the state of the
 * store when the reader was opened, whoever writes meanwhile.
 *
 * Ownership: names, batches and identities are the reader's; batches until the next call.
 * Threads:   one thread at a time per reader.
 *
 * Example:   struct store_samples *samples = NULL;
 *            if (!store_samples_open(&samples, path, packed_columns(), &err) ||
 *                !store_samples_range(samples, 0, STORE_ACCOUNT_MAX, &err)) {...}
 *            while (store_samples_next(samples, &sample, &err)) {
 *                while (store_samples_batch(samples, &batch, &identities, &err)) { ... }
 *            }
 *            store_samples_close(samples); */
#ifndef STORE_SAMPLES_H
#define STORE_SAMPLES_H

#include "model/user_batch.h"
#include "store/store.h"

enum { STORE_SAMPLE_COUNTS = 5 };

struct store_sample {
    uint64_t account;
    int64_t taken_at;
    uint64_t organization, unit;         /* ids, for store_samples_name; 0: not known */
    uint8_t standing;                    /* enum account_standing of source/accounts.h */
    int64_t counts[STORE_SAMPLE_COUNTS]; /* iam_users, rds, s3, ec2, cloudtrail; -1: not known */
    uint64_t bad_rows;                   /* that could not be read, and are in no batch */
    uint64_t row_count;
};

struct store_samples;

/* Of `columns`, those that packed.h names are filled. */
MUST_USE bool store_samples_open(struct store_samples **out, struct str path, uint32_t columns,
                                 struct err *err);
void store_samples_close(struct store_samples *samples); /* NULL is fine */

#define STORE_ACCOUNT_MAX UINT64_C(999999999999)
/* Begins with the first sample of the accounts from `first` to `last`, both included. */
MUST_USE bool store_samples_range(struct store_samples *samples, uint64_t first, uint64_t last,
                                  struct err *err);
/* False at the end of the range, and when the store is damaged, which sets *err. */
bool store_samples_next(struct store_samples *samples, struct store_sample *sample,
                        struct err *err);
/* The sample's users, at most BATCH_ROWS_MAX at once. identities[row] is the same for a user of the
 * same name and creation time in all samples of the account. False behind the last batch, and when
 * the store is damaged, which sets *err. The cells of a batch have no text. */
bool store_samples_batch(struct store_samples *samples, const struct user_batch **batch,
                         const uint64_t **identities, struct err *err);

/* The name of an organization, the path of a unit; empty for 0. Valid until the reader is closed.
 * Ids are below the ends. */
uint64_t store_organization_end(const struct store_samples *samples);
uint64_t store_unit_end(const struct store_samples *samples);
struct str store_organization_name(const struct store_samples *samples, uint64_t id);
struct str store_unit_path(const struct store_samples *samples, uint64_t id);

/* The name of a user by identity, valid until the next call; empty when there is no such user. */
struct str store_user_name(struct store_samples *samples, uint64_t identity);

/* What a study shows of the store as a whole. */
struct store_extent {
    uint64_t accounts, snapshots;
    int64_t first_at, last_at; /* of the snapshots, where there are any */
    /* The published profile that all imports name; empty where there is none, or several. */
    char profile[64];
};
MUST_USE bool store_extent_read(struct store *store, struct store_extent *out, struct err *err);

/* The instants of all snapshots, rising, each once. The array is the caller's: mem_free it. */
MUST_USE bool store_times_read(struct store *store, int64_t **times, size_t *count,
                               struct err *err);

/* Where ranges of about `size` accounts begin, in order, as many as there are up to `count_max`;
 * the first is 0. Ranges end where the next begins. */
MUST_USE bool store_accounts_split(struct store *store, uint64_t size, uint64_t *begins,
                                   size_t count_max, size_t *count, struct err *err);

#endif
