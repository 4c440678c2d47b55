#include "study/figures.h"

#include "base/arena.h"
#include "base/buf.h"
#include "render/number.h"
#include "study/concentration.h"

/* What is known of a figure before any sample: the note tells of the source's own rounding. */
struct figure_name {
    struct str name, title, published, published_note;
};

enum root_figure {
    ACCOUNTS_MEAN,
    ORGANIZATIONS_MEAN,
    USERS_MEAN,
    WEEKLY_USE_ACCOUNTS_MEAN,
    WEEKLY_USE_ORGANIZATIONS_MEAN,
    USE_ACCOUNTS,
    USE_ORGANIZATIONS,
    USES,
    REPEAT_ACCOUNTS,
    REPEAT_USES,
    USES_PER_ACCOUNT,
    HALF_USES_ACCOUNTS,
    USES_SMALL,
    USES_MEDIUM,
    USES_LARGE,
    USES_API,
    USES_API_OLD,
    KEY_ACCOUNTS_MEAN,
    KEY_ORGANIZATIONS,
    KEY_OLD_ACCOUNTS_MEAN,
    CONSOLE_USES,
    CONSOLE_USES_NO_MFA,
    CONSOLE_ORGANIZATIONS,
    CONSOLE_ORGANIZATIONS_NO_MFA,
    ROOT_FIGURE_COUNT
};

static const struct figure_name root_names[ROOT_FIGURE_COUNT] = {
    [ACCOUNTS_MEAN] = {STR_LIT("accounts_mean"), STR_LIT("accounts per sample, mean"),
                       STR_LIT("915"), STR_LIT("")},
    [ORGANIZATIONS_MEAN] = {STR_LIT("organizations_mean"),
                            STR_LIT("organizations per sample, mean"), STR_LIT("153"), STR_LIT("")},
    [USERS_MEAN] = {STR_LIT("users_mean"), STR_LIT("IAM users per sample, mean"), STR_LIT("15,660"),
                    STR_LIT("")},
    [WEEKLY_USE_ACCOUNTS_MEAN] = {STR_LIT("weekly_use_accounts_mean"),
                                  STR_LIT("accounts with root use per week, mean"),
                                  STR_LIT("26 (2.8%)"), STR_LIT("")},
    [WEEKLY_USE_ORGANIZATIONS_MEAN] = {STR_LIT("weekly_use_organizations_mean"),
                                       STR_LIT("organizations with root use per week, mean"),
                                       STR_LIT("20 (13%)"), STR_LIT("")},
    [USE_ACCOUNTS] = {STR_LIT("use_accounts"), STR_LIT("accounts with root use in the period"),
                      STR_LIT("143 (16%)"), STR_LIT("")},
    [USE_ORGANIZATIONS] = {STR_LIT("use_organizations"),
                           STR_LIT("organizations with root use in the period"),
                           STR_LIT("65 (43%)"), STR_LIT("65 of 153 is 42.5%; published as 43%")},
    [USES] = {STR_LIT("uses"), STR_LIT("root uses, at most one per account and week"),
              STR_LIT("510"),
              STR_LIT("the source's text also says 517, which its shares do not fit")},
    [REPEAT_ACCOUNTS] = {STR_LIT("repeat_accounts"), STR_LIT("accounts with two or more uses"),
                         STR_LIT("50%"), STR_LIT("")},
    [REPEAT_USES] = {STR_LIT("repeat_uses"), STR_LIT("uses of these accounts"), STR_LIT("over 86%"),
                     STR_LIT("")},
    [USES_PER_ACCOUNT] = {STR_LIT("uses_per_account"),
                          STR_LIT("uses per account with root use, mean"), STR_LIT("over 3"),
                          STR_LIT("")},
    [HALF_USES_ACCOUNTS] = {STR_LIT("half_uses_accounts"),
                            STR_LIT("fewest accounts that make half of the uses"),
                            STR_LIT("17 (12%)"), STR_LIT("")},
    [USES_SMALL] = {STR_LIT("uses_small"), STR_LIT("uses in small accounts (0-49 assets)"),
                    STR_LIT("56%"), STR_LIT("")},
    [USES_MEDIUM] = {STR_LIT("uses_medium"), STR_LIT("uses in medium accounts (50-250)"),
                     STR_LIT("29%"), STR_LIT("")},
    [USES_LARGE] = {STR_LIT("uses_large"), STR_LIT("uses in large accounts (over 250)"),
                    STR_LIT("15%"), STR_LIT("")},
    [USES_API] = {STR_LIT("uses_api"), STR_LIT("uses through an access key"), STR_LIT("64 (13%)"),
                  STR_LIT("")},
    [USES_API_OLD] = {STR_LIT("uses_api_old"),
                      STR_LIT("of those, key not rotated for over 90 days"),
                      STR_LIT("58 (about 90%)"), STR_LIT("")},
    [KEY_ACCOUNTS_MEAN] = {STR_LIT("key_accounts_mean"),
                           STR_LIT("accounts with an active root key, mean"), STR_LIT("54 (6%)"),
                           STR_LIT("")},
    [KEY_ORGANIZATIONS] = {STR_LIT("key_organizations"),
                           STR_LIT("organizations with an active root key"), STR_LIT("34 (22%)"),
                           STR_LIT("")},
    [KEY_OLD_ACCOUNTS_MEAN] = {STR_LIT("key_old_accounts_mean"),
                               STR_LIT("of those accounts, key older than 90 days, mean"),
                               STR_LIT("52 (96%)"), STR_LIT("")},
    [CONSOLE_USES] = {STR_LIT("console_uses"), STR_LIT("console uses"), STR_LIT("464"),
                      STR_LIT("")},
    [CONSOLE_USES_NO_MFA] = {STR_LIT("console_uses_no_mfa"),
                             STR_LIT("console uses without root MFA"), STR_LIT("283 (61%)"),
                             STR_LIT("")},
    [CONSOLE_ORGANIZATIONS] = {STR_LIT("console_organizations"),
                               STR_LIT("organizations with console use"), STR_LIT("63"),
                               STR_LIT("")},
    [CONSOLE_ORGANIZATIONS_NO_MFA] = {STR_LIT("console_organizations_no_mfa"),
                                      STR_LIT("organizations with console use without MFA"),
                                      STR_LIT("35 (56%)"), STR_LIT("")},
};

