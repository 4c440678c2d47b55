/* result.h: what a study of a fleet found, ready to be written as a table, CSV, JSON or a page.
 *
 * Everything is counts; shares, means and intervals are made of them where they are shown, so that
 * each can name the number it rests on. What cannot be known is absent (a figure of type
 * STUDY_NOTHING with a note, an empty curve), never a zero.
 *
 * Ownership: a result owns its arrays; texts that are not of static life are in its arena.
 * Threads:   immutable once filled.
 *
 * Example:   for (size_t i = 0; i < result.figure_count; i++) {
 *                ... result.figures[i].title ...
 *            } */
#ifndef STUDY_RESULT_H
#define STUDY_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "model/asset.h"

enum study_kind { STUDY_ROOT = 1, STUDY_IAM = 2, STUDY_BOTH = 3 };

enum study_value {
    STUDY_NOTHING, /* the note says why */
    STUDY_COUNT,   /* of `sum` */
    STUDY_MEAN,    /* sum / divisor */
    STUDY_DATE,
};

/* What CloudTrail shows for a week, where a timeline was given (trail_use.h). */
struct study_trail_week {
    uint64_t use_accounts, use_organizations;
    uint64_t console_uses, console_uses_no_mfa, key_uses;
    uint64_t calls;
    uint64_t report_only; /* accounts with use by their report, of which the timeline has nothing */
};

struct study_trail {
    bool is_there;
    uint64_t events; /* of the timeline; those in a week before a sample of their account: */
    uint64_t placed;
    uint64_t accounts, uses; /* accounts with use; all uses */
    struct study_trail_week sums;
};

/* One line of the table of figures; names and definitions: docs/study.md. */
struct study_figure {
    enum study_kind kind;
    struct str name;  /* "weekly_use_accounts_mean" */
    struct str title; /* "accounts with root use per week, mean" */
    enum study_value type;
    uint64_t sum, divisor;
    int64_t date;
    /* The share part / (whole / whole_divisor), where there is one: whole_divisor is above 0 then,
     * and above 1 only where the whole is a mean over samples. A share of nothing has a whole of
     * 0. */
    uint64_t part, whole, whole_divisor;
    /* What CloudTrail shows in its place, a count or a mean as the figure is. */
    bool has_trail;
    uint64_t trail_sum, trail_divisor;
    struct str published; /* "26 (2.8%)"; empty unless this is a simulated profile */
    struct str note;      /* may be empty */
};

/* One sample date of the fleet. */
struct study_week {
    int64_t at;
    uint64_t accounts, organizations, users; /* sampled */
    /* Accounts sampled for the first, the last time: 0 at the first sample of the fleet, and at its
     * last. */
    uint64_t joined, left;
    uint64_t gaps;   /* accounts sampled before and after, but not here */
    uint64_t judged; /* accounts old enough for root use to count */
    uint64_t use_accounts, use_organizations;
    uint64_t console_uses, console_uses_no_mfa, api_uses;
    uint64_t key_accounts, key_old_accounts;    /* with an active root key; older than 90 days */
    uint64_t first_offenders, repeat_offenders; /* of use_accounts: used before in the period? */
    /* IAM users: */
    uint64_t no_mfa, initial_key, two_keys, not_rotated_90, unused_90;
    struct study_trail_week trail;
};

/* A step of a survival curve (Kaplan-Meier): the share that is still there after `days`. */
struct study_step {
    uint32_t days;
    uint64_t at_risk, ended;
    double survival, low, high; /* 95 %: log-log transformed Greenwood */
};

struct study_curve {
    struct str name;  /* "root_keys", "user_keys", "unused_users" */
    struct str title; /* "how long an active access key of a user lives" */
    struct study_step *steps;
    size_t step_count;
    uint64_t subjects, events;
    bool has_median;
    uint32_t median_days;
};

