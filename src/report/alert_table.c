/* Alerts for a terminal: what root did, account by account; then each rule, worst first, with its
 * first events. */
#include "base/arena.h"
#include "render/number.h"
#include "render/table.h"
#include "report/alert_report.h"
#include "report/table_findings.h"

enum {
    COLUMNS_MIN = 80,
    COLUMNS_MAX = 160,
    EVENTS_SHOWN = 20,
    ACCOUNTS_SHOWN = 50,
    TEXT_SIZE_MAX = 1 << 20,
    KEPT_SIZE_MAX = 1 << 30,
};

/* A text that is kept, by its place in `kept`: the buffer moves while it grows. */
struct place {
    size_t at, n;
};

struct root_history {
    struct place account, first, last;
    uint64_t events, sign_ins, without_mfa, failed, key_uses;
};

enum { CELL_TIME, CELL_ACCOUNT, CELL_REGION, CELL_EVENT, CELL_PRINCIPAL, CELL_IP, CELL_COUNT };

struct rule_tally {
    uint64_t count;
    struct place first, last;
    struct place shown[EVENTS_SHOWN][CELL_COUNT];
};

struct state {
    struct buf kept;
    struct root_history *accounts; /* by account */
    size_t account_count, account_capacity;
    struct rule_tally *rules;
    struct buf last_time, last_id; /* the event before: one of several alerts counts it */
};

static void begin(struct alert_writer *writer)
{
    struct state *state = mem_alloc(sizeof *state);

    buf_init(&state->kept, KEPT_SIZE_MAX);
    buf_init(&state->last_time, KEPT_SIZE_MAX);
    buf_init(&state->last_id, KEPT_SIZE_MAX);
    state->rules = mem_array(writer->options->rule_count + 1, sizeof *state->rules);
    writer->state = state;
}

static void release(struct alert_writer *writer)
{
    struct state *state = writer->state;

    if (state == NULL) {
        return;
    }
    buf_release(&state->kept);
    buf_release(&state->last_time);
    buf_release(&state->last_id);
    mem_free(state->accounts);
    mem_free(state->rules);
    mem_free(state);
    writer->state = NULL;
}

/* ---- gathering ------------------------------------------------------------------------------ */

static struct place keep(struct state *state, struct str text)
{
    struct place place = {state->kept.n, text.n};

    buf_str(&state->kept, text);
    place.n = state->kept.overflowed ? 0 : place.n;
    return place;
}

/* A time is kept where the one before stood: they are as long as each other, but for odd ones. */
static void keep_over(struct state *state, struct place *place, struct str text)
{
    if (text.n == place->n && text.n > 0) {
        memcpy(state->kept.p + place->at, text.p, text.n);
    } else {
        *place = keep(state, text);
    }
}

static struct str text_of(const struct state *state, struct place place)
{
    return str_sub(buf_text(&state->kept), place.at, place.at + place.n);
}