enum iam_figure {
    USERS,
    ACCOUNTS,
    STANDALONE_ACCOUNTS,
    NO_MFA,
    FIRST_OF_SETS, /* from here on: users of a set, as share_sets says */
    FIRST_OF_DATES = FIRST_OF_SETS + 13,
    IAM_FIGURE_COUNT = FIRST_OF_DATES + 3
};

static const struct figure_name iam_names[IAM_FIGURE_COUNT] = {
    {STR_LIT("users"), STR_LIT("IAM users"), STR_LIT("12,478"), STR_LIT("")},
    {STR_LIT("accounts"), STR_LIT("accounts"), STR_LIT("1,143"), STR_LIT("")},
    {STR_LIT("standalone_accounts"), STR_LIT("accounts that stand alone"), STR_LIT("178"),
     STR_LIT("")},
    {STR_LIT("no_mfa"), STR_LIT("1 password without MFA, account stands alone"),
     STR_LIT("773 (6.2%)"), STR_LIT("")},
    {STR_LIT("initial_key"), STR_LIT("2 active key made with the user"), STR_LIT("1,331 (10.7%)"),
     STR_LIT("")},
    {STR_LIT("two_keys"), STR_LIT("3 two active keys"), STR_LIT("830 (6.7%)"), STR_LIT("")},
    {STR_LIT("not_rotated_90"), STR_LIT("4 active key not rotated for over 90 days"),
     STR_LIT("7,580 (60.8%)"), STR_LIT("7,580 of 12,478 is 60.7%; published as 60.8%")},
    {STR_LIT("not_rotated_365"), STR_LIT("active key not rotated for over 365 days"),
     STR_LIT("4,931 (40%)"), STR_LIT("")},
    {STR_LIT("not_rotated_1825"), STR_LIT("active key not rotated for over 5 years"),
     STR_LIT("245"), STR_LIT("")},
    {STR_LIT("unused_90"), STR_LIT("5 no enabled credential used for 90 days"),
     STR_LIT("6,211 (49.8%)"), STR_LIT("")},
    {STR_LIT("unused_365"), STR_LIT("no enabled credential used for 365 days"),
     STR_LIT("3,549 (28.4%)"), STR_LIT("")},
    {STR_LIT("users_gt_30"), STR_LIT("users older than 30 days"), STR_LIT("12,100"), STR_LIT("")},
    {STR_LIT("users_gt_90"), STR_LIT("users older than 90 days"), STR_LIT("11,395"), STR_LIT("")},
    {STR_LIT("users_gt_365"), STR_LIT("users older than 365 days"), STR_LIT("8,001"), STR_LIT("")},
    {STR_LIT("two_keys_gt_30"), STR_LIT("two active keys, both older than 30 days"),
     STR_LIT("799 (6.6%)"), STR_LIT("")},
    {STR_LIT("two_keys_gt_90"), STR_LIT("two active keys, both older than 90 days"),
     STR_LIT("720 (6.3%)"), STR_LIT("")},
    {STR_LIT("two_keys_gt_365"), STR_LIT("two active keys, both older than 365 days"),
     STR_LIT("445 (5.6%)"), STR_LIT("")},
    {STR_LIT("oldest_active_key"), STR_LIT("oldest active key"), STR_LIT("August 2011"),
     STR_LIT("")},
    {STR_LIT("oldest_unused_console"), STR_LIT("longest unused console login"),
     STR_LIT("March 2014"), STR_LIT("")},
    {STR_LIT("oldest_unused_key"), STR_LIT("longest unused active key"), STR_LIT("April 2015"),
     STR_LIT("")},
};

