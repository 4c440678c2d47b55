#include "report/table_tiers.h"

#include "render/number.h"
#include "render/table.h"
#include "report/outline.h"

enum { TEXT_SIZE_MAX = 4096 };

static void row_write(struct table *table, const struct tiers *tiers, size_t who,
                      enum tier_row_kind kind, struct str name)
{
    const struct tier_row *row = &tiers->rows[who][kind];
    uint64_t all = tier_row_sum(tiers, row);

    if (all == 0) {
        return;
    }
    table_cell(table, outline_tier_who[who], STYLE_BOLD);
    table_cell(table, name, STYLE_NONE);
    for (size_t band = 0; band <= tiers->count; band++) {
        table_cell_count(table, row->bands[band], STYLE_NONE);
    }
    table_cell_count(table, row->unknown, STYLE_MAGENTA);
    table_cell_count(table, all, STYLE_NONE);
}

/* The columns' titles are in `text`, which must stay as long as they are used. */
static size_t columns_fill(struct table_column *columns, const struct outline_tiers *section,
                           const struct tiers *tiers, struct buf *text)
{
    size_t count = 0;

    columns[count++] = (struct table_column){.title = STR("WHOSE")};
    columns[count++] = (struct table_column){.title = STR("BY"), .shrink_to = 10};
    for (size_t band = 0; band <= tiers->count; band++) {
        size_t begin = text->n;
        outline_band_write(text, section, tiers, band);
        columns[count++] = (struct table_column){.title = str_sub(buf_text(text), begin, text->n),
                                                 .align = TABLE_RIGHT};
    }
    columns[count++] = (struct table_column){.title = STR("UNKNOWN"), .align = TABLE_RIGHT};
    columns[count++] = (struct table_column){.title = STR("ALL"), .align = TABLE_RIGHT};
    return count;
}

static void section_write(const struct table_page *page, const struct outline_tiers *section)
{
    const struct tiers *tiers = &page->posture->tiers;
    char titles[TEXT_SIZE_MAX];
    struct buf text = {.p = titles, .capacity = sizeof titles, .size_max = sizeof titles};
    struct table_column columns[TIERS_MAX + 5];
    struct table table = {.columns = columns, .color = page->color};

    table.column_count = columns_fill(columns, section, tiers, &text);
    for (size_t who = 0; who < TIER_WHO_COUNT; who++) {
        for (size_t i = 0; i < section->row_count; i++) {
            row_write(&table, tiers, who, section->rows[i].kind, section->rows[i].name);
        }
    }
    table_heading_write(page, section->capitals);
    if (table.cell_count > 0) {
        table_write(&table, page->out, 2, page->columns);
    } else {
        table_paragraph_write(page, 2, STR("None known."), STYLE_FAINT);
    }
    table_release(&table);
}

void table_tiers_write(const struct table_page *page)
{
    struct buf note;

    if (page->posture->tiers.count == 0) {
        return;
    }
    for (size_t i = 0; i < OUTLINE_TIERS_COUNT; i++) {
        section_write(page, &outline_tiers[i]);
    }
    buf_init(&note, TEXT_SIZE_MAX);
    outline_tier_unknown_write(&note, &page->posture->tiers);
    if (note.n > 0) {
        table_paragraph_write(page, 2, buf_text(&note), STYLE_FAINT);
    }
    buf_release(&note);
}