/* Accounts by the number of weeks in which their root was used: account_counts[n] had n uses. */
struct study_concentration {
    uint64_t *account_counts;
    size_t use_max;  /* index of the last */
    double gini;     /* among accounts with a use; has no meaning where there are none */
    double gini_all; /* among all accounts sampled */
};

/* Users by the age of their oldest active key, or by how long every credential lay idle. */
enum { STUDY_TIER_COUNT = 6 };
struct study_tiers {
    struct str name, title;               /* "key_age", "oldest active key" */
    uint32_t tier_days[STUDY_TIER_COUNT]; /* lower bounds: 0, 30, 90, 365, 1095, 1825 */
    uint64_t counts[STUDY_TIER_COUNT];
    uint64_t total; /* users whom the tiers are about */
};

/* Two active keys by age: of users older than `days`, those with two keys older than that. */
struct study_two_keys {
    uint32_t days;
    uint64_t users, with_two_keys;
};
enum { STUDY_TWO_KEYS_COUNT = 4 };

/* The same counts for one organization or one organizational unit. */
struct study_group {
    struct str name;
    uint64_t accounts; /* distinct */
    uint64_t samples, uses, use_accounts, console_uses, console_uses_no_mfa, api_uses;
    uint64_t key_accounts; /* distinct, with an active root key in some sample */
    uint64_t users, no_mfa, initial_key, two_keys, not_rotated_90, unused_90; /* newest sample */
    uint64_t *weekly_accounts; /* by week: accounts sampled; 0: a gap */
    uint64_t *weekly_uses;     /* by week: accounts with root use */
};

/* An account with root use, for the list behind the figures. */
struct study_offender {
    struct str account, organization;
    enum asset_class asset_class;
    uint64_t uses, console_uses, console_uses_no_mfa, api_uses;
    int64_t first_use, last_use;
};

/* Of the users at iam_at, beside the figures: what the report alone cannot decide. */
struct study_open {
    /* With a password and without MFA, in accounts of an organization, where an SCP may enforce it:
     * the effective verdict is unknown. And in accounts of which it is not known what they are. */
    uint64_t no_mfa_member, no_mfa_standing_unknown;
    uint64_t standing_unknown; /* accounts */
    /* Not known whether they violate a practice: cells are missing, unreadable or not supported. */
    uint64_t mfa, initial_key, two_keys, rotation, unused;
};

/* What was odd about the samples, and how it was taken. */
struct study_note {
    struct str text; /* a sentence: "3 accounts have gaps: 7 samples are missing in between" */
    uint64_t count;
};

struct study_result {
    enum study_kind kind;
    struct str source;  /* the folder or store studied */
    struct str profile; /* "root-2020" where published values apply; else empty */
    int64_t iam_at;     /* the sample that the iam figures are about */
    uint64_t sample_count, account_count, organization_count, user_count;
    struct study_figure *figures;
    size_t figure_count;
    struct study_week *weeks;
    size_t week_count;
    struct study_curve *curves;
    size_t curve_count;
    struct study_concentration concentration;
    uint64_t uses_by_class[ASSET_LARGE + 1]; /* by enum asset_class */
    struct study_tiers key_age, idle;
    struct study_two_keys two_keys[STUDY_TWO_KEYS_COUNT];
    struct study_open open;
    struct study_trail trail;
    struct str group_word;      /* "organization" or "organizational unit" */
    struct study_group *groups; /* most uses first, at most STUDY_GROUP_MAX */
    size_t group_count;
    uint64_t group_total; /* 0 also where there are too many to tell apart; a note says so */
    struct study_offender *offenders; /* most uses first, at most STUDY_OFFENDER_MAX */
    size_t offender_count;
    uint64_t offender_total;
    struct study_note *notes;
    size_t note_count;
    struct arena arena;
};
enum { STUDY_OFFENDER_MAX = 1000, STUDY_GROUP_MAX = 10000 };

/* The 95 % interval of a share by Wilson's score method; whole must be above 0. */
void study_wilson(uint64_t part, uint64_t whole, double *low, double *high);

#endif
