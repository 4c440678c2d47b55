/* How old are keys, who has two of them, and how long has nothing been used. */
#include "base/buf.h"
#include "render/number.h"
#include "study/page_parts.h"

/* "30 to 90 days", "1 to 3 years", "over 5 years"; with the last tier open. */
static void tier_write(struct buf *out, const struct study_tiers *tiers, size_t tier)
{
    uint32_t from = tiers->tier_days[tier];
    uint32_t to = tier + 1 < STUDY_TIER_COUNT ? tiers->tier_days[tier + 1] : 0;
    bool has_years = from >= 365 && from % 365 == 0 && to % 365 == 0;
    uint32_t unit = has_years ? 365 : 1;
    struct str one = has_years ? STR("year") : STR("day");
    struct str many = has_years ? STR("years") : STR("days");

    if (to == 0) {
        buf_str(out, STR("over "));
        page_counted(out, from / unit, one, many);
    } else if (from == 0) {
        buf_str(out, STR("up to "));
        page_counted(out, to, one, many);
    } else {
        buf_printf(out, "%u to ", (unsigned)(from / unit));
        page_counted(out, to / unit, one, many);
    }
}

static uint64_t tiers_from(const struct study_tiers *tiers, uint32_t days)
{
    uint64_t count = 0;

    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        count += tiers->tier_days[i] >= days ? tiers->counts[i] : 0;
    }
    return count;
}

/* Of the users the tiers are about, those past 90 days and those past a year. */
static void tiers_answer(struct buf *out, const struct study_tiers *tiers, struct str whose,
                         struct str does)
{
    if (tiers->total == 0) {
        buf_str(out, STR("There are no "));
        buf_str(out, whose);
        buf_char(out, '.');
        return;
    }
    page_share(out, tiers_from(tiers, 90), tiers->total, whose);
    buf_char(out, ' ');
    buf_str(out, does);
    buf_str(out, STR(" for over 90 days, "));
    page_share(out, tiers_from(tiers, 365), tiers->total, STR(""));
    buf_str(out, STR(" for over a year."));
}

static void tiers_write(struct page *page, const struct study_tiers *tiers, struct str question,
                        struct str whose, struct str does, struct str row_head)
{
    struct page_bar bars[STUDY_TIER_COUNT];
    struct buf names[STUDY_TIER_COUNT];
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    tiers_answer(&answer, tiers, whose, does);
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        buf_init(&names[i], PAGE_TEXT_MAX);
        tier_write(&names[i], tiers, i);
        bars[i] = (struct page_bar){
            .name = buf_text(&names[i]),
            .class = tiers->tier_days[i] >= 90 ? STR("s2") : STR("s1"),
            .count = tiers->counts[i],
            .whole = tiers->total,
        };
    }
    page_bars_write(page, question, buf_text(&answer), row_head, STR("#Users"), bars,
                    STUDY_TIER_COUNT);
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        buf_release(&names[i]);
    }
    buf_release(&answer);
}

