#include "trail/prefilter.h"

#include <string.h>

#include "base/hash.h"
#include "trail/prefilter_parts.h"

/* One record. */
struct question {
    const struct prefilter *prefilter;
    struct str record;
    uint64_t *rules;
    bool is_any; /* some rule may match */
    struct prefilter_scratch *scratch;
};

uint64_t prefilter_value_hash(uint32_t name, struct str folded)
{
    return hash_bytes(name, folded);
}

static void add_rules(struct question *question, struct rule_span span)
{
    const uint32_t *list = question->prefilter->rule_lists + span.first;

    for (uint32_t i = 0; i < span.count; i++) {
        question->rules[list[i] / 64] |= UINT64_C(1) << list[i] % 64;
    }
    question->is_any = question->is_any || span.count > 0;
}

static void add_all(struct question *question)
{
    const struct prefilter *prefilter = question->prefilter;

    memset(question->rules, 0xFF, prefilter->words * sizeof *question->rules);
    question->rules[prefilter->words - 1] = (UINT64_C(1) << prefilter->rule_count % 64) - 1;
    question->is_any = prefilter->rule_count > 0;
    question->scratch->watched_may_hide = true;
}

/* ---- escapes -------------------------------------------------------------------------------- */

/* Whether the escape at `at` may stand for a character that something looks for. What is no escape
 * at all, since its backslash is itself escaped, may count as one. */
