#include "render/number.h"
#include "report/html_parts.h"
#include "report/outline.h"

static void head_write(struct buf *out, const struct outline_tiers *section,
                       const struct tiers *tiers)
{
    buf_printf(out, "<table>\n<caption>%.*s</caption>\n", STR_ARG(section->heading));
    buf_str(out, STR("<thead><tr><th scope=\"col\">Whose</th><th scope=\"col\">By</th>"));
    for (size_t band = 0; band <= tiers->count; band++) {
        buf_str(out, STR("<th scope=\"col\" class=\"n\">"));
        outline_band_write(out, section, tiers, band);
        buf_str(out, STR("</th>"));
    }
    buf_str(out, STR("<th scope=\"col\" class=\"n\">Unknown</th>"
                     "<th scope=\"col\" class=\"n\">All</th></tr></thead>\n<tbody>\n"));
}

static void row_write(struct buf *out, const struct tiers *tiers, size_t who,
                      enum tier_row_kind kind, struct str name)
{
    const struct tier_row *row = &tiers->rows[who][kind];
    uint64_t all = tier_row_sum(tiers, row);

    if (all == 0) {
        return;
    }
    buf_printf(out, "<tr><th scope=\"row\">%.*s</th><td>%.*s</td>", STR_ARG(outline_tier_who[who]),
               STR_ARG(name));
    for (size_t band = 0; band <= tiers->count; band++) {
        html_count_cell(out, row->bands[band], false);
    }
    html_count_cell(out, row->unknown, false);
    html_count_cell(out, all, false);
    buf_str(out, STR("</tr>\n"));
}

void html_tiers_write(struct buf *out, const struct tiers *tiers)
{
    if (tiers->count == 0) {
        return;
    }
    buf_str(out,
            STR("<section aria-labelledby=\"tiers\">\n<h2 id=\"tiers\">Age and idle time</h2>\n"));
    for (size_t i = 0; i < OUTLINE_TIERS_COUNT; i++) {
        const struct outline_tiers *section = &outline_tiers[i];
        buf_printf(out,
                   "<div class=\"card scroll\" style=\"margin-top:12px\" tabindex=\"0\" "
                   "role=\"group\" aria-label=\"%.*s\">",
                   STR_ARG(section->heading));
        head_write(out, section, tiers);
        for (size_t who = 0; who < TIER_WHO_COUNT; who++) {
            for (size_t k = 0; k < section->row_count; k++) {
                row_write(out, tiers, who, section->rows[k].kind, section->rows[k].name);
            }
        }
        buf_str(out, STR("</tbody></table></div>\n"));
    }
    buf_str(out, STR("<p class=\"soft\">"));
    outline_tier_unknown_write(out, tiers);
    buf_str(out, STR("</p>\n</section>\n"));
}
