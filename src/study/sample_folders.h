/* sample_folders.h: samples from folders named by their date: 2020-09-13/123456789012.csv.
 *
 * Reports are those that the audit reads: CSV, gzip of it, the JSON of the AWS CLI. The account is
 * the first 12 digits in a row in the file's name, else that of its first ARN. accounts.csv at the
 * top says to whom accounts belong; one in a date's folder decides, row by row, for that sample.
 *
 * A million reports are listed in eight bytes each: account, date and which suffix; only names that
 * are not just the account are kept.
 *
 * Ownership: the folders own everything that their provider points to.
 * Threads:   folders_open by one; then immutable. Readers as sample.h says.
 *
 * Example:   if (!folders_open(&folders, path, simd, &err)) { ... }
 *            study_run(&folders.provider, ...);
 *            folders_close(&folders); */
#ifndef STUDY_SAMPLE_FOLDERS_H
#define STUDY_SAMPLE_FOLDERS_H

#include "base/buf.h"
#include "base/simd.h"
#include "study/names.h"
#include "study/sample.h"

/* What an accounts.csv says of an account, of one sample or of all. */
struct folder_account {
    /* account << 24 | date + 1 << 8 | asset class << 2 | standing; 0 in place of date + 1: for all
     * samples. */
    uint64_t key;
    uint32_t organization, unit;
};

/* A file that is not called ACCOUNT.csv, .csv.gz or .json. */
struct folder_name {
    uint64_t entry;
    uint32_t offset, size; /* in name_text */
};

struct folders {
    struct sample_provider provider;
    struct buf path;   /* with its '/' */
    uint64_t *entries; /* account << 24 | date << 8 | which of its names, sorted */
    size_t entry_count, entry_capacity;
    size_t account_count;
    int64_t *dates;
    size_t date_count, date_capacity;
    struct folder_name *named; /* sorted by entry */
    size_t named_count, named_capacity;
    struct buf name_text;
    struct folder_account *accounts; /* sorted by key */
    size_t listed_count;
    struct names names;
    enum simd_level simd;
    uint64_t hash_seed;
    bool has_accounts;

    /* What is told of the listing. */
    uint64_t duplicates;  /* reports beyond the first of an account and date */
    uint64_t outside;     /* files that are in no date's folder */
    uint64_t not_reports; /* files that are no report and name no account */
    struct err *errors;   /* the first of files that could not be taken */
    size_t error_count;   /* of those kept */
    uint64_t error_total;
    struct str profile;      /* of the marker of a simulated profile at its own size; else empty */
    struct buf profile_text; /* which holds it */
};

MUST_USE bool folders_open(struct folders *folders, struct str path, enum simd_level simd,
                           struct err *err);
void folders_close(struct folders *folders); /* a zeroed struct is fine */

#endif
