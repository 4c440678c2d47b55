#include "report/table_unknowns.h"

#include "render/table.h"
#include "report/outline.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

/* The report given should have said it: each control with what stood there. */
static void input_write(const struct table_page *page, const size_t *order)
{
    static const struct table_column columns[] = {
        {.align = TABLE_RIGHT},
        {.shrink_to = 20},
        {.shrink_to = 24, .wrap_after = ';'},
    };
    struct table table = {.columns = columns, .column_count = 3, .color = page->color};
    struct buf text;
    bool is_empty = true;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t k = 0; k < page->posture->control_count; k++) {
        const struct control_tally *tally = &page->posture->tallies[order[k]];
        if (tally->unknown_input == 0) {
            continue;
        }
        is_empty = false;
        buf_clear(&text);
        outline_reasons_write(&text, tally);
        table_cell_count(&table, tally->counts[STATUS_UNKNOWN], STYLE_MAGENTA);
        table_cell(&table, page->posture->controls[order[k]]->id, STYLE_NONE);
        table_cell(&table, buf_text(&text), STYLE_NONE);
    }
    if (!is_empty) {
        table_write(&table, page->out, 2, page->columns);
        table_paragraph_write(page, 2, outline_gap_notes[GAP_INPUT], STYLE_FAINT);
    }
    buf_release(&text);
    table_release(&table);
}

/* One thing to collect, and the controls that wait for it and were not written yet. */
static void group_write(const struct table_page *page, const size_t *order, struct str *missing,
                        size_t first)
{
    static const struct table_column columns[] = {
        {.align = TABLE_RIGHT},
        {.shrink_to = 20},
        {.shrink_to = 24},
    };
    struct table table = {.columns = columns, .column_count = 3, .color = page->color};
    struct str group = missing[first];

    for (size_t k = first; k < page->posture->control_count; k++) {
        const struct control *control = page->posture->controls[order[k]];
        if (!str_eq(missing[k], group)) {
            continue;
        }
        missing[k] = STR("");
        table_cell_count(&table, page->posture->tallies[order[k]].counts[STATUS_UNKNOWN],
                         STYLE_MAGENTA);
        table_cell(&table, control->id, STYLE_NONE);
        table_cell(&table, str_eq(control->title, control->id) ? STR("") : control->title,
                   STYLE_NONE);
    }
    table_paragraph_write(page, 2, group, STYLE_BOLD);
    table_write(&table, page->out, 4, page->columns);
    table_release(&table);
}

/* No report says it: by what has to be collected, since one call often decides many controls. */
static void waiting_write(const struct table_page *page, const size_t *order)
{
    size_t count = page->posture->control_count;
    struct str *missing = mem_array(count, sizeof *missing);
    struct arena arena;
    struct buf text;
    bool is_first = true;

    buf_init(&text, TEXT_SIZE_MAX);
    arena_init(&arena, (size_t)TEXT_SIZE_MAX * 16);
    for (size_t k = 0; k < count; k++) {
        const struct control_tally *tally = &page->posture->tallies[order[k]];
        buf_clear(&text);
        if (tally->counts[STATUS_UNKNOWN] > 0 && tally->unknown_input == 0) {
            outline_missing_write(&text, tally);
        }
        if (!arena_str(&arena, buf_text(&text), &missing[k])) {
            missing[k] = STR("more than fits here");
        }
    }
    for (size_t k = 0; k < count; k++) {
        if (missing[k].n == 0) {
            continue;
        }
        if (is_first) {
            table_paragraph_write(page, 2, outline_gap_notes[GAP_NOT_COLLECTED], STYLE_FAINT);
        }
        is_first = false;
        group_write(page, order, missing, k);
    }
    buf_release(&text);
    arena_release(&arena);
    mem_free(missing);
}

void table_unknowns_write(const struct table_page *page, const size_t *order)
{
    if (outline_count(page->posture, STATUS_UNKNOWN) == 0) {
        return;
    }
    table_heading_write(page, STR("UNKNOWN"));
    table_paragraph_write(page, 2, outline_unknown_note, STYLE_FAINT);
    input_write(page, order);
    waiting_write(page, order);
}
