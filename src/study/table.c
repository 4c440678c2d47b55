/* The study for a terminal: figures beside what was published, weeks, and what is behind them. */
#include "render/table.h"

#include "render/number.h"
#include "study/concentration.h"
#include "study/format.h"
#include "study/trail_use.h"

enum {
    COLUMNS_MIN = 80,
    COLUMNS_MAX = 140,
    INDENT = 2,
    BAR_WIDTH = 12,
    GROUPS_SHOWN = 15,
    OFFENDERS_SHOWN = 10,
    TEXT_SIZE_MAX = 1 << 16,
    FEW_LIVES = 10,
};

struct page {
    struct buf *out;
    const struct study_result *result;
    size_t columns;
    bool color;
    struct buf text; /* of the cell or sentence at hand */
};

/* ---- parts of a page ------------------------------------------------------------------------ */

static void write_heading(struct page *page, struct str heading)
{
    buf_char(page->out, '\n');
    terminal_style(page->out, STYLE_BOLD, page->color);
    buf_str(page->out, heading);
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_char(page->out, '\n');
}

/* The sentence at hand, broken at blanks. */
static void write_sentence(struct page *page, size_t indent, size_t hanging)
{
    struct buf safe;

    buf_init(&safe, TEXT_SIZE_MAX);
    terminal_text(&safe, buf_text(&page->text));
    struct str rest = buf_text(&safe);
    buf_fill(page->out, ' ', indent);
    while (rest.n > 0) {
        buf_str(page->out, terminal_line(&rest, page->columns - indent - hanging, 0));
        buf_char(page->out, '\n');
        if (rest.n > 0) {
            buf_fill(page->out, ' ', indent + hanging);
        }
    }
    buf_release(&safe);
    buf_clear(&page->text);
}

static void write_more(struct page *page, uint64_t count)
{
    buf_str(page->out, STR("  ... and "));
    number_grouped(page->out, count);
    buf_str(page->out, STR(" more\n"));
}

/* The text at hand as a cell. */
static void end_cell(struct page *page, struct table *table, enum terminal_style style)
{
    table_cell(table, buf_text(&page->text), style);
    buf_clear(&page->text);
}

static void end_table(struct page *page, struct table *table)
{
    table_write(table, page->out, INDENT, page->columns);
    table_release(table);
}

static void day_cell(struct page *page, struct table *table, int64_t at)
{
    study_day_write(&page->text, at);
    end_cell(page, table, STYLE_NONE);
}

static void share_cell(struct page *page, struct table *table, uint64_t part, uint64_t whole)
{
    if (whole > 0) {
        study_share_write(&page->text, part, whole, 1);
    }
    end_cell(page, table, STYLE_NONE);
}

static void bar_cell(struct page *page, struct table *table, uint64_t part, uint64_t whole,
                     enum terminal_style style)
{
    if (part > 0) {
        terminal_bar(&page->text, part, whole, BAR_WIDTH);
    }
    end_cell(page, table, style);
}

/* ---- figures -------------------------------------------------------------------------------- */

