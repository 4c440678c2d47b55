/* tally.h: what one worker's accounts come to: integers and bit sets, which add up.
 *
 * Each worker tallies whole accounts; the sum of all tallies does not depend on who had which.
 *
 * Ownership: a tally owns its arrays.
 * Threads:   one thread at a time per tally.
 *
 * Example:   tally_account_begin(tally);
 *            tally_sample(tally, &sample, &facts);      // in order of time
 *            tally_account_end(tally); */
#ifndef STUDY_TALLY_H
#define STUDY_TALLY_H

#include "study/facts.h"
#include "study/lives.h"
#include "study/sample.h"
#include "study/trail_use.h"

enum study_grouping { STUDY_BY_ORGANIZATION, STUDY_BY_UNIT };

/* What one sample came to, complete. */
struct sample_facts {
    bool has_root;
    struct root_facts root;
    struct user_counts users;
    uint64_t late, unreadable, rows_lost;
    bool lacks_columns; /* the report is of a generation without the keys' use */
};

struct week_tally {
    uint64_t accounts, joined, left, gaps;
    uint64_t judged, use_accounts, first_offenders;
    uint64_t console_uses, console_uses_no_mfa, api_uses, api_old_uses;
    uint64_t key_accounts, key_old_accounts;
    uint64_t standalone, no_mfa_standalone, no_mfa_member, no_mfa_unknown;
    uint64_t standing_unknown;
    struct user_counts users;
    struct study_trail_week trail;
};

/* 32 bits do for an organization's counts but those of users, who are counted once. */
struct group_tally {
    uint32_t accounts, samples, use_accounts, key_accounts;
    uint32_t uses, console_uses, console_uses_no_mfa, api_uses;
    uint64_t users, no_mfa, initial_key, two_keys, not_rotated_90, unused_90;
};

struct offender {
    uint64_t account;
    uint32_t organization;
    uint32_t uses, console_uses, console_uses_no_mfa, api_uses;
    uint32_t first_date, last_date; /* indexes */
    uint8_t asset_class;
};

/* Sets of names, one bit each; the weekly ones have a set for each date. */
enum name_set {
    NAMES_CONSOLE,
    NAMES_CONSOLE_NO_MFA,
    NAMES_USE,
    NAMES_KEY,
    NAMES_SAMPLED,
    NAMES_TRAIL_USE,
    NAMES_TRAIL_CONSOLE,
    NAMES_TRAIL_CONSOLE_NO_MFA,
    NAME_SET_COUNT
};

struct tally {
    const struct sample_provider *provider;
    uint32_t iam_date; /* the sample that groups count users of */
    enum study_grouping grouping;
    size_t offender_max;
    size_t name_words;

    struct week_tally *weeks;
    uint64_t *names[NAME_SET_COUNT];
    uint64_t *weekly_sampled, *weekly_use; /* name_words for each date */
    uint64_t *uses_of_accounts;            /* by number of uses, up to date_count */
    uint64_t uses_by_class[ASSET_LARGE + 1];
    struct group_tally *groups; /* by name; NULL: too many to tell apart */
    uint32_t *group_weeks;      /* for each name and date: accounts sampled, accounts with use */
    struct offender *offenders;
    size_t offender_count, offender_capacity;
    uint64_t offender_total;
    struct life_ages ages[LIFE_KIND_COUNT];

    /* Of CloudTrail; NULL: no timeline. */
    const struct timeline *timeline;
    uint64_t *weekly_trail_use;
    uint64_t trail_by_class[ASSET_LARGE + 1];
    uint32_t *trail_accounts; /* the uses of each account that has any */
    size_t trail_account_count, trail_account_capacity;
    uint64_t trail_placed;

    /* Of notes. */
    uint64_t samples, broken, late_cells, late_roots, young_uses, unreadable_cells, rows_lost;
    uint64_t no_root, lacking_columns, unknown_organization;
    uint64_t accounts, gap_accounts, moved_accounts;

    /* The account at hand. */
    struct offender offender;
    uint64_t account_samples;
    uint32_t first_date, last_date, organization;
    uint64_t gaps;
    bool has_moved;
    uint32_t trail_uses;
    int64_t trail_from; /* events up to here have been placed */
    struct account_group {
        uint32_t group;
        bool has_use, has_key;
    } * seen_groups; /* groups it was in: nearly always one */
    size_t seen_count, seen_capacity;
};

void tally_init(struct tally *tally, const struct sample_provider *provider, uint32_t iam_date,
                enum study_grouping grouping, size_t offender_max);
void tally_release(struct tally *tally);

void tally_account_begin(struct tally *tally);
void tally_sample(struct tally *tally, const struct sample *sample,
                  const struct sample_facts *facts);
void tally_account_end(struct tally *tally);

void tally_add(struct tally *to, const struct tally *from);

/* Most uses first, then by account; at most `max` are kept. */
void tally_sort_offenders(struct tally *tally, size_t max);

#endif
