/* sample.h: samples of accounts as the study takes them, whoever has them: folders or a store.
 *
 * A sample is one account's report at one audit instant. Samples come account by account, and those
 * of an account in order of time: whatever goes from one sample to the next (a key's life, a gap)
 * needs one account's memory, and accounts are divided among workers in blocks.
 *
 * A reader walks one block at a time: samples of it, and rows of the sample, in batches whose
 * columns STUDY_COLUMNS are filled. A sample that breaks off is left out whole by who reads it.
 *
 * Ownership: the provider owns dates, names and readers' input; a reader owns its batches, which
 *            are valid until its next call.
 * Threads:   the provider is immutable; one reader per worker, any number at once.
 *
 * Example:   void *reader = provider->reader_new(provider, tell, worker);
 *            provider->block_begin(reader, block);
 *            while (provider->sample_next(reader, &sample)) {
 *                while ((step = provider->rows_next(reader, &rows)) == SAMPLE_ROWS) { ... }
 *            } */
#ifndef STUDY_SAMPLE_H
#define STUDY_SAMPLE_H

#include "base/err.h"
#include "model/user_batch.h"

#define STUDY_COLUMN(column) (UINT32_C(1) << (column))
/* The columns that the study reads, beside is_root and valid. */
#define STUDY_COLUMNS                                                                              \
    (STUDY_COLUMN(COLUMN_CREATED) | STUDY_COLUMN(COLUMN_PASSWORD_ENABLED) |                        \
     STUDY_COLUMN(COLUMN_PASSWORD_USED) | STUDY_COLUMN(COLUMN_PASSWORD_CHANGED) |                  \
     STUDY_COLUMN(COLUMN_MFA) | STUDY_COLUMN(COLUMN_KEY_1_ACTIVE) |                                \
     STUDY_COLUMN(COLUMN_KEY_1_ROTATED) | STUDY_COLUMN(COLUMN_KEY_1_USED) |                        \
     STUDY_COLUMN(COLUMN_KEY_2_ACTIVE) | STUDY_COLUMN(COLUMN_KEY_2_ROTATED) |                      \
     STUDY_COLUMN(COLUMN_KEY_2_USED))

enum { SAMPLE_DATES_MAX = 65535 };

struct sample {
    uint64_t account;            /* the number of 12 digits */
    int64_t at;                  /* the instant it is judged at */
    uint32_t date;               /* index among the provider's dates */
    uint32_t organization, unit; /* index among the provider's names; 0: not known */
    uint8_t asset_class;         /* enum asset_class, at least ASSET_UNKNOWN */
    uint8_t standing;            /* enum account_standing of source/accounts.h */
    bool is_alone;               /* the account has no other sample: nothing is followed */
};

enum sample_step {
    SAMPLE_ROWS,
    SAMPLE_END,    /* the sample is whole, but for rows_lost */
    SAMPLE_BROKEN, /* it is not, and was told: what came of it does not count */
};

struct sample_rows {
    const struct user_batch *batch;
    /* Of each row: equal for the same user (name and creation time) across the samples of an
     * account, different else. Absent (NULL) where the sample is alone. */
    const uint64_t *identities;
    uint32_t unreadable; /* a bit for each column in which a cell of this batch is unreadable */
    uint64_t rows_lost;  /* at SAMPLE_END: rows that could not be read; they were told */
    uint64_t bytes;      /* at SAMPLE_END: of input, for the progress line */
};

/* Told by a reader while it reads: an error of input, with its place. */
typedef void (*sample_tell_fn)(void *shared, const struct err *err);

struct sample_provider {
    const int64_t
        *dates; /* first seconds of days, rising, each once: samples are grouped by them */
    size_t date_count;
    const struct str *names; /* organizations and units, each once; the first is empty */
    size_t name_count;
    size_t block_count;
    void *shared; /* of the provider's own */

    void *(*reader_new)(const struct sample_provider *provider, sample_tell_fn tell, void *shared);
    void (*reader_free)(void *reader);
    void (*block_begin)(void *reader, size_t block);
    /* False at the end of the block. Rows of the sample before that were not read are passed. */
    bool (*sample_next)(void *reader, struct sample *out);
    enum sample_step (*rows_next)(void *reader, struct sample_rows *out);
    /* Name of the user in a row of the batch at hand. */
    struct str (*user_name)(void *reader, size_t row);
};

#endif
