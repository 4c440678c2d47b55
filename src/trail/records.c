#include "trail/records.h"

#include <assert.h>
#include <string.h>

/* What comes next. */
enum state {
    STATE_BOM,    /* the beginning of the file */
    STATE_FIRST,  /* a value, or the end of the list; between values of the text itself too */
    STATE_BEHIND, /* behind a value: a comma or the end of the list */
    STATE_ITEM,   /* behind a comma: a value */
    STATE_HEAD,   /* an object of the text itself: does a list begin with it? */
    STATE_VALUE,  /* the end of the value that begins at `at` */
    STATE_TAIL,   /* the end of the object that held the list */
    STATE_FAILED,
};

void records_init(struct records *records, enum simd_level simd)
{
    *records = (struct records){.find = structure_choose(simd)};
}

/* A list, or the object around one, begins or ends at `at`: brackets are counted from there. */
static void restart(struct records *records, size_t at, int64_t depth)
{
    records->at = at;
    records->structure = (struct structure){.at = at, .depth = depth};
    records->end_count = records->end_next = 0;
}

static void list_begin(struct records *records, enum records_list list, size_t at)
{
    restart(records, at, 0);
    records->list = list;
    records->is_first = true;
    records->state = STATE_FIRST;
}

/* Over what is no part of a value. */
static void advance(struct records *records, size_t at)
{
    records->at = at;
    if (records->structure.at < at) {
        records->structure.at = at;
    }
}

void records_begin(struct records *records)
{
    records->text = (struct str){0};
    records->is_last = false;
    records->lost = 0;
    list_begin(records, RECORDS_VALUES, 0);
    records->state = STATE_BOM;
}

size_t records_keep(const struct records *records)
{
    return records->at;
}

void records_show(struct records *records, struct str text, bool is_last)
{
    size_t dropped = records->at;

    assert(records->structure.at >= dropped && records->end_next == records->end_count);
    records->structure.at -= dropped;
    records->lost += dropped;
    records->at = 0;
    records->text = text;
    records->is_last = is_last;
}

static enum records_step fail(struct records *records, const char *what, struct err *err)
{
    unsigned long long offset = records->lost + records->at;

    records->state = STATE_FAILED;
    (void)err_set(err, ERR_INPUT, "%s (byte %llu of the JSON)", what, offset);
    return RECORDS_FAILED;
}

static enum records_step need_more(struct records *records, struct err *err)
{
    if (!records->is_last) {
        return records->text.n - records->at <= RECORD_SIZE_MAX
                   ? RECORDS_MORE
                   : fail(records, "a record of more than 4 MiB begins here", err);
    }
    if (records->list == RECORDS_VALUES && records->state == STATE_FIRST) {
        return RECORDS_END;
    }
    return fail(records, "the text ends early: what begins here has no end", err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.n && is_blank(text.p[at])) {
        at++;
    }
    return at;
}

/* ---- lists ---------------------------------------------------------------------------------- */

enum head { HEAD_LIST, HEAD_OTHER, HEAD_CUT };

/* Whether the object at `at` begins with the member `name` and an array; *behind its bracket. */
static enum head head_look(struct str text, size_t at, struct str name, size_t *behind)
{
    const struct str parts[] = {STR("{"), name, STR(":"), STR("[")};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t left = 0;
        at = skip_blanks(text, at);
        left = text.n - at < parts[i].n ? text.n - at : parts[i].n;
        if (memcmp(text.p + at, parts[i].p, left) != 0) {
            return HEAD_OTHER;
        }
        if (left < parts[i].n) {
            return HEAD_CUT;
        }
        at += left;
    }
    *behind = at;
    return HEAD_LIST;
}

/* At the brace of an object of the text itself. False: more of it is needed to tell. */
static bool take_head(struct records *records)
{
    static const struct {
        struct str name;
        enum records_list list;
    } lists[] = {{STR_LIT("\"Records\""), RECORDS_DELIVERED},
                 {STR_LIT("\"Events\""), RECORDS_EVENTS}};
    size_t behind = 0;

    records->state = STATE_VALUE;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        enum head head = head_look(records->text, records->at, lists[i].name, &behind);
        if (head == HEAD_LIST) {
            list_begin(records, lists[i].list, behind);
            return true;
        }
        if (head == HEAD_CUT && !records->is_last) {
            records->state = STATE_HEAD;
            return false;
        }
    }
    return true;
}

