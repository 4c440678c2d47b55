#include "rule/event_match.h"

#include "base/instant.h"
#include "rule/address.h"

enum { TEXT_SIZE_MAX = 2 * EVENT_SIZE_MAX, FOUND_SIZE_MAX = 120, FOUND_COUNT_MAX = 4 };

void match_context_init(struct match_context *context)
{
    *context = (struct match_context){.scratch = pattern_scratch_new()};
    buf_init(&context->text, TEXT_SIZE_MAX);
    buf_init(&context->other_text, TEXT_SIZE_MAX);
}

void match_context_release(struct match_context *context)
{
    pattern_scratch_free(context->scratch);
    buf_release(&context->text);
    buf_release(&context->other_text);
    *context = (struct match_context){0};
}

/* ---- one value ------------------------------------------------------------------------------ */

struct search {
    struct match_context *context;
    const struct event_match *match;
    enum truth truth; /* of the values so far: their or */
    struct str left;  /* FIELD: the value on the left */
};

static bool number_holds(enum number_op op, double a, double b)
{
    switch (op) {
    case NUMBER_EQ:
        return a == b;
    case NUMBER_NEQ:
        return a < b || a > b;
    case NUMBER_LT:
        return a < b;
    case NUMBER_LTE:
        return a <= b;
    case NUMBER_GT:
        return a > b;
    case NUMBER_GTE:
        return a >= b;
    }
    return false;
}

/* The digits of a time that instant_parse took. */
static int digits_at(struct str time, size_t at, size_t count)
{
    int value = 0;

    for (size_t i = at; i < at + count; i++) {
        value = value * 10 + (time.p[i] - '0');
    }
    return value;
}

/* ISO 8601: a week belongs to the year of its Thursday. Day 0 of the calendar was one. */
static int week_of(int year, int64_t day)
{
    int64_t thursday = day - (((day + 3) % 7) + 7) % 7 + 3;

    year += thursday < days_from_civil(year, 1, 1) ? -1 : 0;
    year += thursday >= days_from_civil(year + 1, 1, 1) ? 1 : 0;
    return (int)((thursday - days_from_civil(year, 1, 1)) / 7) + 1;
}

static int time_part_of(struct str time, enum time_part part)
{
    int year = digits_at(time, 0, 4), month = digits_at(time, 5, 2), day = digits_at(time, 8, 2);

    switch (part) {
    case PART_MINUTE:
        return digits_at(time, 14, 2);
    case PART_HOUR:
        return digits_at(time, 11, 2);
    case PART_DAY:
        return day;
    case PART_WEEK:
        return week_of(year, days_from_civil(year, month, day));
    case PART_MONTH:
        return month;
    case PART_YEAR:
        return year;
    }
    return 0;
}

static bool any_text_matches(const struct event_match *match, struct str text)
{
    for (uint32_t i = 0; i < match->text_count; i++) {
        if (text_matches(&match->texts[i], text)) {
            return true;
        }
    }
    return false;
}

static enum truth regex_truth(struct search *search, struct str text, bool wanted)
{
    bool found = false;

    return pattern_search(search->match->pattern, text, search->context->scratch, &found)
               ? truth_of(found == wanted)
               : TRUTH_UNKNOWN;
}

/* What the value's text says, for operations that have one. */
static enum truth text_truth(struct search *search, const struct event *event,
                             const struct event_node *node)
{
    const struct event_match *match = search->match;
    struct str text = event_node_text(event, node, &search->context->text);
    double number = 0;
    int64_t at = 0;

    switch (match->op) {
    case MATCH_TEXT:
        return truth_of(any_text_matches(match, text));
    case MATCH_DIFFERS:
        return truth_of(!any_text_matches(match, text));
    case MATCH_REGEX:
        return regex_truth(search, text, true);
    case MATCH_NO_REGEX:
        return regex_truth(search, text, false);
    case MATCH_NUMBER:
        return truth_of(
            (node->kind == EVENT_NUMBER || (node->kind == EVENT_STRING && !match->is_plain)) &&
            event_number(text, &number) && number_holds(match->compare, number, match->number));
    case MATCH_CIDR:
        return truth_of(address_in(text, match->text));
    case MATCH_TIME_PART:
        return truth_of(
            node->kind == EVENT_STRING && instant_parse(text, &at) &&
            number_holds(match->compare, time_part_of(text, match->part), match->number));
    case MATCH_NULL:
    case MATCH_EXISTS:
    case MATCH_FIELD:
    case MATCH_IS_NULL:
    case MATCH_IS_TRUE:
    case MATCH_IS_FALSE:
        break;
    }
    return TRUTH_FALSE;
}

