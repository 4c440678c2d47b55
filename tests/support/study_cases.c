#include "support/study_cases.h"

#include <assert.h>
#include <string.h>

#include "base/instant.h"
#include "support/random.h"

const char *const study_case_names[] = {"both",  "root", "iam",     "empty", "one",
                                        "quiet", "long", "hostile", "gaps",  "alone",
                                        "other", "even", "trail"};
const size_t study_case_count = sizeof study_case_names / sizeof study_case_names[0];

/* What a case is made of; the rest follows. */
struct shape {
    const char *name, *profile;
    size_t weeks;
    uint64_t accounts, organizations, users; /* a sample */
    uint64_t offenders;
    enum study_kind kind;
    bool has_gaps, is_hostile, is_even;
};

static const struct shape shapes[] = {
    {"both", "root-2020", 20, 915, 153, 15660, 143, STUDY_BOTH, false, false, false},
    {"root", "root-2020", 20, 915, 153, 15660, 143, STUDY_ROOT, false, false, false},
    {"iam", "iam-2021", 1, 1143, 153, 12478, 0, STUDY_IAM, false, false, false},
    {"empty", "", 0, 0, 0, 0, 0, STUDY_BOTH, false, false, false},
    {"one", "", 1, 12, 3, 40, 2, STUDY_BOTH, false, false, false},
    {"quiet", "", 20, 60, 9, 400, 0, STUDY_BOTH, false, false, false},
    {"long", "", 500, 21000, 1800, 3100000, 2900, STUDY_BOTH, false, false, false},
    {"hostile", "", 26, 80, 30, 700, 30, STUDY_BOTH, true, true, false},
    {"gaps", "", 40, 300, 40, 2000, 60, STUDY_BOTH, true, false, false},
    {"alone", "", 3, 1, 0, 1, 1, STUDY_BOTH, false, false, false},
    {"other", "root-2020", 20, 915, 153, 15660, 120, STUDY_BOTH, false, false, false},
    {"even", "", 10, 40, 5, 100, 20, STUDY_ROOT, false, false, true},
    {"trail", "", 20, 915, 153, 15660, 143, STUDY_BOTH, false, false, false},
};

static void *array(struct study_result *result, size_t count, size_t size)
{
    void *p = arena_array(&result->arena, count, size);

    assert(p != NULL);
    return p;
}

static struct str text(struct study_result *result, struct str from)
{
    struct str copy;
    bool ok = arena_str(&result->arena, from, &copy);

    assert(ok);
    return copy;
}

static struct str numbered(struct study_result *result, const char *format, size_t n)
{
    struct buf buf;

    buf_init(&buf, 256);
    buf_printf(&buf, "%s%03zu", format, n);
    struct str copy = text(result, buf_text(&buf));
    buf_release(&buf);
    return copy;
}

static struct str group_name(struct study_result *result, const struct shape *shape, size_t n)
{
    static const char *const hostile[] = {
        "<script>alert(1)</script>",
        "</title></svg><img src=x onerror=alert(2)>",
        "A very long organization name that goes on and on, far past what any column has room for, "
        "and then some more, without ever coming to the point that it seemed to promise",
        "Averylongorganizationnamewithoutasingleblankinitsoitcannotbebrokenanywhereatallbyanybrowse"
        "r",
        "\xe2\x80\xae"
        "desrever \x1b[31mred\x1b[0m \xff\xfe",
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe7\xb5\x84\xe7\xb9\x94 & \"quotes\" "
        "'too'",
        "",
    };

    if (shape->is_hostile && n < sizeof hostile / sizeof hostile[0]) {
        return str_from(hostile[n]);
    }
    return numbered(result, "organization-", n + 1);
}

static void weeks_make(struct study_result *result, const struct shape *shape,
                       struct random *random)
{
    uint64_t known = 0;