static void write_head(struct page *page)
{
    const struct study_result *result = page->result;

    terminal_style(page->out, STYLE_BOLD, page->color);
    buf_str(page->out, STR("keywarden study"));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("   "));
    number_counted(page->out, result->sample_count, STR("sample"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, result->account_count, STR("account"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, result->organization_count, STR("organization"));
    buf_char(page->out, '\n');
    if (result->week_count > 0) {
        terminal_style(page->out, STYLE_FAINT, page->color);
        buf_str(page->out, STR("  from   "));
        study_day_write(page->out, result->weeks[0].at);
        buf_str(page->out, STR(" to "));
        study_day_write(page->out, result->weeks[result->week_count - 1].at);
        terminal_style(page->out, STYLE_NONE, page->color);
        buf_char(page->out, '\n');
    }
}

static void figure_row(struct page *page, struct table *table, const struct study_figure *figure,
                       bool has_published)
{
    table_cell(table, figure->title, STYLE_NONE);
    study_value_write(&page->text, figure, true);
    if (figure->type == STUDY_NOTHING) {
        buf_char(&page->text, '-');
    }
    end_cell(page, table, STYLE_BOLD);
    if (figure->whole_divisor > 0 && figure->whole > 0) {
        study_share_write(&page->text, figure->part, figure->whole, figure->whole_divisor);
    }
    end_cell(page, table, STYLE_NONE);
    if (figure->whole_divisor > 0) {
        number_grouped(&page->text, figure->part);
        buf_char(&page->text, '/');
        study_whole_write(&page->text, figure, true);
    }
    end_cell(page, table, STYLE_FAINT);
    if (has_published) {
        table_cell(table, figure->published, STYLE_BLUE);
    }
}

static void write_figures(struct page *page, enum study_kind kind, struct str heading)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("FIGURE"), .shrink_to = 30},
        {.title = STR_LIT("VALUE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SHARE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("OF"), .align = TABLE_LEFT},
        {.title = STR_LIT("PUBLISHED"), .align = TABLE_LEFT},
    };
    const struct study_result *result = page->result;
    struct table table = {.columns = columns, .column_count = 4, .color = page->color};
    bool has_published = false;

    for (size_t i = 0; i < result->figure_count; i++) {
        has_published |= result->figures[i].kind == kind && result->figures[i].published.n > 0;
    }
    table.column_count += has_published;
    for (size_t i = 0; i < result->figure_count; i++) {
        if (result->figures[i].kind == kind) {
            figure_row(page, &table, &result->figures[i], has_published);
        }
    }
    write_heading(page, heading);
    end_table(page, &table);
}

/* Each note once, however many figures have it. */
static void write_figure_notes(struct page *page)
{
    const struct study_result *result = page->result;

    for (size_t i = 0; i < result->figure_count; i++) {
        struct str note = result->figures[i].note;
        bool is_told = note.n == 0;
        for (size_t k = 0; k < i && !is_told; k++) {
            is_told = str_eq(result->figures[k].note, note);
        }
        if (!is_told) {
            buf_str(&page->text, result->figures[i].name);
            buf_str(&page->text, STR(": "));
            buf_str(&page->text, note);
            write_sentence(page, INDENT, INDENT);
        }
    }
}

/* ---- beyond the figures --------------------------------------------------------------------- */