static bool escape_hides(const struct prefilter *prefilter, struct str record, size_t at)
{
    unsigned code = 0;

    if (record.n - at < 2 || record.p[at + 1] != 'u') {
        return record.n - at >= 2 && record.p[at + 1] == '/' && prefilter->alphabet['/'];
    }
    if (record.n - at < 6) {
        return true;
    }
    for (size_t i = at + 2; i < at + 6; i++) {
        int value = str_hex_digit(record.p[i]);
        if (value < 0) {
            return true;
        }
        code = code << 4 | (unsigned)value;
    }
    return code < 128 ? prefilter->alphabet[code] : !prefilter->is_ascii;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t skip_blanks(struct str record, size_t at)
{
    while (at < record.n && is_blank(record.p[at])) {
        at++;
    }
    return at;
}

static void look_up(struct question *question, uint32_t name, struct str text)
{
    const struct prefilter *prefilter = question->prefilter;
    char folded[VALUE_SIZE_MAX] = "";
    struct str value = {folded, text.n};

    for (size_t i = 0; i < text.n; i++) {
        folded[i] = prefilter_fold(text.p[i]);
    }
    for (size_t slot = prefilter_value_hash(name, value) & prefilter->slot_mask;
         prefilter->slots[slot] != PREFILTER_NONE; slot = (slot + 1) & prefilter->slot_mask) {
        const struct name_value *known = &prefilter->values[prefilter->slots[slot]];
        if (known->name == name && str_eq(known->text, value)) {
            add_rules(question, known->rules);
            return;
        }
    }
}

static size_t value_end(struct str record, size_t at, bool is_string)
{
    size_t end = at, end_max = record.n - at < VALUE_SIZE_MAX ? record.n : at + VALUE_SIZE_MAX;

    while (end < end_max &&
           (is_string ? record.p[end] != '"' : strchr(",}] \t\r\n", record.p[end]) == NULL)) {
        end++;
    }
    return end;
}

/* A name's value begins at `at`, behind its quote if it has one. */
static void take_value(struct question *question, const struct finder *finder, size_t at,
                       bool is_string)
{
    struct str record = question->record;
    const struct gate *gate = &finder->gate;
    size_t bit = 0;

    if (likely(record.n - at >= sizeof gate->mask)) {
        bit = prefilter_gate_bit(gate, record.p + at);
        if (likely((gate->bits[bit / 64] >> bit % 64 & 1) == 0)) {
            return;
        }
    }
    look_up(question, finder->name, str_sub(record, at, value_end(record, at, is_string)));
}

/* Behind a name: the colon and the value, if it is a name. */
static void take_name(struct question *question, const struct finder *finder, size_t at)
{
    struct str record = question->record;

    if (likely(record.n - at > 2 && record.p[at] == ':' && record.p[at + 1] == '"')) {
        take_value(question, finder, at + 2, true);
        return;
    }
    at = skip_blanks(record, at);
    if (at == record.n || record.p[at] != ':') {
        return;
    }
    at = skip_blanks(record, at + 1);
    if (at < record.n && record.p[at] == '[') {
        add_rules(question, finder->rules);
    } else if (at < record.n) {
        bool is_string = record.p[at] == '"';
        take_value(question, finder, at + is_string, is_string);
    }
}

/* ---- hits ----------------------------------------------------------------------------------- */

static bool equals_folded(struct str folded, const char *p)
{
    for (size_t i = 0; i < folded.n; i++) {
        if (prefilter_fold(p[i]) != folded.p[i]) {
            return false;
        }
    }
    return true;
}

/* Names are short and this is done for each record: a call would cost more than it does. */
static bool equals(struct str text, const char *p)
{
    uint64_t a = 0, b = 0;

    if (text.n < sizeof a || text.n > 2 * sizeof a) {
        return memcmp(text.p, p, text.n) == 0;
    }
    a = hash_load(text.p) ^ hash_load(p);
    b = hash_load(text.p + text.n - sizeof b) ^ hash_load(p + text.n - sizeof b);
    return (a | b) == 0;
}

static void take_finder(struct question *question, const struct finder *finder, size_t at)
{
    struct str record = question->record;
    size_t begin = at - finder->window;

    if (at < finder->window || record.n - begin < finder->text.n) {
        return;
    }
    if (finder->kind == FINDER_TEXT) {
        if (equals_folded(finder->text, record.p + begin)) {
            add_rules(question, finder->rules);
        }
    } else if (!equals(finder->text, record.p + begin)) {
        return;
    } else if (finder->kind == FINDER_NAME) {
        take_name(question, finder, begin + finder->text.n);
    } else {
        question->scratch->watched_end = begin + finder->text.n;
    }
}

static void take_hit(struct question *question, size_t at)
{
    const struct prefilter *prefilter = question->prefilter;
    struct str record = question->record;

    if (unlikely(record.p[at] == '\\') && escape_hides(prefilter, record, at)) {
        add_all(question);
    } else if (likely(record.n - at >= NEEDLE_SIZE)) {
        uint32_t next = prefilter->windows[prefilter_window_slot(record.p + at)];
        while (next != PREFILTER_NONE) {
            const struct finder *finder = &prefilter->finders[next];
            take_finder(question, finder, at);
            next = finder->next;
        }
    }
}

bool prefilter_ask(const struct prefilter *prefilter, struct prefilter_scratch *scratch,
                   struct str record, uint64_t *rules)
{
    struct question question = {prefilter, record, rules, prefilter->open_count > 0, scratch};

    scratch->watched_end = 0;
    scratch->watched_may_hide = false;
    for (size_t i = 0; i < prefilter->words; i++) {
        rules[i] = prefilter->open[i];
    }
    for (size_t at = 0; at < record.n;) {
        size_t left = record.n - at;
        size_t n = left < NEEDLES_TEXT_MAX ? left : NEEDLES_TEXT_MAX;
        size_t count =
            prefilter->find(&prefilter->needles, record.p + at, n, left - n, scratch->hits);
        for (size_t i = 0; i < count; i++) {
            take_hit(&question, at + scratch->hits[i]);
        }
        at += n;
    }
    return question.is_any;
}

size_t prefilter_words(const struct prefilter *prefilter)
{
    return prefilter->words;
}

size_t prefilter_open_count(const struct prefilter *prefilter)
{
    return prefilter->open_count;
}