    result->week_count = shape->weeks;
    result->weeks = array(result, shape->weeks, sizeof *result->weeks);
    int64_t at = days_from_civil(2020, 9, 13) * SECONDS_PER_DAY;
    for (size_t i = 0; i < shape->weeks; i++, at += 7 * SECONDS_PER_DAY) {
        struct study_week *week = &result->weeks[i];
        uint64_t most = shape->offenders - known;
        uint64_t rate = shape->offenders * 2 / 11;
        if (shape->has_gaps && (i == 9 || i == 21 || i == 22)) {
            at += 7 * SECONDS_PER_DAY * (int64_t)(i - 6);
        }
        *week = (struct study_week){
            .at = at,
            .accounts = shape->accounts,
            .organizations = shape->organizations,
            .users = shape->users,
            .joined = i == 0 ? shape->accounts : random_below(random, 3),
            .left = random_below(random, 3),
            .gaps = shape->has_gaps ? random_below(random, 5) : 0,
        };
        week->judged = week->accounts - week->accounts / 50;
        week->first_offenders = most == 0 ? 0 : random_below(random, most / 7 + 2);
        week->first_offenders = week->first_offenders > most ? most : week->first_offenders;
        week->repeat_offenders =
            known == 0 ? 0 : (rate > known ? known : rate) * (80 + random_below(random, 21)) / 100;
        known += week->first_offenders;
        week->use_accounts = week->first_offenders + week->repeat_offenders;
        week->use_organizations =
            shape->organizations == 0 ? 0 : week->use_accounts * 7 / 9 % (shape->organizations + 1);
        week->console_uses = week->use_accounts * 91 / 100;
        week->console_uses_no_mfa = week->console_uses * (50 + random_below(random, 20)) / 100;
        week->api_uses = week->use_accounts - week->console_uses * 95 / 100;
        week->key_accounts = shape->accounts * 59 / 1000 + random_below(random, 2);
        week->key_old_accounts = week->key_accounts * 95 / 100;
        week->no_mfa = shape->users * 62 / 1000;
        week->initial_key = shape->users * (107 + i % 3) / 1000;
        week->two_keys = shape->users * 67 / 1000;
        week->not_rotated_90 = shape->users * (600 + i % 20) / 1000;
        week->unused_90 = shape->users * (500 - i % 20) / 1000;
    }
}

static void concentration_make(struct study_result *result, const struct shape *shape)
{
    uint64_t uses = 0, rest = shape->offenders;

    size_t most = shape->weeks > 0 ? shape->weeks : 1;
    uint64_t *counts = array(result, most + 1, sizeof *counts);
    result->concentration =
        (struct study_concentration){counts, shape->offenders == 0 ? 0 : most, 0.61, 0.94};
    if (shape->is_even) {
        counts[4] = shape->offenders;
        result->concentration.gini = 0;
        rest = 0;
    }
    /* Half with one use each, the others with more and more. */
    for (size_t n = 1; n <= most && rest > 0; n++) {
        uint64_t here = n == most ? rest : (rest + 1) / 2;
        counts[n] += here;
        rest -= here;
        if (n == 5 && most > 12) {
            n = 11;
        }
    }
    for (size_t n = 1; n <= most; n++) {
        uses += n * counts[n];
    }
    result->uses_by_class[ASSET_SMALL] = uses * 56 / 100;
    result->uses_by_class[ASSET_MEDIUM] = uses * 29 / 100;
    result->uses_by_class[ASSET_UNKNOWN] = shape->has_gaps ? uses / 20 : 0;
    result->uses_by_class[ASSET_LARGE] = uses - result->uses_by_class[ASSET_SMALL] -
                                         result->uses_by_class[ASSET_MEDIUM] -
                                         result->uses_by_class[ASSET_UNKNOWN];
}

static void curve_make(struct study_result *result, struct study_curve *curve, const char *name,
                       const char *title, size_t steps, double decay)
{
    double survival = 1;

    *curve = (struct study_curve){.name = str_from(name), .title = str_from(title)};
    curve->steps = array(result, steps, sizeof *curve->steps);
    curve->step_count = steps;
    curve->subjects = 40 * steps;
    for (size_t i = 0; i < steps; i++) {
        struct study_step *step = &curve->steps[i];
        survival *= 1 - decay;
        step->days = (uint32_t)(7 * (i + 1));
        step->at_risk = 40 * (steps - i);
        step->ended = (uint64_t)((double)step->at_risk * decay);
        step->survival = survival;
        double spread = 0.02 + 0.1 * (double)i / (double)(steps + 1);
        step->low = survival - spread < 0 ? 0 : survival - spread;
        step->high = survival + spread > 1 ? 1 : survival + spread;
        curve->events += step->ended;
        if (!curve->has_median && survival <= 0.5) {
            curve->has_median = true;
            curve->median_days = step->days;
        }
    }
}