static void two_keys_write(struct page *page)
{
    static const struct str question = STR_LIT("Who has two active keys?");
    const struct study_two_keys *rows = page->result->two_keys;
    struct page_bar bars[STUDY_TWO_KEYS_COUNT];
    struct buf names[STUDY_TWO_KEYS_COUNT];
    struct buf answer;

    for (size_t i = 0; i < STUDY_TWO_KEYS_COUNT; i++) {
        buf_init(&names[i], PAGE_TEXT_MAX);
        if (rows[i].days == 0) {
            buf_str(&names[i], STR("all users"));
        } else {
            buf_printf(&names[i], "over %u days", (unsigned)rows[i].days);
        }
        bars[i] = (struct page_bar){
            .name = buf_text(&names[i]),
            .class = STR("s1"),
            .count = rows[i].with_two_keys,
            .whole = rows[i].users,
            .by_share = true,
        };
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    if (rows[0].users == 0) {
        buf_str(&answer, STR("There are no users."));
    } else {
        page_share(&answer, rows[0].with_two_keys, rows[0].users, STR("users"));
        buf_str(&answer, STR(" have two. Of those older than "));
        buf_printf(&answer, "%u days, ", (unsigned)rows[STUDY_TWO_KEYS_COUNT - 1].days);
        page_share(&answer, rows[STUDY_TWO_KEYS_COUNT - 1].with_two_keys,
                   rows[STUDY_TWO_KEYS_COUNT - 1].users, STR(""));
        buf_str(&answer, STR(" have two that are both older than that."));
    }
    page_bars_write(page, question, buf_text(&answer), STR("Age of user and keys"),
                    STR("#With two keys"), bars, STUDY_TWO_KEYS_COUNT);
    for (size_t i = 0; i < STUDY_TWO_KEYS_COUNT; i++) {
        buf_release(&names[i]);
    }
    buf_release(&answer);
}

/* The five practices, worst first as they are in the figures. */
static void practices_write(struct page *page)
{
    static const struct {
        struct str figure, name;
    } rows[] = {
        {STR_LIT("not_rotated_90"), STR_LIT("a key over 90 days old")},
        {STR_LIT("unused_90"), STR_LIT("unused for 90 days")},
        {STR_LIT("initial_key"), STR_LIT("a key made at setup")},
        {STR_LIT("two_keys"), STR_LIT("two active keys")},
        {STR_LIT("no_mfa"), STR_LIT("password, no MFA")},
    };
    enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
    struct page_bar bars[ROW_COUNT];
    struct buf answer;
    size_t count = 0, worst = 0;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct study_figure *figure = page_figure(page, rows[i].figure);
        if (figure == NULL || figure->type != STUDY_COUNT || figure->whole_divisor != 1) {
            continue;
        }
        bars[count] = (struct page_bar){.name = rows[i].name,
                                        .class = STR("s2"),
                                        .count = figure->part,
                                        .whole = figure->whole};
        worst = bars[count].count > bars[worst].count ? count : worst;
        count++;
    }
    if (count == 0) {
        return;
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    if (bars[worst].count == 0) {
        buf_str(&answer, STR("By nobody: no user is against any of them."));
    } else {
        buf_str(&answer, STR("Most often: "));
        buf_str(&answer, bars[worst].name);
        buf_str(&answer, STR(", "));
        page_share(&answer, bars[worst].count, bars[worst].whole, STR("users"));
        buf_char(&answer, '.');
    }
    page_bars_write(page, STR("Which practices are broken?"), buf_text(&answer), STR("Practice"),
                    STR("#Users"), bars, count);
    buf_release(&answer);
}

/* Users whom the practice leaves out, since a policy of their organization may ask for MFA. */
static void members_write(struct page *page)
{
    const struct study_open *open = &page->result->open;
    uint64_t others = open->no_mfa_member + open->no_mfa_standing_unknown;

    if (others > 0) {
        buf_str(page->out,
                STR("<p class=\"soft\">\u201cPassword, no MFA\u201d counts accounts that "
                    "stand alone. "));
        page_counted(page->out, others, STR("more user has"), STR("more users have"));
        buf_str(page->out,
                STR(" a password and no MFA in accounts of an organization, or in accounts "
                    "of which it is not known: whether a policy asks for MFA there is "
                    "unknown.</p>\n"));
    }
}

/* What the reports do not tell of a practice is neither a pass nor a violation. */
static void unknowns_write(struct page *page)
{
    const struct study_open *open = &page->result->open;
    const struct {
        uint64_t count;
        struct str what;
    } rows[] = {
        {open->rotation, STR_LIT("the age of keys")},
        {open->unused, STR_LIT("the last use")},
        {open->initial_key, STR_LIT("a key at setup")},
        {open->two_keys, STR_LIT("two keys")},
        {open->mfa, STR_LIT("MFA")},
    };
    size_t told = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count == 0) {
            continue;
        }
        buf_str(page->out, told++ == 0 ? STR("<p class=\"soft\">Not known, and counted on neither "
                                             "side: ")
                                       : STR("; "));
        buf_str(page->out, rows[i].what);
        buf_str(page->out, STR(" of "));
        page_counted(page->out, rows[i].count, STR("user"), STR("users"));
    }
    buf_str(page->out, told > 0 ? STR(".</p>\n") : STR(""));
}

void page_keys_write(struct page *page)
{
    if (!page_has_iam(page)) {
        return;
    }
    page_section_open(page, "keys", STR("How old are keys, and who still needs them?"));
    if (page->result->sample_count == 0) {
        page_plot_open(page, STR(""), STR("Not known: there is no sample."));
        page_plot_close(page);
        page_section_close(page);
        return;
    }
    buf_str(page->out, STR("<div class=\"pair\">\n"));
    practices_write(page);
    two_keys_write(page);
    tiers_write(page, &page->result->key_age, STR("How old is a user's oldest active key?"),
                STR("users with an active key"), STR("have had one"), STR("Age"));
    tiers_write(page, &page->result->idle, STR("How long has nothing been used?"),
                STR("users with an enabled credential"), STR("have used none"), STR("Idle"));
    buf_str(page->out, STR("</div>\n"));
    members_write(page);
    unknowns_write(page);
    page_section_close(page);
}
