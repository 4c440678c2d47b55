#include "study/page_published.h"

#include "base/instant.h"
#include "render/number.h"

/* A number as it was printed: its units are 10 to the power of minus `decimals`. */
struct printed {
    int64_t units;
    unsigned decimals;
    bool is_percent, is_over, is_about;
};

static bool take_word(struct str *text, struct str word)
{
    if (!str_starts(*text, word)) {
        return false;
    }
    *text = str_sub(*text, word.n, text->n);
    return true;
}

/* "1,331", "over 3", "2.8%". */
static bool take_printed(struct str *text, struct printed *out)
{
    struct printed number = {0};
    size_t at = 0, digits = 0;
    bool has_point = false;

    number.is_over = take_word(text, STR("over "));
    number.is_about = take_word(text, STR("about "));
    for (; at < text->n && digits < 15; at++) {
        char c = text->p[at];
        if (c >= '0' && c <= '9') {
            number.units = number.units * 10 + (c - '0');
            number.decimals += has_point;
            digits++;
        } else if (c == '.' && !has_point) {
            has_point = true;
        } else if (c != ',') {
            break;
        }
    }
    if (digits == 0) {
        return false;
    }
    *text = str_sub(*text, at, text->n);
    number.is_percent = take_word(text, STR("%"));
    *out = number;
    return true;
}

/* "August 2011" as the first day of that month. */
static bool take_month(struct str text, int *year, int *month)
{
    static const struct str names[] = {
        STR_LIT("January"),   STR_LIT("February"), STR_LIT("March"),    STR_LIT("April"),
        STR_LIT("May"),       STR_LIT("June"),     STR_LIT("July"),     STR_LIT("August"),
        STR_LIT("September"), STR_LIT("October"),  STR_LIT("November"), STR_LIT("December"),
    };
    struct str name;
    uint64_t number;

    if (!str_cut(&text, ' ', &name) || !str_to_u64(text, &number) || number > 9999) {
        return false;
    }
    for (int i = 0; i < 12; i++) {
        if (str_eq(name, names[i])) {
            *year = (int)number;
            *month = i + 1;
            return true;
        }
    }
    return false;
}

static bool share_of(const struct study_figure *figure, double *percent)
{
    if (figure->whole_divisor == 0 || figure->whole == 0) {
        return false;
    }
    *percent = 100.0 * (double)figure->part * (double)figure->whole_divisor / (double)figure->whole;
    return true;
}

static bool value_of(const struct study_figure *figure, double *value)
{
    if (figure->type == STUDY_COUNT) {
        *value = (double)figure->sum;
        return true;
    }
    if (figure->type == STUDY_MEAN && figure->divisor > 0) {
        *value = (double)figure->sum / (double)figure->divisor;
        return true;
    }
    return false;
}

/* Ours rounded as theirs was, minus theirs, in the units of theirs. */
static int64_t difference_of(double ours, const struct printed *theirs)
{
    double scale = 1;

    for (unsigned i = 0; i < theirs->decimals; i++) {
        scale *= 10;
    }
    return (int64_t)(ours * scale + 0.5) - theirs->units;
}

static void units_write(struct buf *out, int64_t difference, unsigned decimals)
{
    uint64_t size = (uint64_t)(difference < 0 ? -difference : difference), scale = 1;

    for (unsigned i = 0; i < decimals; i++) {
        scale *= 10;
    }
    buf_str(out, difference < 0 ? STR("\u2212") : STR("+"));
    number_grouped(out, size / scale);
    if (decimals > 0) {
        buf_printf(out, ".%0*u", (int)decimals, (unsigned)(size % scale));
    }
}

/* Whether a number of theirs holds for ours; what differs is appended. */
static bool printed_holds(struct buf *out, const struct study_figure *figure,
                          const struct printed *theirs, struct str what)
{
    double ours = 0;

    if (theirs->is_percent ? !share_of(figure, &ours) : !value_of(figure, &ours)) {
        buf_str(out, what);
        buf_str(out, STR("not computed"));
        return false;
    }
    int64_t difference = difference_of(ours, theirs);
    if (theirs->is_over) {
        double scale = 1;
        for (unsigned i = 0; i < theirs->decimals; i++) {
            scale *= 10;
        }
        if (ours * scale > (double)theirs->units) {
            return true;
        }
    } else if (difference == 0 || (theirs->is_about && difference >= -1 && difference <= 1)) {
        return true;
    }
    buf_str(out, what);
    units_write(out, difference, theirs->decimals);
    buf_str(out, theirs->is_percent ? STR(" points") : STR(""));
    return false;
}

static enum page_published date_compare(struct buf *out, const struct study_figure *figure)
{
    int year, month;

    if (!take_month(figure->published, &year, &month)) {
        return PUBLISHED_UNREAD;
    }
    struct civil ours = civil_from_days(figure->date / SECONDS_PER_DAY);
    int months = (ours.year - year) * 12 + ours.month - month;
    if (months == 0) {
        buf_str(out, STR("none"));
        return PUBLISHED_SAME;
    }
    units_write(out, months, 0);
    buf_str(out, months == 1 || months == -1 ? STR(" month") : STR(" months"));
    return PUBLISHED_OTHER;
}

enum page_published page_published_compare(struct buf *out, const struct study_figure *figure)
{
    struct str rest = figure->published;
    struct printed value, share;
    bool is_same, has_share = false;

    if (rest.n == 0) {
        return PUBLISHED_NOT;
    }
    if (figure->type == STUDY_DATE) {
        return date_compare(out, figure);
    }
    if (!take_printed(&rest, &value)) {
        return PUBLISHED_UNREAD;
    }
    if (take_word(&rest, STR(" ("))) {
        has_share = take_printed(&rest, &share) && take_word(&rest, STR(")"));
        if (!has_share) {
            return PUBLISHED_UNREAD;
        }
    }
    if (rest.n > 0) {
        return PUBLISHED_UNREAD;
    }
    is_same = printed_holds(out, figure, &value, STR(""));
    if (has_share) {
        is_same = printed_holds(out, figure, &share, is_same ? STR("share ") : STR(", share ")) &&
                  is_same;
    }
    if (is_same) {
        buf_str(out, STR("none"));
    }
    return is_same ? PUBLISHED_SAME : PUBLISHED_OTHER;
}