static void curves_make(struct study_result *result, const struct shape *shape)
{
    size_t steps = shape->weeks > 1 ? shape->weeks - 1 : 0;

    result->curve_count = 3;
    result->curves = array(result, 3, sizeof *result->curves);
    curve_make(result, &result->curves[0], "root_keys", "how long an active key of root lives",
               steps, 0.004);
    curve_make(result, &result->curves[1], "user_keys", "how long an active key of a user lives",
               steps * 4, 0.02);
    curve_make(result, &result->curves[2], "unused_users", "how long an unused user lives", steps,
               0.05);
}

static void tiers_make(struct study_result *result, const struct shape *shape)
{
    static const uint32_t days[STUDY_TIER_COUNT] = {0, 30, 90, 365, 1095, 1825};
    static const uint64_t age[STUDY_TIER_COUNT] = {60, 80, 212, 300, 75, 20};
    static const uint64_t idle[STUDY_TIER_COUNT] = {390, 80, 213, 200, 64, 20};
    static const uint64_t two_users[] = {1000, 970, 913, 641}, two_with[] = {67, 64, 58, 36};
    struct study_tiers *all[] = {&result->key_age, &result->idle};

    *all[0] = (struct study_tiers){.name = STR("key_age"), .title = STR("oldest active key")};
    *all[1] = (struct study_tiers){.name = STR("idle"), .title = STR("idle time")};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
            all[k]->tier_days[i] = days[i];
            all[k]->counts[i] = shape->users * (k == 0 ? age[i] : idle[i]) / 1000;
            all[k]->total += all[k]->counts[i];
        }
    }
    for (size_t i = 0; i < STUDY_TWO_KEYS_COUNT; i++) {
        result->two_keys[i] = (struct study_two_keys){
            .days = days[i],
            .users = shape->users * two_users[i] / 1000,
            .with_two_keys = shape->users * two_with[i] / 1000,
        };
    }
}

static void groups_make(struct study_result *result, const struct shape *shape,
                        struct random *random)
{
    size_t count = shape->organizations;

    result->group_word = STR("organization");
    result->group_count = count;
    result->group_total = count;
    result->groups = array(result, count, sizeof *result->groups);
    for (size_t k = 0; k < count; k++) {
        struct study_group *group = &result->groups[k];
        uint64_t accounts = 1 + shape->accounts / count * (count - k) * 2 / (count + 1);
        uint64_t odds = shape->offenders == 0 || k * 5 > count * 2 ? 0 : 1 + 30 / (k + 1);
        group->name = group_name(result, shape, k);
        group->accounts = accounts;
        group->weekly_accounts = array(result, shape->weeks, sizeof(uint64_t));
        group->weekly_uses = array(result, shape->weeks, sizeof(uint64_t));
        for (size_t i = 0; i < shape->weeks; i++) {
            if (k % 5 == 2 && i > 3 && i < 6) {
                continue;
            }
            group->weekly_accounts[i] = accounts;
            group->samples += accounts;
            group->weekly_uses[i] = random_chance(random, (unsigned)odds * 3)
                                        ? 1 + random_below(random, accounts) / 3
                                        : 0;
            group->uses += group->weekly_uses[i];
        }
        group->use_accounts = group->uses > 0 ? 1 + group->uses / 9 : 0;
        group->console_uses = group->uses * 9 / 10;
        group->console_uses_no_mfa = group->uses * 5 / 10;
        group->api_uses = group->uses - group->console_uses;
        group->key_accounts = accounts / 9;
        group->users = accounts * 12;
        group->not_rotated_90 = accounts * 7;
        group->unused_90 = accounts * 6;
        group->two_keys = accounts;
    }
    /* Most uses first. */
    for (size_t i = 1; i < count; i++) {
        for (size_t k = i; k > 0 && result->groups[k - 1].uses < result->groups[k].uses; k--) {
            struct study_group swap = result->groups[k];
            result->groups[k] = result->groups[k - 1];
            result->groups[k - 1] = swap;
        }
    }
}

