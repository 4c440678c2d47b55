/* The comparison for people, on a terminal. */
#include "report/compare.h"

#include "base/arena.h"
#include "render/number.h"
#include "render/table.h"
#include "report/outline.h"
#include "report/table_findings.h"

enum { COLUMNS_MIN = 80, COLUMNS_MAX = 140, LINE_SIZE_MAX = 1 << 20 };

static const struct str kind_titles[] = {STR_LIT("MISSED"), STR_LIT("FALSE ALARM"),
                                         STR_LIT("UNFOUNDED"), STR_LIT("SILENT")};
static const struct str kind_notes[] = {
    STR_LIT("it fails, and they pass it or say nothing"),
    STR_LIT("they fail what does not fail"),
    STR_LIT("they answer what the report leaves open"),
    STR_LIT("they say nothing where the answer is unknown"),
};
static const enum terminal_style kind_styles[] = {STYLE_RED, STYLE_ORANGE, STYLE_YELLOW,
                                                  STYLE_MAGENTA};

static uint64_t differences_of(const struct difference_tally *tally)
{
    uint64_t sum = 0;

    for (int kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
        sum += tally->counts[kind];
    }
    return sum;
}

/* Checks of a system stand together: the index behind the last of those that begin at `from`. */
static size_t system_end(const struct comparison *comparison, size_t from)
{
    size_t end = from;

    while (end < comparison->check_count &&
           str_eq(comparison->checks[end].system, comparison->checks[from].system)) {
        end++;
    }
    return end;
}

static struct str verb_of(enum status status)
{
    switch (status) {
    case STATUS_FAIL:
        return STR("fail");
    case STATUS_PASS:
        return STR("pass");
    case STATUS_NOT_APPLICABLE:
        return STR("say nothing");
    case STATUS_UNKNOWN:
    case STATUS_EXCEPTED:
        break;
    }
    return STR("say unknown");
}

static void systems_write(const struct table_page *page, const struct comparison *comparison)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("SYSTEM")},
        {.title = STR_LIT("CHECKS"), .align = TABLE_RIGHT},
        {.title = STR_LIT("DIFFERING"), .align = TABLE_RIGHT},
        {.title = STR_LIT("MISSED"), .align = TABLE_RIGHT},
        {.title = STR_LIT("FALSE ALARM"), .align = TABLE_RIGHT},
        {.title = STR_LIT("UNFOUNDED"), .align = TABLE_RIGHT},
        {.title = STR_LIT("SILENT"), .align = TABLE_RIGHT},
    };
    struct table table = {.columns = columns, .column_count = 7, .color = page->color};

    for (size_t from = 0, end = 0; from < comparison->check_count; from = end) {
        uint64_t differing = 0, counts[DIFFERENCE_KIND_COUNT] = {0};
        end = system_end(comparison, from);
        for (size_t i = from; i < end; i++) {
            differing += differences_of(&comparison->tallies[i]) > 0;
            for (int kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
                counts[kind] += comparison->tallies[i].counts[kind];
            }
        }
        table_cell(&table, comparison->checks[from].system, STYLE_BOLD);
        table_cell_count(&table, end - from, STYLE_NONE);
        table_cell_count(&table, differing, STYLE_NONE);
        for (int kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
            table_cell_count(&table, counts[kind], kind_styles[kind]);
        }
    }
    table_heading_write(page, STR("WHERE THEY WOULD HAVE ANSWERED OTHERWISE"));
    table_write(&table, page->out, 2, page->columns);
    table_release(&table);
    for (int kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
        struct buf note;
        buf_init(&note, LINE_SIZE_MAX);
        buf_str(&note, kind_titles[kind]);
        buf_str(&note, STR(": "));
        buf_str(&note, kind_notes[kind]);
        table_paragraph_write(page, 2, buf_text(&note), STYLE_FAINT);
        buf_release(&note);
    }
}