static struct root_history *history_of(struct state *state, struct str account)
{
    size_t low = 0, high = state->account_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(text_of(state, state->accounts[middle].account), account);
        if (order == 0) {
            return &state->accounts[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    if (state->account_count == state->account_capacity) {
        state->account_capacity = state->account_capacity == 0 ? 16 : 2 * state->account_capacity;
        state->accounts =
            mem_resize(state->accounts, state->account_capacity * sizeof *state->accounts);
    }
    memmove(&state->accounts[low + 1], &state->accounts[low],
            (state->account_count - low) * sizeof *state->accounts);
    state->account_count++;
    state->accounts[low] = (struct root_history){.account = keep(state, account)};
    return &state->accounts[low];
}

static void count_root(struct state *state, const struct alert *alert)
{
    struct root_history *history = history_of(state, alert->account);
    bool is_sign_in = str_eq(alert->event_name, STR("ConsoleLogin"));
    bool has_failed = alert->error_message.n > 0 || alert->error_code.n > 0;

    if (history->events++ == 0) {
        history->first = keep(state, alert->time);
        history->last = keep(state, alert->time);
    }
    keep_over(state, &history->last, alert->time);
    history->failed += is_sign_in && has_failed;
    history->sign_ins += is_sign_in && !has_failed;
    history->without_mfa += is_sign_in && !has_failed && !str_eq_nocase(alert->mfa, STR("yes"));
    history->key_uses += str_starts(alert->access_key_id, STR("AKIA"));
}

static bool is_new_event(struct state *state, const struct alert *alert)
{
    bool is_new = alert->event_id.n == 0 || !str_eq(alert->event_id, buf_text(&state->last_id)) ||
                  !str_eq(alert->time, buf_text(&state->last_time));

    if (is_new) {
        buf_clear(&state->last_id);
        buf_str(&state->last_id, alert->event_id);
        buf_clear(&state->last_time);
        buf_str(&state->last_time, alert->time);
    }
    return is_new;
}

static void alert_take(struct alert_writer *writer, const struct alert *alert)
{
    struct state *state = writer->state;
    struct rule_tally *tally = &state->rules[alert->rule - writer->options->rules];
    const struct str cells[CELL_COUNT] = {
        [CELL_TIME] = alert->time,           [CELL_ACCOUNT] = alert->account,
        [CELL_REGION] = alert->region,       [CELL_EVENT] = alert->event_name,
        [CELL_PRINCIPAL] = alert->principal, [CELL_IP] = alert->source_ip,
    };

    if (is_new_event(state, alert) && alert_is_root(alert)) {
        count_root(state, alert);
    }
    if (tally->count == 0) {
        tally->first = keep(state, alert->time);
        tally->last = keep(state, alert->time);
    }
    keep_over(state, &tally->last, alert->time);
    if (tally->count < EVENTS_SHOWN) {
        for (size_t i = 0; i < CELL_COUNT; i++) {
            tally->shown[tally->count][i] = keep(state, cells[i]);
        }
    }
    tally->count++;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void head_write(const struct table_page *page, const struct alert_options *options,
                       const struct alert_totals *totals)
{
    struct buf line;

    buf_init(&line, TEXT_SIZE_MAX);
    terminal_style(page->out, STYLE_BOLD, page->color);
    buf_str(page->out, STR("keywarden trail scan"));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("   "));
    number_counted(page->out, totals->files, STR("file"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, totals->records, STR("record"));
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, totals->alerts, STR("alert"));
    buf_char(page->out, '\n');
    if (options->packs.n > 0) {
        buf_str(&line, options->packs);
        buf_str(&line, STR(": "));
        number_counted(&line, options->rule_count, STR("rule"));
        table_labelled_write(page, STR("rules"), buf_text(&line), STYLE_FAINT);
    }
    if (totals->skipped_files > 0) {
        buf_clear(&line);
        number_counted(&line, totals->skipped_files, STR("file"));
        buf_str(&line, STR(" skipped: digests and Insights hold no events"));
        table_labelled_write(page, STR("note"), buf_text(&line), STYLE_FAINT);
    }
    if (totals->verified.n > 0) {
        table_labelled_write(page, STR("note"), totals->verified, STYLE_FAINT);
    }
    buf_release(&line);
}

/* "2026-11-01 10:02:03": a time that is none stays as it is. */
static void time_cell(struct table *table, struct str time)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    if (time.n == 20 && time.p[10] == 'T' && time.p[19] == 'Z') {
        buf_str(&text, str_sub(time, 0, 10));
        buf_char(&text, ' ');
        buf_str(&text, str_sub(time, 11, 19));
        time = buf_text(&text);
    }
    table_cell(table, time, STYLE_NONE);
    buf_release(&text);
}

static void root_write(const struct table_page *page, const struct state *state)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("ACCOUNT")},
        {.title = STR_LIT("EVENTS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SIGN-INS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("NO MFA"), .align = TABLE_RIGHT},
        {.title = STR_LIT("FAILED"), .align = TABLE_RIGHT},
        {.title = STR_LIT("KEY USES"), .align = TABLE_RIGHT},
        {.title = STR_LIT("FIRST")},
        {.title = STR_LIT("LAST")},
    };
    struct table table = {.columns = columns,
                          .column_count = sizeof columns / sizeof columns[0],
                          .color = page->color};

    if (state->account_count == 0) {
        return;
    }
    table_heading_write(page, STR("ROOT BY ACCOUNT"));
    for (size_t i = 0; i < state->account_count && i < ACCOUNTS_SHOWN; i++) {
        const struct root_history *history = &state->accounts[i];
        table_cell(&table, text_of(state, history->account), STYLE_BOLD);
        table_cell_count(&table, history->events, STYLE_NONE);
        table_cell_count(&table, history->sign_ins, STYLE_YELLOW);
        table_cell_count(&table, history->without_mfa, STYLE_RED);
        table_cell_count(&table, history->failed, STYLE_ORANGE);
        table_cell_count(&table, history->key_uses, STYLE_RED);
        time_cell(&table, text_of(state, history->first));
        time_cell(&table, text_of(state, history->last));
    }
    table_write(&table, page->out, 2, page->columns);
    table_release(&table);
    if (state->account_count > ACCOUNTS_SHOWN) {
        table_more_write(page, 2, state->account_count - ACCOUNTS_SHOWN);
    }
}

