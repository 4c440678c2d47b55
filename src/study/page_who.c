/* Who uses root: how few accounts make most of it, how often each, and how large they are. */
#include "base/arena.h"
#include "base/buf.h"
#include "render/number.h"
#include "render/svg.h"
#include "study/page_parts.h"

/* The concentration in the units that its plot and its sentences speak of. */
struct offenders {
    uint64_t accounts, uses;
    uint64_t half_accounts, half_uses; /* the smallest set that makes at least half */
    uint64_t repeat_accounts, repeat_uses;
    struct str answer;
};

static struct offenders offenders_count(const struct study_concentration *concentration)
{
    struct offenders all = {0};
    uint64_t half;

    for (size_t n = 1; n <= concentration->use_max; n++) {
        all.accounts += concentration->account_counts[n];
        all.uses += n * concentration->account_counts[n];
        all.repeat_accounts += n >= 2 ? concentration->account_counts[n] : 0;
        all.repeat_uses += n >= 2 ? n * concentration->account_counts[n] : 0;
    }
    half = all.uses - all.uses / 2;
    for (size_t n = concentration->use_max; n >= 1 && all.half_uses < half; n--) {
        uint64_t wanted = (half - all.half_uses + n - 1) / n;
        uint64_t taken =
            wanted < concentration->account_counts[n] ? wanted : concentration->account_counts[n];
        all.half_accounts += taken;
        all.half_uses += taken * n;
    }
    return all;
}

static void curve_answer(struct buf *out, const struct offenders *all, double gini)
{
    number_grouped(out, all->half_accounts);
    buf_str(out, STR(" of "));
    page_counted(out, all->accounts, STR("account"), STR("accounts"));
    buf_str(out, STR(" with root use ("));
    page_percent(out, all->half_accounts, all->accounts);
    buf_str(out, all->half_accounts == 1 ? STR(") makes ") : STR(") make "));
    number_grouped(out, all->half_uses);
    buf_str(out, STR(" of the "));
    page_counted(out, all->uses, STR("use"), STR("uses"));
    buf_str(out, STR(" ("));
    page_percent(out, all->half_uses, all->uses);
    buf_printf(out,
               "). The Gini figure among them is %.2f: 0 is the same for all, 1 is all in one.",
               gini);
}

static void curve_draw(struct page *page, const struct offenders *all)
{
    const struct study_concentration *concentration = &page->result->concentration;
    struct plot_point *points = mem_array(concentration->use_max + 2, sizeof *points);
    size_t count = 1;
    struct plot plot;
    uint64_t accounts = 0, uses = 0;

    for (size_t n = concentration->use_max; n >= 1; n--) {
        if (concentration->account_counts[n] > 0) {
            accounts += concentration->account_counts[n];
            uses += n * concentration->account_counts[n];
            points[count++] = (struct plot_point){.x = (double)accounts / (double)all->accounts,
                                                  .y = (double)uses / (double)all->uses};
        }
    }
    plot_open(&plot, page->out,
              &(struct plot_frame){
                  .title = STR("How few accounts make most of the root use?"),
                  .description = all->answer,
                  .width = PAGE_HALF,
                  .height = 360,
                  .left = 58,
                  .right = 20,
                  .x_title = STR("share of accounts with root use, most uses first"),
                  .y_title = STR("share of the uses"),
                  .x = scale_make(SCALE_SHARE, 1, 6),
                  .y = scale_make(SCALE_SHARE, 1, 6),
              });
    plot_area(&plot, STR("band s1"), points, count);
    plot_rule(&plot, STR("even"), 0, 0, 1, 1);
    plot_line(&plot, STR("s1"), points, count);
    double x = (double)all->half_accounts / (double)all->accounts;
    double y = (double)all->half_uses / (double)all->uses;
    plot_mark(&plot, x, y);
    struct buf note;
    buf_init(&note, PAGE_TEXT_MAX);
    page_counted(&note, all->half_accounts, STR("makes half"), STR("make half"));
    plot_note(&plot, x, y, false, buf_text(&note));
    svg_text(page->out, STR("tick"), plot_x(&plot, 1) - 6, plot_y(&plot, 0) - 10, SVG_END,
             STR("dotted: the same use by all"));
    plot_close(&plot);
    buf_release(&note);
    mem_free(points);
}

static void curve_write(struct page *page, struct offenders *all)
{
    static const struct str heads[] = {
        STR_LIT("#Weeks with use"),  STR_LIT("#Accounts"),    STR_LIT("#Uses"),
        STR_LIT("#Accounts so far"), STR_LIT("#Uses so far"), STR_LIT("#Share of uses so far")};
    const struct study_concentration *concentration = &page->result->concentration;
    uint64_t accounts = 0, uses = 0;
    struct buf answer;

    buf_init(&answer, PAGE_TEXT_MAX);
    curve_answer(&answer, all, concentration->gini);
    all->answer = buf_text(&answer);
    page_plot_open(page, STR("How few accounts make most of it?"), all->answer);
    curve_draw(page, all);
    page_data_open(page, STR("Accounts by weeks with root use, most first"), heads,
                   sizeof heads / sizeof heads[0]);
    for (size_t n = concentration->use_max; n >= 1; n--) {
        uint64_t count = concentration->account_counts[n];
        if (count == 0) {
            continue;
        }
        accounts += count;
        uses += n * count;
        page_row_open(page);
        page_cell_count(page, n);
        page_cell_count(page, count);
        page_cell_count(page, n * count);
        page_cell_count(page, accounts);
        page_cell_count(page, uses);
        page_cell_share(page, uses, all->uses);
        page_row_close(page);
    }
    page_data_close(page);
    page_plot_close(page);
    buf_release(&answer);
}