static void offenders_make(struct study_result *result, const struct shape *shape,
                           struct random *random)
{
    size_t count = shape->offenders < STUDY_OFFENDER_MAX ? shape->offenders : STUDY_OFFENDER_MAX;

    result->offender_total = shape->offenders;
    result->offender_count = count;
    result->offenders = array(result, count, sizeof *result->offenders);
    for (size_t i = 0; i < count; i++) {
        uint64_t uses = 1 + (count - i) * 12 / (count + 1);
        result->offenders[i] = (struct study_offender){
            .account = numbered(result, "100000000", i),
            .organization = shape->organizations == 0
                                ? STR("owner")
                                : group_name(result, shape, i % shape->organizations),
            .asset_class = (enum asset_class)(ASSET_UNKNOWN + (int)random_below(random, 4)),
            .uses = uses,
            .console_uses = uses * 9 / 10,
            .console_uses_no_mfa = uses / 2,
            .api_uses = uses - uses * 9 / 10,
            .first_use = result->weeks[0].at,
            .last_use = result->weeks[result->week_count - 1].at,
        };
    }
}

struct figure_row {
    const char *name, *title;
    enum study_kind kind;
    enum study_value type;
    uint64_t sum, divisor, part, whole, whole_divisor;
    const char *published, *note;
};

static void figures_make(struct study_result *result, const struct shape *shape)
{
    uint64_t use = shape->offenders, n = shape->accounts, users = shape->users;
    uint64_t w = shape->weeks > 0 ? shape->weeks : 1;
    const struct figure_row rows[] = {
        {"accounts_mean", "accounts per sample, mean", STUDY_ROOT, STUDY_MEAN, n * w, w, 0, 0, 0,
         "915", ""},
        {"weekly_use_accounts_mean", "accounts with root use per week, mean", STUDY_ROOT,
         STUDY_MEAN, use * 51 * w / 286, w, use * 51 * w / 286, n * w, 1, "26 (2.8%)", ""},
        {"use_accounts", "distinct accounts with root use over the period", STUDY_ROOT, STUDY_COUNT,
         use, 0, use, n * w, w, "143 (16%)", ""},
        {"half_uses_accounts", "smallest set of accounts that makes half of the uses", STUDY_ROOT,
         STUDY_COUNT, use / 8, 0, use / 8, use, 1, "17 (12%)", ""},
        {"console_uses_no_mfa", "of those, root MFA off", STUDY_ROOT, STUDY_COUNT, use * 2, 0,
         use * 2, use * 33 / 10, 1, "283 (61%)", ""},
        {"uses", "uses in all", STUDY_ROOT, STUDY_COUNT, use * 510 / 143, 0, 0, 0, 0, "510",
         "the text also says 517; only 510 fits its other shares"},
        {"uses_per_account", "mean uses per offending account", STUDY_ROOT, STUDY_MEAN,
         use * 510 / 143, use, 0, 0, 0, "over 3", ""},
        {"key_accounts_mean", "accounts with an active root key, mean per sample", STUDY_ROOT,
         STUDY_MEAN, n * w * 59 / 1000, w, n * w * 59 / 1000, n * w, 1, "54 (6%)", ""},
        {"users", "IAM users", STUDY_IAM, STUDY_COUNT, users, 0, 0, 0, 0, "12,478", ""},
        {"no_mfa", "users with a console password and no MFA", STUDY_IAM, STUDY_COUNT,
         users * 62 / 1000, 0, users * 62 / 1000, users, 1, "773 (6.2%)",
         "users of organization accounts are reported apart"},
        {"two_keys", "users with two active keys", STUDY_IAM, STUDY_COUNT, users * 67 / 1000, 0,
         users * 67 / 1000, users, 1, "830 (6.7%)", ""},
        {"initial_key", "users with a key made at setup", STUDY_IAM, STUDY_COUNT,
         users * 107 / 1000, 0, users * 107 / 1000, users, 1, "1,331 (10.7%)", ""},
        {"not_rotated_90", "users with an active key older than 90 days", STUDY_IAM, STUDY_COUNT,
         users * 607 / 1000, 0, users * 607 / 1000, users, 1, "7,580 (60.8%)",
         "7,580 of 12,478 is 60.7; the source printed 60.8"},
        {"unused_90", "users whose credentials were unused for 90 days", STUDY_IAM, STUDY_COUNT,
         users * 498 / 1000, 0, users * 498 / 1000, users, 1, "6,211 (49.8%)", ""},
        {"oldest_active_key", "oldest active key", STUDY_IAM, STUDY_DATE, 0, 0, 0, 0, 0,
         "August 2011", ""},
    };
    size_t count = sizeof rows / sizeof rows[0];

    result->figures = array(result, count, sizeof *result->figures);
    for (size_t i = 0; i < count; i++) {
        bool is_known = shape->weeks > 0 && (rows[i].type != STUDY_MEAN || rows[i].divisor > 0);
        if ((rows[i].kind & shape->kind) == 0) {
            continue;
        }
        result->figures[result->figure_count++] = (struct study_figure){
            .kind = rows[i].kind,
            .name = str_from(rows[i].name),
            .title = str_from(rows[i].title),
            .type = is_known ? rows[i].type : STUDY_NOTHING,
            .sum = rows[i].sum,
            .divisor = rows[i].divisor,
            .date = days_from_civil(2011, 8, 14) * SECONDS_PER_DAY,
            .part = rows[i].part,
            .whole = rows[i].whole,
            .whole_divisor = rows[i].whole > 0 ? rows[i].whole_divisor : 0,
            .published = str_from(shape->profile[0] != '\0' ? rows[i].published : ""),
            .note = is_known ? str_from(rows[i].note) : STR("there is no sample"),
        };
    }
}