/* Rules that alert, worst first, then as they are listed. */
static size_t rules_order(const struct state *state, const struct alert_options *options,
                          size_t *order)
{
    size_t count = 0;

    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--) {
        for (size_t i = 0; i < options->rule_count; i++) {
            if ((int)options->rules[i].severity == severity && state->rules[i].count > 0) {
                order[count++] = i;
            }
        }
    }
    return count;
}

static void rules_write(const struct table_page *page, const struct state *state,
                        const struct alert_options *options, const size_t *order, size_t count)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("LEVEL")},
        {.title = STR_LIT("RULE"), .shrink_to = 20},
        {.title = STR_LIT("ALERTS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("FIRST")},
        {.title = STR_LIT("LAST")},
    };
    struct table table = {.columns = columns,
                          .column_count = sizeof columns / sizeof columns[0],
                          .color = page->color};

    table_heading_write(page, STR("ALERTS BY RULE"));
    for (size_t k = 0; k < count; k++) {
        const struct alert_rule *rule = &options->rules[order[k]];
        const struct rule_tally *tally = &state->rules[order[k]];
        table_cell(&table, alert_level_name(rule->severity), table_severity_style(rule->severity));
        table_cell(&table, rule->title, STYLE_NONE);
        table_cell_count(&table, tally->count, STYLE_NONE);
        time_cell(&table, text_of(state, tally->first));
        time_cell(&table, text_of(state, tally->last));
    }
    table_write(&table, page->out, 2, page->columns);
    table_release(&table);
}