/* Users of a set, of users of another; of USER_SET_COUNT: no share. */
static const struct {
    enum user_set users, of;
} share_sets[FIRST_OF_DATES - FIRST_OF_SETS] = {
    {USER_INITIAL_KEY, USER_ALL},        {USER_TWO_KEYS, USER_ALL},
    {USER_NOT_ROTATED_90, USER_ALL},     {USER_NOT_ROTATED_365, USER_ALL},
    {USER_NOT_ROTATED_1825, USER_ALL},   {USER_UNUSED_90, USER_ALL},
    {USER_UNUSED_365, USER_ALL},         {USER_GT_30, USER_SET_COUNT},
    {USER_GT_90, USER_SET_COUNT},        {USER_GT_365, USER_SET_COUNT},
    {USER_TWO_KEYS_GT_30, USER_GT_30},   {USER_TWO_KEYS_GT_90, USER_GT_90},
    {USER_TWO_KEYS_GT_365, USER_GT_365},
};

uint64_t names_count(const uint64_t *set, size_t words)
{
    uint64_t count = 0;

    for (size_t i = 0; i < words; i++) {
        count += (uint64_t)__builtin_popcountll(set[i]);
    }
    return count;
}

size_t figures_sample_count(const struct tally *tally)
{
    size_t count = 0;

    for (size_t i = 0; i < tally->provider->date_count; i++) {
        count += tally->weeks[i].accounts > 0;
    }
    return count;
}

const struct study_figure *figures_find(const struct study_result *result, struct str name)
{
    for (size_t i = 0; i < result->figure_count; i++) {
        if (str_eq(result->figures[i].name, name)) {
            return &result->figures[i];
        }
    }
    return NULL;
}

/* ---- values --------------------------------------------------------------------------------- */