/* What CloudTrail shows, of the case that has a timeline. */
static void trail_make(struct study_result *result)
{
    result->trail.is_there = true;
    for (size_t i = 0; i < result->week_count; i++) {
        struct study_week *week = &result->weeks[i];
        week->trail = (struct study_trail_week){.use_accounts = week->use_accounts + i % 3,
                                                .console_uses = week->console_uses * (2 + i % 4),
                                                .console_uses_no_mfa = week->console_uses_no_mfa,
                                                .key_uses = week->api_uses * 3,
                                                .calls = week->api_uses * 12345};
        result->trail.uses += week->trail.console_uses + week->trail.key_uses;
    }
    result->trail.accounts = 151;
    for (size_t i = 0; i < result->figure_count; i++) {
        struct study_figure *figure = &result->figures[i];
        bool is_number = figure->type == STUDY_COUNT || figure->type == STUDY_MEAN;
        figure->has_trail = is_number && figure->kind == STUDY_ROOT && i % 2 == 0;
        figure->trail_sum = figure->sum + 7 * i;
        figure->trail_divisor = figure->divisor > 0 ? figure->divisor : 1;
    }
}

bool study_case_make(struct study_case *study, const char *name)
{
    struct random random = {20210124};
    const struct shape *shape = NULL;

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        shape = strcmp(shapes[i].name, name) == 0 ? &shapes[i] : shape;
    }
    if (shape == NULL) {
        return false;
    }
    struct study_result *result = &study->result;
    *result = (struct study_result){
        .kind = shape->kind,
        .source = shape->is_hostile ? STR("<b>fleet</b>") : STR("fleet"),
        .profile = str_from(shape->profile),
        .sample_count = shape->weeks,
        .account_count = shape->accounts,
        .organization_count = shape->organizations,
        .user_count = shape->users,
    };
    arena_init(&result->arena, 256 << 20);
    weeks_make(result, shape, &random);
    result->iam_at = shape->weeks > 0 ? result->weeks[shape->weeks - 1].at : 0;
    concentration_make(result, shape);
    curves_make(result, shape);
    tiers_make(result, shape);
    groups_make(result, shape, &random);
    offenders_make(result, shape, &random);
    figures_make(result, shape);
    if (strcmp(shape->name, "trail") == 0) {
        trail_make(result);
    }
    if (shape->has_gaps) {
        result->open =
            (struct study_open){.no_mfa_member = 31, .standing_unknown = 2, .mfa = 4, .unused = 1};
        result->note_count = 1;
        result->notes = array(result, 1, sizeof *result->notes);
        result->notes[0] = (struct study_note){
            shape->is_hostile ? STR("<i>odd</i> account's samples")
                              : STR("3 accounts have gaps: 7 samples are missing in between"),
            3};
    }
    return true;
}

void study_case_release(struct study_case *study)
{
    arena_release(&study->result.arena);
}