static void write_weeks(struct page *page)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("SAMPLE")},
        {.title = STR_LIT("ACCOUNTS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("GAPS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("ROOT USE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SHARE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("95% INTERVAL"), .align = TABLE_RIGHT},
        {.title = STR_LIT("")},
        {.title = STR_LIT("FIRST"), .align = TABLE_RIGHT},
        {.title = STR_LIT("AGAIN"), .align = TABLE_RIGHT},
        {.title = STR_LIT("ROOT KEYS"), .align = TABLE_RIGHT},
    };
    const struct study_result *result = page->result;
    struct table table = {.columns = columns, .column_count = 10, .color = page->color};
    uint64_t most = 1;

    for (size_t i = 0; i < result->week_count; i++) {
        most = result->weeks[i].use_accounts > most ? result->weeks[i].use_accounts : most;
    }
    for (size_t i = 0; i < result->week_count; i++) {
        const struct study_week *week = &result->weeks[i];
        double low = 0.0, high = 0.0;
        day_cell(page, &table, week->at);
        table_cell_count(&table, week->accounts, STYLE_NONE);
        table_cell_count(&table, week->gaps, STYLE_NONE);
        table_cell_count(&table, week->use_accounts, STYLE_BOLD);
        share_cell(page, &table, week->use_accounts, week->accounts);
        study_wilson(week->use_accounts, week->accounts, &low, &high);
        buf_printf(&page->text, "%.1f-%.1f%%", low * 100.0, high * 100.0);
        end_cell(page, &table, STYLE_FAINT);
        bar_cell(page, &table, week->use_accounts, most, STYLE_ORANGE);
        table_cell_count(&table, week->first_offenders, STYLE_NONE);
        table_cell_count(&table, week->repeat_offenders, STYLE_NONE);
        table_cell_count(&table, week->key_accounts, STYLE_NONE);
    }
    write_heading(page, STR("ROOT USE BY WEEK"));
    end_table(page, &table);
}

static void write_concentration(struct page *page)
{
    const struct study_concentration *concentration = &page->result->concentration;
    uint64_t accounts = 0, uses = 0, few = concentration_half(concentration);
    struct buf *text = &page->text;

    for (size_t n = 1; n <= concentration->use_max; n++) {
        accounts += concentration->account_counts[n];
        uses += concentration->account_counts[n] * n;
    }
    if (uses == 0) {
        return;
    }
    write_heading(page, STR("CONCENTRATION"));
    number_grouped(text, few);
    buf_str(text, STR(" of "));
    number_counted(text, accounts, STR("account"));
    buf_str(text, STR(" with root use ("));
    study_share_write(text, few, accounts, 1);
    buf_str(text, few == 1 ? STR(") makes half of the ") : STR(") make half of the "));
    number_counted(text, uses, STR("use"));
    buf_printf(text, ". Gini %.2f among these accounts, %.2f among all sampled.",
               concentration->gini, concentration->gini_all);
    write_sentence(page, INDENT, 0);
}

/* The share that is left at an age: that of the last step up to it. */
static double survival_at(const struct study_curve *curve, uint32_t days)
{
    double survival = 1.0;

    for (size_t i = 0; i < curve->step_count && curve->steps[i].days <= days; i++) {
        survival = curve->steps[i].survival;
    }
    return survival;
}

static void write_survival(struct page *page)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("LIFE")},
        {.title = STR_LIT("FOLLOWED"), .align = TABLE_RIGHT},
        {.title = STR_LIT("ENDED"), .align = TABLE_RIGHT},
        {.title = STR_LIT("MEDIAN"), .align = TABLE_RIGHT},
        {.title = STR_LIT("LEFT AT 90 d"), .align = TABLE_RIGHT},
        {.title = STR_LIT("AT 365 d"), .align = TABLE_RIGHT},
    };
    static const uint32_t ages[] = {90, 365};
    const struct study_result *result = page->result;
    struct table table = {
        .columns = columns, .column_count = 6, .color = page->color, .title_width = 16};
    uint64_t lives = 0;
    bool is_few = false;

    for (size_t i = 0; i < result->curve_count; i++) {
        const struct study_curve *curve = &result->curves[i];
        bool is_root = str_eq(curve->name, STR("root_keys"));
        if ((result->kind & (is_root ? STUDY_ROOT : STUDY_IAM)) == 0) {
            continue;
        }
        lives += curve->subjects;
        table_cell(&table, curve->title, STYLE_NONE);
        table_cell_count(&table, curve->subjects, STYLE_NONE);
        table_cell_count(&table, curve->events, STYLE_NONE);
        if (curve->has_median) {
            number_grouped(&page->text, curve->median_days);
            buf_str(&page->text, STR(" d"));
        } else {
            buf_str(&page->text, STR("not reached"));
        }
        end_cell(page, &table, STYLE_BOLD);
        for (size_t k = 0; k < 2; k++) {
            if (curve->subjects > 0) {
                buf_printf(&page->text, "%.1f%%", survival_at(curve, ages[k]) * 100.0);
            }
            end_cell(page, &table, STYLE_NONE);
        }
        for (size_t k = 0; k < curve->step_count; k++) {
            is_few |= curve->steps[k].at_risk < FEW_LIVES;
        }
    }
    if (lives == 0) {
        table_release(&table); /* one sample: nothing was followed */
        return;
    }
    write_heading(page, STR("SURVIVAL"));
    end_table(page, &table);
    if (is_few) {
        buf_str(&page->text, STR("At some ages fewer than 10 lives were in sight: look at the "
                                 "intervals (--format json) before quoting these."));
        write_sentence(page, INDENT, 0);
    }
}