static void set_count(struct study_figure *figure, uint64_t count)
{
    figure->type = STUDY_COUNT;
    figure->sum = count;
    figure->divisor = 1;
}

static void set_mean(struct study_figure *figure, uint64_t sum, uint64_t divisor)
{
    figure->type = STUDY_MEAN;
    figure->sum = sum;
    figure->divisor = divisor;
}

static void set_share(struct study_figure *figure, uint64_t part, uint64_t whole,
                      uint64_t whole_divisor)
{
    figure->part = part;
    figure->whole = whole;
    figure->whole_divisor = whole_divisor;
}

static void set_part(struct study_figure *figure, uint64_t part, uint64_t whole)
{
    set_count(figure, part);
    set_share(figure, part, whole, 1);
}

static void set_date(struct study_figure *figure, int64_t at, struct str otherwise)
{
    figure->type = at == INT64_MAX ? STUDY_NOTHING : STUDY_DATE;
    figure->date = at;
    figure->note = at == INT64_MAX ? otherwise : figure->note;
}

/* Puts a sentence behind what the note says. */
static void add_note(struct study_result *result, struct study_figure *figure, struct str text)
{
    char together[512];
    struct buf buf = {.p = together, .capacity = sizeof together, .size_max = sizeof together};

    buf_str(&buf, figure->note);
    if (figure->note.n > 0) {
        buf_str(&buf, STR("; "));
    }
    buf_str(&buf, text);
    struct str kept;
    if (arena_str(&result->arena, buf_text(&buf), &kept)) {
        figure->note = kept;
    }
}

/* ---- root ----------------------------------------------------------------------------------- */

struct sums {
    uint64_t accounts, organizations, users, uses, use_organizations;
    uint64_t console, console_no_mfa, api, api_old, key, key_old, repeat_accounts, repeat_uses;
};

static struct sums sum_weeks(const struct study_result *result, const struct tally *tally)
{
    struct sums sums = {0};

    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        sums.accounts += week->accounts;
        sums.organizations += week->organizations;
        sums.users += week->users;
        sums.uses += week->use_accounts;
        sums.use_organizations += week->use_organizations;
        sums.console += week->console_uses;
        sums.console_no_mfa += week->console_uses_no_mfa;
        sums.api += week->api_uses;
        sums.key += week->key_accounts;
        sums.key_old += week->key_old_accounts;
    }
    for (size_t i = 0; i < tally->provider->date_count; i++) {
        sums.api_old += tally->weeks[i].api_old_uses;
    }
    for (size_t n = 2; n <= tally->provider->date_count; n++) {
        sums.repeat_accounts += tally->uses_of_accounts[n];
        sums.repeat_uses += tally->uses_of_accounts[n] * n;
    }
    return sums;
}

/* A figure that nothing is known for is none, rather than 0. */
static void unset(struct study_figure *figure, struct str why)
{
    figure->type = STUDY_NOTHING;
    figure->sum = figure->divisor = figure->part = figure->whole = figure->whole_divisor = 0;
    figure->note = why;
}

/* What is about owners, where nobody said who any account's is. */
static void unset_organizations(struct study_figure *figures)
{
    static const enum root_figure owned[] = {ORGANIZATIONS_MEAN,    WEEKLY_USE_ORGANIZATIONS_MEAN,
                                             USE_ORGANIZATIONS,     KEY_ORGANIZATIONS,
                                             CONSOLE_ORGANIZATIONS, CONSOLE_ORGANIZATIONS_NO_MFA};

    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        unset(&figures[owned[i]], STR("no account's organization is known"));
    }
}

static void fill_root_notes(struct study_result *result, struct study_figure *figures)
{
    uint64_t unknown = result->uses_by_class[ASSET_UNKNOWN];
    char text[160];
    struct buf note = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    add_note(result, &figures[USES],
             STR("an undercount: a report tells the last use only, so one per account and week"));
    if (unknown > 0) {
        number_counted(&note, unknown, STR("use"));
        buf_str(&note, STR(" in accounts of unknown class: in none of the three"));
        for (size_t i = USES_SMALL; i <= USES_LARGE; i++) {
            add_note(result, &figures[i], buf_text(&note));
        }
    }
}

