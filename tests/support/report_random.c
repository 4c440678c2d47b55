#include "support/report_random.h"

#include "base/instant.h"
#include "support/value_random.h"

static const int generations[] = {16, 22, 23};

void report_random_begin(struct report_random *report, struct random *random)
{
    int width = generations[random_below(random, 3)];
    bool lacks_some = random_chance(random, 40), is_shuffled = random_chance(random, 30);

    *report = (struct report_random){.random = random, .is_clean = random_chance(random, 50)};
    for (int i = 0; i < width; i++) {
        bool is_needed = i == COLUMN_USER || i == COLUMN_ARN;
        if (is_needed || !lacks_some || !random_chance(random, 20)) {
            report->columns[report->column_count++] = i;
        }
    }
    if (random_chance(random, 30)) {
        report->columns[report->column_count++] = COLUMN_COUNT;
    }
    for (size_t i = report->column_count - 1; is_shuffled && i > 0; i--) {
        size_t j = random_below(random, i + 1);
        int column = report->columns[i];
        report->columns[i] = report->columns[j];
        report->columns[j] = column;
    }
}

void report_random_header(const struct report_random *report, struct buf *out)
{
    for (size_t i = 0; i < report->column_count; i++) {
        buf_str(out, i == 0 ? STR("") : STR(","));
        buf_str(out, report->columns[i] >= COLUMN_COUNT
                         ? STR("team")
                         : report_column_name((enum report_column)report->columns[i]));
    }
    buf_char(out, '\n');
}

void report_random_cell(struct buf *out, struct str cell)
{
    bool needs_quotes = false;

    for (size_t i = 0; i < cell.n; i++) {
        needs_quotes |=
            cell.p[i] == ',' || cell.p[i] == '"' || cell.p[i] == '\n' || cell.p[i] == '\r';
    }
    if (!needs_quotes) {
        buf_str(out, cell);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"') {
            buf_char(out, '"');
        }
        buf_char(out, cell.p[i]);
    }
    buf_char(out, '"');
}

static void put_time(struct random *random, struct buf *out)
{
    static const int64_t days[] = {0, 1, 2, 7, 14, 28, 44, 45, 46, 89, 90, 91, 400};
    int64_t at = VALUE_RANDOM_NOW -
                 days[random_below(random, sizeof days / sizeof days[0])] * SECONDS_PER_DAY;

    at += random_chance(random, 60) ? (int64_t)random_below(random, 3) - 1
                                    : (int64_t)random_below(random, 24) - 12;
    instant_write(out, at);
    if (random_chance(random, 10)) {
        out->n--; /* the Z */
        buf_str(out, random_chance(random, 50) ? STR("+00:00") : STR(".25Z"));
    }
}

static void put_odd(struct random *random, struct buf *out)
{
    static const struct str odd[] = {STR_LIT("N/A"),
                                     STR_LIT("no_information"),
                                     STR_LIT("not_supported"),
                                     STR_LIT(""),
                                     STR_LIT("true"),
                                     STR_LIT("false"),
                                     STR_LIT("2026-02-30T00:00:00Z"),
                                     STR_LIT("maybe"),
                                     STR_LIT("n/a"),
                                     STR_LIT("2026-11-01"),
                                     STR_LIT("0001-01-01T00:00:00Z"),
                                     STR_LIT("9999-12-31T23:59:59Z"),
                                     STR_LIT("2026-10-31T00:00:00+01:00")};

    buf_str(out, RANDOM_PICK(random, odd));
}

static void put_flag(struct random *random, struct buf *out)
{
    static const struct str flags[] = {STR_LIT("true"),  STR_LIT("false"), STR_LIT("TRUE"),
                                       STR_LIT("False"), STR_LIT("true"),  STR_LIT("false")};

    buf_str(out, RANDOM_PICK(random, flags));
}

static void put_text(struct report_random *report, int column, struct buf *out)
{
    static const struct str names[] = {STR_LIT("ann"),   STR_LIT("bob"),        STR_LIT("a,b"),
                                       STR_LIT("\"q\""), STR_LIT("two\nlines"), STR_LIT("10.1.2.3"),
                                       STR_LIT("<b>"),   STR_LIT("=1+1")};
    static const struct str arns[] = {STR_LIT("arn:aws:iam::123456789012:user/ann"),
                                      STR_LIT("arn:aws-cn:iam::123456789012:user/a/b/bob"),
                                      STR_LIT("arn:aws:iam::12345678901:user/x"), STR_LIT("N/A"),
                                      STR_LIT("arn:aws:iam::123456789012:root")};
    static const struct str words[] = {STR_LIT("us-east-1"), STR_LIT("s3"), STR_LIT("N/A"),
                                       STR_LIT("eu-west-1"), STR_LIT("")};
    struct random *random = report->random;

    unsigned root_percent = report->is_unique ? 0 : 5;

    if (report->row_count == 0) {
        root_percent = report->is_unique ? 100 : 70;
    }
    if (column == COLUMN_USER && random_chance(random, root_percent)) {
        buf_str(out, STR("<root_account>"));
    } else if (column == COLUMN_USER && report->is_unique) {
        buf_printf(out, "\"%zu,\"\"", report->row_count);
        buf_str(out, RANDOM_PICK(random, words));
        buf_char(out, '"');
    } else if (column == COLUMN_USER || column == COLUMN_COUNT) {
        report_random_cell(out, RANDOM_PICK(random, names));
    } else if (column == COLUMN_ARN) {
        buf_str(out, RANDOM_PICK(random, arns));
    } else {
        buf_str(out, RANDOM_PICK(random, words));
    }
}

static void put_cell(struct report_random *report, int column, struct buf *out)
{
    struct random *random = report->random;
    enum column_type type =
        column >= COLUMN_COUNT ? COLUMN_IS_TEXT : report_column_type((enum report_column)column);

    if (type == COLUMN_IS_TEXT) {
        put_text(report, column, out);
    } else if (random_chance(random, report->is_clean ? 3 : 15)) {
        put_odd(random, out);
    } else if (type == COLUMN_IS_BOOL) {
        put_flag(random, out);
    } else if (random_chance(random, 25)) {
        buf_str(out, random_chance(random, 70) ? STR("N/A") : STR("no_information"));
    } else {
        put_time(random, out);
    }
}

void report_random_row(struct report_random *report, struct buf *out)
{
    for (size_t i = 0; i < report->column_count; i++) {
        buf_str(out, i == 0 ? STR("") : STR(","));
        put_cell(report, report->columns[i], out);
    }
    buf_char(out, '\n');
    report->row_count++;
}