static void write_tiers(struct page *page)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("DAYS")},
        {.title = STR_LIT("OLDEST KEY"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SHARE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("")},
        {.title = STR_LIT("IDLE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SHARE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("")},
    };
    const struct study_tiers *tiers[2] = {&page->result->key_age, &page->result->idle};
    struct table table = {.columns = columns, .column_count = 7, .color = page->color};

    if (tiers[0]->total + tiers[1]->total == 0) {
        return;
    }
    for (size_t i = 0; i < STUDY_TIER_COUNT; i++) {
        buf_u64(&page->text, tiers[0]->tier_days[i]);
        if (i + 1 < STUDY_TIER_COUNT) {
            buf_printf(&page->text, " to %u", (unsigned)tiers[0]->tier_days[i + 1]);
        } else {
            buf_str(&page->text, STR(" and more"));
        }
        end_cell(page, &table, STYLE_NONE);
        for (size_t k = 0; k < 2; k++) {
            table_cell_count(&table, tiers[k]->counts[i], STYLE_NONE);
            share_cell(page, &table, tiers[k]->counts[i], tiers[k]->total);
            bar_cell(page, &table, tiers[k]->counts[i], tiers[k]->total, STYLE_ORANGE);
        }
    }
    table_cell(&table, STR("all"), STYLE_NONE);
    for (size_t k = 0; k < 2; k++) {
        table_cell_count(&table, tiers[k]->total, STYLE_NONE);
        table_cell(&table, STR(""), STYLE_NONE);
        table_cell(&table, STR(""), STYLE_NONE);
    }
    write_heading(page, STR("USERS BY AGE OF OLDEST ACTIVE KEY, AND BY IDLE TIME"));
    end_table(page, &table);
}

/* Practice 1 for those whose policies the report does not know. */
static void write_undecided(struct page *page)
{
    const struct study_open *open = &page->result->open;

    if (open->no_mfa_member + open->no_mfa_standing_unknown == 0) {
        return;
    }
    write_heading(page, STR("PASSWORD WITHOUT MFA WHERE A POLICY MAY STILL ENFORCE IT"));
    if (open->no_mfa_member > 0) {
        number_counted(&page->text, open->no_mfa_member, STR("user"));
        buf_str(&page->text, STR(" of accounts in an AWS organization: effective verdict unknown"));
        write_sentence(page, INDENT, INDENT);
    }
    if (open->no_mfa_standing_unknown > 0) {
        number_counted(&page->text, open->no_mfa_standing_unknown, STR("user"));
        buf_str(&page->text, STR(" of accounts that may stand alone or not: unknown"));
        write_sentence(page, INDENT, INDENT);
    }
}

static void group_row(struct page *page, struct table *table, const struct study_group *group)
{
    table_cell(table, group->name.n == 0 ? STR("(not known)") : group->name, STYLE_NONE);
    table_cell_count(table, group->accounts, STYLE_NONE);
    table_cell_count(table, group->uses, STYLE_BOLD);
    table_cell_count(table, group->samples, STYLE_NONE);
    share_cell(page, table, group->uses, group->samples);
    table_cell_count(table, group->use_accounts, STYLE_NONE);
    table_cell_count(table, group->console_uses_no_mfa, STYLE_NONE);
    table_cell_count(table, group->key_accounts, STYLE_NONE);
    table_cell_count(table, group->users, STYLE_NONE);
    table_cell_count(table, group->not_rotated_90, STYLE_NONE);
    table_cell_count(table, group->unused_90, STYLE_NONE);
}

static void write_groups(struct page *page)
{
    const struct study_result *result = page->result;
    bool is_units = str_eq(result->group_word, STR("organizational unit"));
    const struct table_column columns[] = {
        {.title = is_units ? STR("UNIT") : STR("ORGANIZATION"), .shrink_to = 16},
        {.title = STR_LIT("ACCOUNTS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("USES"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SAMPLES"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SHARE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("BY"), .align = TABLE_RIGHT},
        {.title = STR_LIT("NO MFA"), .align = TABLE_RIGHT},
        {.title = STR_LIT("KEYS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("USERS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("OLD KEY"), .align = TABLE_RIGHT},
        {.title = STR_LIT("UNUSED"), .align = TABLE_RIGHT},
    };
    struct table table = {.columns = columns, .column_count = 11, .color = page->color};
    size_t shown = result->group_count < GROUPS_SHOWN ? result->group_count : GROUPS_SHOWN;

    if (result->group_count < 2) {
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        group_row(page, &table, &result->groups[i]);
    }
    write_heading(page, is_units ? STR("BY ORGANIZATIONAL UNIT") : STR("BY ORGANIZATION"));
    end_table(page, &table);
    if (result->group_total > shown) {
        write_more(page, result->group_total - shown);
    }
}

static void write_offenders(struct page *page)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("ACCOUNT")},
        {.title = STR_LIT("ORGANIZATION"), .shrink_to = 16},
        {.title = STR_LIT("CLASS")},
        {.title = STR_LIT("USES"), .align = TABLE_RIGHT},
        {.title = STR_LIT("CONSOLE"), .align = TABLE_RIGHT},
        {.title = STR_LIT("NO MFA"), .align = TABLE_RIGHT},
        {.title = STR_LIT("API"), .align = TABLE_RIGHT},
        {.title = STR_LIT("FIRST")},
        {.title = STR_LIT("LAST")},
    };
    const struct study_result *result = page->result;
    struct table table = {.columns = columns, .column_count = 9, .color = page->color};
    size_t shown =
        result->offender_count < OFFENDERS_SHOWN ? result->offender_count : OFFENDERS_SHOWN;

    if (shown == 0) {
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        const struct study_offender *offender = &result->offenders[i];
        table_cell(&table, offender->account, STYLE_BOLD);
        table_cell(&table, offender->organization, STYLE_NONE);
        table_cell(&table, asset_class_name(offender->asset_class), STYLE_NONE);
        table_cell_count(&table, offender->uses, STYLE_NONE);
        table_cell_count(&table, offender->console_uses, STYLE_NONE);
        table_cell_count(&table, offender->console_uses_no_mfa, STYLE_NONE);
        table_cell_count(&table, offender->api_uses, STYLE_NONE);
        day_cell(page, &table, offender->first_use);
        day_cell(page, &table, offender->last_use);
    }
    write_heading(page, STR("ACCOUNTS WITH MOST ROOT USE"));
    end_table(page, &table);
    if (result->offender_total > shown) {
        write_more(page, result->offender_total - shown);
    }
}