static void fill_root(struct study_result *result, struct study_figure *figures,
                      const struct tally *tally)
{
    struct sums sums = sum_weeks(result, tally);
    uint64_t weeks = result->week_count, words = tally->name_words;
    uint64_t offenders = tally->offender_total;
    uint64_t console = names_count(tally->names[NAMES_CONSOLE], words);
    uint64_t of_names;

    set_mean(&figures[ACCOUNTS_MEAN], sums.accounts, weeks);
    set_mean(&figures[ORGANIZATIONS_MEAN], sums.organizations, weeks);
    set_mean(&figures[USERS_MEAN], sums.users, weeks);
    set_mean(&figures[WEEKLY_USE_ACCOUNTS_MEAN], sums.uses, weeks);
    set_share(&figures[WEEKLY_USE_ACCOUNTS_MEAN], sums.uses, sums.accounts, 1);
    set_mean(&figures[WEEKLY_USE_ORGANIZATIONS_MEAN], sums.use_organizations, weeks);
    set_share(&figures[WEEKLY_USE_ORGANIZATIONS_MEAN], sums.use_organizations, sums.organizations,
              1);
    set_count(&figures[USE_ACCOUNTS], offenders);
    set_share(&figures[USE_ACCOUNTS], offenders, sums.accounts, weeks);
    of_names = names_count(tally->names[NAMES_USE], words);
    set_count(&figures[USE_ORGANIZATIONS], of_names);
    set_share(&figures[USE_ORGANIZATIONS], of_names, sums.organizations, weeks);
    set_count(&figures[USES], sums.uses);
    set_part(&figures[REPEAT_ACCOUNTS], sums.repeat_accounts, offenders);
    set_part(&figures[REPEAT_USES], sums.repeat_uses, sums.uses);
    if (offenders > 0) {
        set_mean(&figures[USES_PER_ACCOUNT], sums.uses, offenders);
    } else {
        figures[USES_PER_ACCOUNT].note = STR("no account had a use");
    }
    set_part(&figures[HALF_USES_ACCOUNTS], concentration_half(&result->concentration), offenders);
    set_part(&figures[USES_SMALL], result->uses_by_class[ASSET_SMALL], sums.uses);
    set_part(&figures[USES_MEDIUM], result->uses_by_class[ASSET_MEDIUM], sums.uses);
    set_part(&figures[USES_LARGE], result->uses_by_class[ASSET_LARGE], sums.uses);
    set_part(&figures[USES_API], sums.api, sums.uses);
    set_part(&figures[USES_API_OLD], sums.api_old, sums.api);
    set_mean(&figures[KEY_ACCOUNTS_MEAN], sums.key, weeks);
    set_share(&figures[KEY_ACCOUNTS_MEAN], sums.key, sums.accounts, 1);
    of_names = names_count(tally->names[NAMES_KEY], words);
    set_count(&figures[KEY_ORGANIZATIONS], of_names);
    set_share(&figures[KEY_ORGANIZATIONS], of_names, sums.organizations, weeks);
    set_mean(&figures[KEY_OLD_ACCOUNTS_MEAN], sums.key_old, weeks);
    set_share(&figures[KEY_OLD_ACCOUNTS_MEAN], sums.key_old, sums.key, 1);
    set_count(&figures[CONSOLE_USES], sums.console);
    set_part(&figures[CONSOLE_USES_NO_MFA], sums.console_no_mfa, sums.console);
    set_count(&figures[CONSOLE_ORGANIZATIONS], console);
    set_part(&figures[CONSOLE_ORGANIZATIONS_NO_MFA],
             names_count(tally->names[NAMES_CONSOLE_NO_MFA], words), console);
    fill_root_notes(result, figures);
    if (sums.organizations == 0) {
        unset_organizations(figures);
    }
    for (size_t i = USES_SMALL; i <= USES_LARGE; i++) {
        if (sums.uses > 0 && result->uses_by_class[ASSET_UNKNOWN] == sums.uses) {
            unset(&figures[i], STR("the class of no account with a use is known"));
        }
    }
}