static bool visit_value(void *shared, const struct event *event, const struct event_node *node)
{
    struct search *search = shared;
    const struct event_match *match = search->match;
    enum truth truth = TRUTH_FALSE;

    if (match->op == MATCH_IS_NULL) {
        truth = truth_of(node->kind == EVENT_NULL);
    } else if (match->op == MATCH_IS_TRUE || match->op == MATCH_IS_FALSE) {
        truth = truth_of(node->kind == (match->op == MATCH_IS_TRUE ? EVENT_TRUE : EVENT_FALSE));
    } else if (match->op == MATCH_NULL) {
        truth = truth_of(node->kind != EVENT_NULL); /* of the opposite */
    } else if (node->kind != EVENT_NULL &&
               (!match->is_plain || node->kind == EVENT_STRING || node->kind == EVENT_NUMBER)) {
        truth = text_truth(search, event, node);
    }
    search->truth = truth_or(search->truth, truth);
    return search->truth == TRUTH_TRUE;
}

/* ---- two fields ----------------------------------------------------------------------------- */

static bool fold_equal(struct str a, struct str b, bool is_cased)
{
    return is_cased ? str_eq(a, b) : str_eq_nocase(a, b);
}

static bool field_holds(const struct event_match *match, struct str a, struct str b)
{
    if (match->is_begin && match->is_end) {
        for (size_t i = 0; i + b.n <= a.n; i++) {
            if (fold_equal(str_sub(a, i, i + b.n), b, match->is_cased)) {
                return true;
            }
        }
        return false;
    }
    if (b.n > a.n) {
        return false;
    }
    if (match->is_begin) {
        return fold_equal(str_sub(a, 0, b.n), b, match->is_cased);
    }
    return fold_equal(match->is_end ? str_sub(a, a.n - b.n, a.n) : a, b, match->is_cased);
}

static bool visit_right(void *shared, const struct event *event, const struct event_node *node)
{
    struct search *search = shared;

    if (node->kind == EVENT_NULL) {
        return false;
    }
    if (field_holds(search->match, search->left,
                    event_node_text(event, node, &search->context->other_text))) {
        search->truth = TRUTH_TRUE;
        return true;
    }
    return false;
}

static bool visit_left(void *shared, const struct event *event, const struct event_node *node)
{
    struct search *search = shared;

    if (node->kind == EVENT_NULL) {
        return false;
    }
    search->left = event_node_text(event, node, &search->context->text);
    return event_visit(event, &search->match->other, visit_right, search);
}

enum truth event_match_truth(struct match_context *context, const struct event_match *match,
                             const struct event *event)
{
    struct search search = {.context = context, .match = match};

    if (match->op == MATCH_EXISTS) {
        return truth_of(event_has(event, &match->path));
    }
    if (match->op == MATCH_FIELD) {
        (void)event_visit(event, &match->path, visit_left, &search);
        return search.truth;
    }
    if (match->path.step_count == 0) {
        (void)event_visit_all(event, visit_value, &search);
    } else {
        (void)event_visit(event, &match->path, visit_value, &search);
    }
    return match->op == MATCH_NULL ? truth_not(search.truth) : search.truth;
}

/* ---- for people ----------------------------------------------------------------------------- */

static void write_number(struct buf *out, double number)
{
    buf_printf(out, "%.15g", number);
}

static void write_texts(struct buf *out, const struct event_match *match)
{
    for (uint32_t i = 0; i < match->text_count; i++) {
        buf_str(out, i == 0 ? STR("\"") : STR(", \""));
        text_match_write(out, &match->texts[i]);
        buf_str(out, match->texts[i].is_cased ? STR("\" (cased)") : STR("\""));
    }
}

