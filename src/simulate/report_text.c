#include "simulate/report_text.h"

#include <assert.h>

#include "base/arena.h"
#include "simulate/names.h"

/* Times lie between the years 2000 and 2021; a table of their days is quicker than a calendar. */
enum { YEAR_FIRST = 2000, YEAR_END = 2022, DAYS_MAX = 366 * (YEAR_END - YEAR_FIRST) };
enum { DAY_SIZE = 11, ROW_SIZE_MAX = 1024 };

struct report_text {
    int64_t day_first;
    char days[DAYS_MAX][DAY_SIZE]; /* "2021-01-24T" */
    char pairs[100][2];            /* "00" to "99" */
};

#define HEADER                                                                                     \
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"       \
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"             \
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"    \
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"                   \
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"                  \
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

struct report_text *report_text_new(void)
{
    struct report_text *text = mem_alloc(sizeof *text);
    int64_t end = days_from_civil(YEAR_END, 1, 1);

    text->day_first = days_from_civil(YEAR_FIRST, 1, 1);
    for (int64_t day = text->day_first; day < end; day++) {
        char written[40] = {0};
        struct buf buf = {.p = written, .capacity = sizeof written, .size_max = sizeof written};
        instant_write(&buf, day * SECONDS_PER_DAY);
        memcpy(text->days[day - text->day_first], written, DAY_SIZE);
    }
    for (int i = 0; i < 100; i++) {
        text->pairs[i][0] = (char)('0' + i / 10);
        text->pairs[i][1] = (char)('0' + i % 10);
    }
    return text;
}

void report_text_free(struct report_text *text)
{
    mem_free(text);
}

/* ---- cells: each writes its comma first ----------------------------------------------------- */

static char *put_cell(char *to, struct str text)
{
    *to++ = ',';
    return name_put(to, text);
}

static char *put_flag(char *to, bool flag)
{
    return flag ? put_cell(to, STR("true")) : put_cell(to, STR("false"));
}

static char *put_time(const struct report_text *text, char *to, int64_t at)
{
    int64_t day = at / SECONDS_PER_DAY - text->day_first;
    uint32_t second = (uint32_t)(at % SECONDS_PER_DAY);

    assert(at > 0 && day >= 0 && day < DAYS_MAX);
    *to++ = ',';
    memcpy(to, text->days[day], DAY_SIZE);
    memcpy(to + 11, text->pairs[second / 3600], 2);
    to[13] = ':';
    memcpy(to + 14, text->pairs[second / 60 % 60], 2);
    to[16] = ':';
    memcpy(to + 17, text->pairs[second % 60], 2);
    memcpy(to + 19, "+00:00", 6);
    return to + 25;
}

static char *put_time_or(const struct report_text *text, char *to, int64_t at, struct str otherwise)
{
    return at == TIME_OF_NOTHING ? put_cell(to, otherwise) : put_time(text, to, at);
}

/* Five cells of a key slot. */
static char *put_key(const struct report_text *text, char *to, const struct key_history *key,
                     bool is_active, int64_t made, int64_t used)
{
    if (made == TIME_OF_NOTHING) {
        return put_cell(to, STR("false,N/A,N/A,N/A,N/A"));
    }
    to = put_flag(to, is_active);
    to = put_time(text, to, made);
    if (used == TIME_OF_NOTHING) {
        return put_cell(to, STR("N/A,N/A,N/A"));
    }
    to = put_time(text, to, used);
    to = put_cell(to, name_region(key->service, key->region));
    return put_cell(to, name_service(key->service));
}

/* ---- rows ----------------------------------------------------------------------------------- */

static char *put_root(const struct report_text *text, char *to,
                      const struct account_history *account, unsigned week, struct str arn)
{
    const struct account_plan *slot = account->slot;
    bool is_made = account->key.made <= week_instant(week) && slot->has_key;

    to = name_put(to, STR("<root_account>,"));
    to = name_put(to, arn);
    to = name_put(to, STR("root"));
    to = put_time(text, to, account->created);
    to = put_cell(to, STR("not_supported"));
    to = put_time_or(text, to, history_root_console(account, week), STR("no_information"));
    to = put_cell(to, STR("not_supported,not_supported"));
    to = put_flag(to, (slot->mfa & week_bit(week)) != 0);
    for (unsigned i = 0; i < 2; i++) {
        if (i == account->key_slot && is_made) {
            to = put_key(text, to, &account->key, (slot->key_active & week_bit(week)) != 0,
                         account->key.made, history_root_key(account, week));
        } else {
            to = put_key(text, to, NULL, false, TIME_OF_NOTHING, TIME_OF_NOTHING);
        }
    }
    return put_cell(to, STR("false,N/A,false,N/A"));
}