/* At the bracket that closes a list. */
static void take_list_end(struct records *records)
{
    bool is_array = records->list == RECORDS_ARRAY;

    list_begin(records, RECORDS_VALUES, records->at + 1);
    if (!is_array) {
        records->structure.depth = 1;
        records->state = STATE_TAIL;
    }
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* The next closing bracket of the outermost level, or false when there is none in the text. */
static bool take_end(struct records *records, size_t *end)
{
    while (records->end_next == records->end_count) {
        if (records->structure.at >= records->text.n) {
            return false;
        }
        records->end_next = 0;
        records->end_count =
            records->find(records->text.p, records->text.n, &records->structure, records->ends,
                          sizeof records->ends / sizeof *records->ends);
    }
    *end = records->ends[records->end_next++];
    return true;
}

static enum records_step step_value(struct records *records, struct record *record, struct err *err)
{
    size_t end = 0;

    if (!take_end(records, &end)) {
        return need_more(records, err);
    }
    if (end - records->at >= RECORD_SIZE_MAX) {
        return fail(records, "a record of more than 4 MiB begins here", err);
    }
    *record = (struct record){
        .text = str_sub(records->text, records->at, end + 1),
        .at = records->at,
        .list = records->list,
        .is_first = records->is_first,
    };
    records->is_first = false;
    records->at = end + 1;
    records->state = records->list == RECORDS_VALUES ? STATE_FIRST : STATE_BEHIND;
    return RECORDS_ONE;
}

/* Up to the next value or the end of the list. False: *step says what came up. */
static bool step_between(struct records *records, enum records_step *step, struct err *err)
{
    bool is_list = records->list != RECORDS_VALUES, is_behind = records->state == STATE_BEHIND;
    char c = '\0';

    advance(records, skip_blanks(records->text, records->at));
    if (records->at == records->text.n) {
        *step = need_more(records, err);
        return false;
    }
    c = records->text.p[records->at];
    if (c == ',' && is_behind) {
        advance(records, records->at + 1);
        records->state = STATE_ITEM;
    } else if (c == ']' && is_list && records->state != STATE_ITEM) {
        take_list_end(records);
    } else if (c == '{' && !is_behind) {
        records->state = is_list ? STATE_VALUE : STATE_HEAD;
    } else if (c == '[' && !is_list) {
        list_begin(records, RECORDS_ARRAY, records->at + 1);
    } else {
        *step = fail(records, "no record where one should be", err);
        return false;
    }
    return true;
}

static bool step_tail(struct records *records, enum records_step *step, struct err *err)
{
    size_t end = 0;

    if (!take_end(records, &end)) {
        *step = need_more(records, err);
        return false;
    }
    list_begin(records, RECORDS_VALUES, end + 1);
    return true;
}

static bool step_bom(struct records *records, enum records_step *step, struct err *err)
{
    if (records->text.n < 3 && !records->is_last) {
        *step = need_more(records, err);
        return false;
    }
    list_begin(records, RECORDS_VALUES, str_starts(records->text, STR("\xEF\xBB\xBF")) ? 3 : 0);
    return true;
}

enum records_step records_next(struct records *records, struct record *record, struct err *err)
{
    enum records_step step = RECORDS_FAILED;
    bool goes_on = true;

    while (goes_on) {
        switch ((enum state)records->state) {
        case STATE_VALUE:
            return step_value(records, record, err);
        case STATE_FIRST:
        case STATE_BEHIND:
        case STATE_ITEM:
            goes_on = step_between(records, &step, err);
            break;
        case STATE_HEAD:
            goes_on = take_head(records);
            if (!goes_on) {
                step = need_more(records, err);
            }
            break;
        case STATE_TAIL:
            goes_on = step_tail(records, &step, err);
            break;
        case STATE_BOM:
            goes_on = step_bom(records, &step, err);
            break;
        case STATE_FAILED:
            return err_set(err, ERR_INPUT, "not read on after an error"), RECORDS_FAILED;
        }
    }
    return step;
}