/* ---- IAM users ------------------------------------------------------------------------------ */

static void fill_iam(struct study_figure *figures, const struct week_tally *week)
{
    const struct user_counts *users = &week->users;
    uint64_t all = users->sets[USER_ALL];

    set_count(&figures[USERS], all);
    set_count(&figures[ACCOUNTS], week->accounts);
    set_count(&figures[STANDALONE_ACCOUNTS], week->standalone);
    set_part(&figures[NO_MFA], week->no_mfa_standalone, all);
    if (week->standing_unknown == week->accounts) {
        unset(&figures[STANDALONE_ACCOUNTS],
              STR("of no account it is known whether it stands alone"));
        unset(&figures[NO_MFA], STR("of no account it is known whether it stands alone"));
    }
    for (size_t i = 0; i < FIRST_OF_DATES - FIRST_OF_SETS; i++) {
        struct study_figure *figure = &figures[FIRST_OF_SETS + i];
        uint64_t count = users->sets[share_sets[i].users];
        set_count(figure, count);
        if (share_sets[i].of != USER_SET_COUNT) {
            set_part(figure, count, users->sets[share_sets[i].of]);
        }
    }
    set_date(&figures[FIRST_OF_DATES], users->oldest_active_key,
             STR("no user has an active key of known age"));
    set_date(&figures[FIRST_OF_DATES + 1], users->oldest_unused_console,
             STR("no user who is unused for 90 days has a password enabled"));
    set_date(&figures[FIRST_OF_DATES + 2], users->oldest_unused_key,
             STR("no user who is unused for 90 days has an active key"));
}

/* ---- both ----------------------------------------------------------------------------------- */

static struct study_figure *begin(struct study_result *result, enum study_kind kind,
                                  const struct figure_name *names, size_t count, struct str profile)
{
    struct study_figure *figures = &result->figures[result->figure_count];
    bool is_published = str_eq(result->profile, profile);

    for (size_t i = 0; i < count; i++) {
        figures[i] =
            (struct study_figure){.kind = kind,
                                  .name = names[i].name,
                                  .title = names[i].title,
                                  .published = is_published ? names[i].published : STR(""),
                                  .note = is_published ? names[i].published_note : STR("")};
    }
    result->figure_count += count;
    return figures;
}

static void say_nothing(struct study_figure *figures, size_t count, struct str why)
{
    for (size_t i = 0; i < count; i++) {
        figures[i].note = why;
    }
}

void figures_fill(struct study_result *result, const struct tally *tally)
{
    const struct week_tally *iam = &tally->weeks[tally->iam_date];

    result->figures = mem_array(ROOT_FIGURE_COUNT + IAM_FIGURE_COUNT, sizeof *result->figures);
    if ((result->kind & STUDY_ROOT) != 0) {
        struct study_figure *figures =
            begin(result, STUDY_ROOT, root_names, ROOT_FIGURE_COUNT, STR("root-2020"));
        if (result->week_count == 0) {
            say_nothing(figures, ROOT_FIGURE_COUNT, STR("there is no sample"));
        } else {
            fill_root(result, figures, tally);
        }
    }
    if ((result->kind & STUDY_IAM) != 0) {
        struct study_figure *figures =
            begin(result, STUDY_IAM, iam_names, IAM_FIGURE_COUNT, STR("iam-2021"));
        if (iam->accounts == 0) {
            say_nothing(figures, IAM_FIGURE_COUNT, STR("there is no sample of that date"));
        } else {
            fill_iam(figures, iam);
        }
    }
}