static void write_other(struct buf *out, const struct event_match *match)
{
    buf_str(out, match->is_begin && match->is_end ? STR("contains the field ")
                 : match->is_begin                ? STR("begins with the field ")
                 : match->is_end                  ? STR("ends with the field ")
                                                  : STR("equals the field "));
    buf_str(out, match->other.text);
}

void event_match_write(struct buf *out, const struct event_match *match)
{
    static const char *const compares[] = {"=", "!=", "<", "<=", ">", ">="};
    static const char *const parts[] = {"minute", "hour", "day", "week", "month", "year"};

    buf_str(out, match->path.step_count == 0 ? STR("any value") : match->path.text);
    buf_char(out, ' ');
    switch (match->op) {
    case MATCH_TEXT:
        buf_str(out, match->text_count == 1 ? STR("is ") : STR("is one of "));
        write_texts(out, match);
        return;
    case MATCH_DIFFERS:
        buf_str(out, STR("is a value other than "));
        write_texts(out, match);
        return;
    case MATCH_REGEX:
    case MATCH_NO_REGEX:
        buf_printf(out, "%s /%.*s/", match->op == MATCH_REGEX ? "matches" : "is a value without",
                   STR_ARG(match->text));
        return;
    case MATCH_NUMBER:
        buf_printf(out, "%s ", compares[match->compare]);
        write_number(out, match->number);
        return;
    case MATCH_CIDR:
        buf_printf(out, "is an address in %.*s", STR_ARG(match->text));
        return;
    case MATCH_NULL:
        buf_str(out, STR("is null or not there"));
        return;
    case MATCH_EXISTS:
        buf_str(out, STR("is there"));
        return;
    case MATCH_FIELD:
        write_other(out, match);
        return;
    case MATCH_TIME_PART:
        buf_printf(out, "has the %s %s ", parts[match->part], compares[match->compare]);
        write_number(out, match->number);
        return;
    case MATCH_IS_NULL:
        buf_str(out, STR("is null"));
        return;
    case MATCH_IS_TRUE:
        buf_str(out, STR("is true"));
        return;
    case MATCH_IS_FALSE:
        buf_str(out, STR("is false"));
        return;
    }
}

struct finder {
    struct buf *out;
    struct match_context *context;
    unsigned count;
};

static void write_cut(struct buf *out, struct str text)
{
    buf_char(out, '"');
    for (size_t i = 0; i < text.n && i < FOUND_SIZE_MAX; i++) {
        unsigned char c = (unsigned char)text.p[i];
        buf_char(out, c < 0x20 || c == 0x7f ? '?' : (char)c);
    }
    buf_str(out, text.n > FOUND_SIZE_MAX ? STR("\"...") : STR("\""));
}

static bool visit_found(void *shared, const struct event *event, const struct event_node *node)
{
    struct finder *finder = shared;

    if (finder->count == FOUND_COUNT_MAX) {
        buf_str(finder->out, STR(", ..."));
        return true;
    }
    buf_str(finder->out, finder->count++ == 0 ? STR("") : STR(", "));
    if (node->kind == EVENT_NULL) {
        buf_str(finder->out, STR("null"));
    } else {
        write_cut(finder->out, event_node_text(event, node, &finder->context->text));
    }
    return false;
}

static void write_found(struct buf *out, struct match_context *context,
                        const struct event_path *path, const struct event *event)
{
    struct finder finder = {.out = out, .context = context};

    buf_str(out, path->text);
    buf_str(out, STR(" = "));
    (void)event_visit(event, path, visit_found, &finder);
    if (finder.count == 0) {
        buf_str(out, event_has(event, path) ? STR("an empty list") : STR("not there"));
    }
}

void event_match_write_found(struct buf *out, struct match_context *context,
                             const struct event_match *match, const struct event *event)
{
    if (match->path.step_count == 0) {
        buf_str(out, STR("(every value of the event)"));
        return;
    }
    write_found(out, context, &match->path, event);
    if (match->op == MATCH_FIELD) {
        buf_str(out, STR(", "));
        write_found(out, context, &match->other, event);
    }
}