static void events_write(const struct table_page *page, const struct state *state,
                         const struct alert_rule *rule, const struct rule_tally *tally)
{
    static const struct table_column columns[CELL_COUNT] = {
        {.title = STR_LIT("TIME")},
        {.title = STR_LIT("ACCOUNT")},
        {.title = STR_LIT("REGION")},
        {.title = STR_LIT("EVENT"), .shrink_to = 12},
        {.title = STR_LIT("PRINCIPAL"), .shrink_to = 16},
        {.title = STR_LIT("SOURCE"), .shrink_to = 12},
    };
    struct table table = {.columns = columns, .column_count = CELL_COUNT, .color = page->color};

    buf_char(page->out, '\n');
    terminal_style(page->out, table_severity_style(rule->severity), page->color);
    buf_str(page->out, STR("■ "));
    buf_str(page->out, alert_level_name(rule->severity));
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("  "));
    terminal_style(page->out, STYLE_BOLD, page->color);
    terminal_text(page->out, rule->title);
    terminal_style(page->out, STYLE_NONE, page->color);
    buf_str(page->out, STR("\n  "));
    terminal_text(page->out, rule->id);
    buf_str(page->out, STR("  ·  "));
    number_counted(page->out, tally->count, STR("alert"));
    buf_char(page->out, '\n');
    for (size_t i = 0; i < tally->count && i < EVENTS_SHOWN; i++) {
        time_cell(&table, text_of(state, tally->shown[i][CELL_TIME]));
        for (size_t j = CELL_TIME + 1; j < CELL_COUNT; j++) {
            table_cell(&table, text_of(state, tally->shown[i][j]), STYLE_NONE);
        }
    }
    table_write(&table, page->out, 4, page->columns);
    table_release(&table);
    if (tally->count > EVENTS_SHOWN) {
        table_more_write(page, 4, tally->count - EVENTS_SHOWN);
    }
}

/* How it stands, in a sentence; of an empty result, what was looked at. */
static void verdict_write(const struct table_page *page, const struct state *state,
                          const struct alert_options *options, const struct alert_totals *totals)
{
    enum severity line = options->fail_on_never ? SEVERITY_INFO : options->fail_on;
    enum terminal_style style = STYLE_GREEN;
    uint64_t above = 0;
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = 0; i < options->rule_count; i++) {
        above += options->rules[i].severity >= line ? state->rules[i].count : 0;
    }
    if (totals->alerts == 0) {
        buf_str(&text, STR("No alert: none of "));
        number_counted(&text, totals->records, STR("record"));
        buf_str(&text, STR(" in "));
        number_counted(&text, totals->files, STR("file"));
        buf_str(&text, STR(" matches one of "));
        number_counted(&text, options->rule_count, STR("rule"));
        buf_char(&text, '.');
    } else {
        number_counted(&text, above, STR("alert"));
        buf_str(&text, STR(" at or above "));
        buf_str(&text, alert_level_name(line));
        buf_str(&text, STR(", "));
        number_grouped(&text, totals->alerts - above);
        buf_str(&text, STR(" below it."));
        style = above > 0 ? STYLE_RED : STYLE_YELLOW;
    }
    if (totals->bad_files > 0) {
        buf_char(&text, ' ');
        number_counted(&text, totals->bad_files, STR("file"));
        buf_str(&text, STR(" could not be read to the end."));
        style = style == STYLE_GREEN ? STYLE_YELLOW : style;
    }
    buf_char(page->out, '\n');
    table_paragraph_write(page, 0, buf_text(&text), style);
    buf_release(&text);
}

static void end(struct alert_writer *writer, const struct alert_totals *totals)
{
    const struct alert_options *options = writer->options;
    const struct state *state = writer->state;
    struct table_page page = {writer->out, NULL, options->columns, options->color};
    size_t *order = mem_array(options->rule_count + 1, sizeof *order);
    size_t count = rules_order(state, options, order);

    page.columns = page.columns < COLUMNS_MIN   ? COLUMNS_MIN
                   : page.columns > COLUMNS_MAX ? COLUMNS_MAX
                                                : page.columns;
    head_write(&page, options, totals);
    root_write(&page, state);
    if (count > 0) {
        rules_write(&page, state, options, order, count);
    }
    for (size_t k = 0; k < count; k++) {
        events_write(&page, state, &options->rules[order[k]], &state->rules[order[k]]);
    }
    verdict_write(&page, state, options, totals);
    mem_free(order);
}

const struct alert_format alert_table = {
    .name = STR_LIT("table"),
    .help = STR_LIT("for people: root by account, then each rule with its events"),
    .is_for_people = true,
    .begin = begin,
    .alert = alert_take,
    .end = end,
    .release = release,
};