/* Accounts by how often: the bands of weeks, whose last has no end. */
static void often_write(struct page *page, const struct offenders *all)
{
    static const struct {
        size_t from;
        struct str name;
    } bands[] = {
        {1, STR_LIT("1 week")},       {2, STR_LIT("2 weeks")},      {3, STR_LIT("3 weeks")},
        {4, STR_LIT("4 or 5 weeks")}, {6, STR_LIT("6 to 9 weeks")}, {10, STR_LIT("10 or more")},
    };
    enum { BAND_COUNT = sizeof bands / sizeof bands[0] };
    const struct study_concentration *concentration = &page->result->concentration;
    struct page_bar bars[BAND_COUNT];
    struct buf answer;

    for (size_t i = 0; i < BAND_COUNT; i++) {
        size_t to = i + 1 < BAND_COUNT ? bands[i + 1].from - 1 : concentration->use_max;
        bars[i] = (struct page_bar){
            .name = bands[i].name,
            .class = bands[i].from == 1 ? STR("s1") : STR("s2"),
            .whole = all->accounts,
        };
        for (size_t n = bands[i].from; n <= to && n <= concentration->use_max; n++) {
            bars[i].count += concentration->account_counts[n];
        }
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    page_share(&answer, all->repeat_accounts, all->accounts, STR("accounts"));
    buf_str(&answer, STR(" did so in two weeks or more; they make "));
    page_share(&answer, all->repeat_uses, all->uses, STR("uses"));
    buf_char(&answer, '.');
    page_bars_write(page, STR("How often does each account use it?"), buf_text(&answer),
                    STR("Weeks with root use"), STR("#Accounts"), bars, BAND_COUNT);
    buf_release(&answer);
}

static void size_write(struct page *page, uint64_t uses)
{
    static const struct {
        enum asset_class asset_class;
        struct str name;
    } classes[] = {
        {ASSET_SMALL, STR_LIT("small: up to 49 assets")},
        {ASSET_MEDIUM, STR_LIT("medium: 50 to 250")},
        {ASSET_LARGE, STR_LIT("large: over 250")},
        {ASSET_UNKNOWN, STR_LIT("not known")},
    };
    enum { CLASS_COUNT = sizeof classes / sizeof classes[0] };
    struct page_bar bars[CLASS_COUNT];
    uint64_t known = 0;
    struct buf answer;
    size_t most = 0, count = 0;

    for (size_t i = 0; i < CLASS_COUNT; i++) {
        uint64_t of_class = page->result->uses_by_class[classes[i].asset_class];
        bool is_known = classes[i].asset_class != ASSET_UNKNOWN;
        if (!is_known && of_class == 0) {
            continue;
        }
        bars[count] = (struct page_bar){.name = classes[i].name,
                                        .class = is_known ? STR("s1") : STR("s6"),
                                        .count = of_class,
                                        .whole = uses};
        known += is_known ? of_class : 0;
        most = is_known && of_class > bars[most].count ? i : most;
        count++;
    }
    buf_init(&answer, PAGE_TEXT_MAX);
    if (known == 0) {
        buf_str(&answer, STR("Not known: no account with root use has all its asset counts."));
    } else {
        buf_str(&answer, STR("The largest part of the uses, "));
        page_share(&answer, bars[most].count, uses, STR(""));
        buf_str(&answer, STR(", were in "));
        buf_str(&answer, asset_class_name(classes[most].asset_class));
        buf_str(&answer, STR(" accounts."));
    }
    page_bars_write(page, STR("In how large an account?"), buf_text(&answer),
                    STR("Size of the account"), STR("#Uses"), bars, count);
    buf_release(&answer);
}

void page_who_write(struct page *page)
{
    struct offenders all;

    if (!page_has_root(page)) {
        return;
    }
    all = offenders_count(&page->result->concentration);
    page_section_open(page, "who", STR("Who uses root?"));
    if (all.accounts == 0) {
        page_plot_open(page, STR(""),
                       page->result->sample_count == 0
                           ? STR("Not known: there is no sample.")
                           : STR("Nobody: no account's root was used in a week of a sample."));
        page_plot_close(page);
    } else {
        buf_str(page->out, STR("<div class=\"pair\">\n"));
        curve_write(page, &all);
        buf_str(page->out, STR("<div class=\"stack\">\n"));
        often_write(page, &all);
        size_write(page, all.uses);
        buf_str(page->out, STR("</div>\n</div>\n"));
    }
    page_section_close(page);
}