static char *put_password(const struct report_text *text, char *to, const struct user_history *user,
                          int64_t at, unsigned expiry_days)
{
    int64_t changed = at >= user->password_changed ? user->password_changed : user->password_first;

    if (!user->has_password || at < user->password_first) {
        return put_cell(to, STR("false,N/A,N/A,N/A"));
    }
    to = put_cell(to, STR("true"));
    to = put_time_or(text, to, history_used(&user->console, at), STR("no_information"));
    to = put_time(text, to, changed);
    return expiry_days == 0 ? put_cell(to, STR("N/A"))
                            : put_time(text, to, changed + (int64_t)expiry_days * SECONDS_PER_DAY);
}

/* The key that is in the slot at that instant. */
static char *put_user_key(const struct report_text *text, char *to, const struct key_history *key,
                          int64_t at)
{
    if (key->made != TIME_OF_NOTHING && at >= key->made) {
        return put_key(text, to, key, at < key->inactive_since, key->made,
                       history_used(&key->use, at));
    }
    if (key->made != TIME_OF_NOTHING && key->earlier != TIME_OF_NOTHING && at >= key->earlier) {
        return put_key(text, to, key, true, key->earlier, history_used(&key->earlier_use, at));
    }
    return put_key(text, to, NULL, false, TIME_OF_NOTHING, TIME_OF_NOTHING);
}

struct manners {
    enum name_style style;
    bool has_paths; /* services have a path of their own */
    unsigned expiry_days;
};

static char *put_user(const struct report_text *text, char *to, const struct user_history *user,
                      int64_t at, struct str arn, const struct manners *manners)
{
    bool is_service;
    char *end = name_user_write(to, manners->style, user->name_place, &is_service);
    struct str name = {to, (size_t)(end - to)};

    to = put_cell(end, arn);
    to = name_put(to, is_service && manners->has_paths ? STR("user/service/") : STR("user/"));
    to = name_put(to, name);
    to = put_time(text, to, user->created);
    to = put_password(text, to, user, at, manners->expiry_days);
    to = put_flag(to, at >= user->mfa_since);
    to = put_user_key(text, to, &user->keys[0], at);
    to = put_user_key(text, to, &user->keys[1], at);
    return put_cell(to, STR("false,N/A,false,N/A"));
}

static struct manners manners_of(const struct account_history *account)
{
    struct random random = random_of(account->salt, UINT64_MAX, 0);
    struct manners manners = {0};

    manners.style = (enum name_style)random_below(&random, NAME_STYLES);
    manners.has_paths = random_percent(&random, 25);
    manners.expiry_days = random_percent(&random, 30) ? 90 : 0;
    return manners;
}

void report_text_write(const struct report_text *text, struct buf *out,
                       const struct account_history *account, unsigned week)
{
    int64_t at = week_instant(week);
    struct manners manners = manners_of(account);
    char arn_text[40], *to;
    struct buf arn = {.p = arn_text, .capacity = sizeof arn_text, .size_max = sizeof arn_text};

    buf_str(&arn, STR("arn:aws:iam::"));
    buf_u64(&arn, account->number);
    buf_char(&arn, ':');
    struct str prefix = {arn_text, arn.n};
    buf_str(out, STR(HEADER));
    for (uint32_t i = 0; i < account->user_count + 1; i++) {
        if (i > 0 && !user_is_there(&account->users[i - 1], week, at)) {
            continue;
        }
        to = buf_reserve(out, ROW_SIZE_MAX);
        if (to == NULL) {
            return;
        }
        *to++ = '\n';
        to = i == 0 ? put_root(text, to, account, week, prefix)
                    : put_user(text, to, &account->users[i - 1], at, prefix, &manners);
        out->n = (size_t)(to - out->p);
    }
}

/* ---- accounts.csv --------------------------------------------------------------------------- */

void accounts_header_write(struct buf *out)
{
    buf_str(out, STR("account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail\n"));
}

void accounts_line_write(struct buf *out, const struct plan *plan,
                         const struct account_facts *facts)
{
    struct random random = random_of(plan->seed, UINT64_MAX, 1);
    uint64_t block = facts->organization / plan->organization_count;
    /* An odd factor gives each organization of a block a name of its own. */
    uint64_t factor = random_u64(&random) | 1, offset = random_u64(&random);

    buf_u64(out, facts->number);
    buf_char(out, ',');
    name_organization_write(out, facts->organization % plan->organization_count * factor + offset);
    if (block > 0) {
        buf_char(out, ' ');
        buf_u64(out, block + 1);
    }
    buf_str(out, facts->standalone ? STR(",true,") : STR(",false,"));
    size_t n = out->n;
    instant_write(out, facts->created);
    out->n = out->overflowed ? out->n : n + 10; /* the day */
    for (int i = 0; i < ASSET_COUNTS; i++) {
        buf_char(out, ',');
        buf_u64(out, facts->counts[i]);
    }
    buf_char(out, '\n');
}