static void samples_write(const struct table_page *page, const struct difference_tally *tally,
                          int kind)
{
    static const struct table_column columns[] = {
        {.shrink_to = 12}, {.shrink_to = 16}, {.shrink_to = 30, .wrap_after = ';'}};
    struct table table = {.columns = columns, .column_count = 3, .color = page->color};

    for (size_t i = 0; i < tally->sample_counts[kind]; i++) {
        const struct difference_sample *sample = &tally->samples[kind][i];
        table_cell(&table, sample->account, STYLE_NONE);
        table_cell(&table, sample->user, STYLE_BOLD);
        table_cell(&table, sample->evidence, STYLE_NONE);
    }
    table_write(&table, page->out, 6, page->columns);
    table_release(&table);
    if (tally->counts[kind] > tally->sample_counts[kind]) {
        table_more_write(page, 6, tally->counts[kind] - tally->sample_counts[kind]);
    }
}

static void check_write(const struct table_page *page, const struct peer_check *check,
                        const struct difference_tally *tally)
{
    struct buf line;

    buf_init(&line, LINE_SIZE_MAX);
    buf_str(&line, check->check->id);
    buf_str(&line, STR("  beside "));
    compare_control_write(&line, check->ours);
    buf_char(page->out, '\n');
    table_paragraph_write(page, 2, buf_text(&line), STYLE_BOLD);
    for (int kind = 0; kind < DIFFERENCE_KIND_COUNT; kind++) {
        const struct difference_sample *first = &tally->samples[kind][0];
        if (tally->sample_counts[kind] == 0) {
            continue;
        }
        buf_clear(&line);
        buf_str(&line, difference_name((enum difference_kind)kind));
        buf_char(&line, ' ');
        number_grouped(&line, tally->counts[kind]);
        buf_str(&line, STR(": they "));
        buf_str(&line, verb_of(first->theirs));
        buf_str(&line, STR(", we "));
        buf_str(&line, verb_of(first->ours));
        table_paragraph_write(page, 4, buf_text(&line), kind_styles[kind]);
        if (first->why.n > 0) {
            table_paragraph_write(page, 4, first->why, STYLE_NONE);
        }
        samples_write(page, tally, kind);
    }
    buf_release(&line);
}

static void system_write(const struct table_page *page, const struct comparison *comparison,
                         size_t from, size_t end)
{
    struct buf heading;
    bool has_any = false;

    buf_init(&heading, LINE_SIZE_MAX);
    for (size_t i = from; i < end; i++) {
        has_any |= differences_of(&comparison->tallies[i]) > 0;
    }
    buf_str(&heading, comparison->checks[from].system);
    if (comparison->checks[from].version.n > 0) {
        buf_char(&heading, ' ');
        buf_str(&heading, comparison->checks[from].version);
    }
    if (has_any) {
        table_heading_write(page, buf_text(&heading));
    }
    for (size_t i = from; i < end; i++) {
        if (differences_of(&comparison->tallies[i]) > 0) {
            check_write(page, &comparison->checks[i], &comparison->tallies[i]);
        }
    }
    buf_release(&heading);
}

static void table_end(struct buf *out, const struct comparison *comparison,
                      const struct posture *posture, const struct report_options *options)
{
    unsigned columns = options->columns < COLUMNS_MIN   ? COLUMNS_MIN
                       : options->columns > COLUMNS_MAX ? COLUMNS_MAX
                                                        : options->columns;
    struct table_page page = {out, posture, columns, options->color};
    struct buf line;

    buf_init(&line, LINE_SIZE_MAX);
    terminal_style(out, STYLE_BOLD, page.color);
    buf_str(out, STR("keywarden compare"));
    terminal_style(out, STYLE_NONE, page.color);
    buf_str(out, STR("   "));
    number_counted(out, posture->report_count, STR("report"));
    buf_str(out, STR("  ·  "));
    number_counted(out, posture->root_count, STR("root user"));
    buf_str(out, STR("  ·  "));
    number_counted(out, posture->user_count, STR("IAM user"));
    buf_char(out, '\n');
    outline_as_of_write(&line, posture);
    table_labelled_write(&page, STR("as of"), buf_text(&line), STYLE_FAINT);
    systems_write(&page, comparison);
    for (size_t from = 0, end = 0; from < comparison->check_count; from = end) {
        end = system_end(comparison, from);
        system_write(&page, comparison, from, end);
    }
    buf_release(&line);
}

const struct compare_format compare_table = {.name = STR_LIT("table"), .end = table_end};