static void write_notes(struct page *page)
{
    const struct study_result *result = page->result;

    write_heading(page, STR("NOTES"));
    write_figure_notes(page);
    for (size_t i = 0; i < result->note_count; i++) {
        buf_str(&page->text, result->notes[i].text);
        write_sentence(page, INDENT, INDENT);
    }
}

static void write(struct buf *out, const struct study_result *result,
                  const struct study_options *options)
{
    struct page page = {.out = out, .result = result, .color = options->color};
    char heading[64];

    page.columns = options->columns < COLUMNS_MIN   ? COLUMNS_MIN
                   : options->columns > COLUMNS_MAX ? COLUMNS_MAX
                                                    : options->columns;
    buf_init(&page.text, TEXT_SIZE_MAX);
    write_head(&page);
    if ((result->kind & STUDY_ROOT) != 0) {
        write_figures(&page, STUDY_ROOT, STR("ROOT"));
        if (result->week_count > 0) {
            write_weeks(&page);
        }
        trail_table_write(out, result, page.columns, options->color);
        write_concentration(&page);
        write_offenders(&page);
    }
    if ((result->kind & STUDY_IAM) != 0) {
        struct buf day = {.p = heading, .capacity = sizeof heading, .size_max = sizeof heading};
        buf_str(&day, STR("IAM USERS"));
        if (result->sample_count > 0) {
            buf_str(&day, STR(" ON "));
            study_day_write(&day, result->iam_at);
        }
        write_figures(&page, STUDY_IAM, buf_text(&day));
        write_undecided(&page);
        write_tiers(&page);
    }
    write_survival(&page);
    write_groups(&page);
    write_notes(&page);
    buf_release(&page.text);
}

const struct study_format study_table = {
    .name = STR_LIT("table"), .is_for_people = true, .write = write};
