/* Makes a prefilter of rules: literals into needs, needs into finders and values, those into
 * needles. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rule/literals.h"
#include "trail/prefilter_parts.h"

enum {
    ARENA_SIZE_MAX = 256 << 20,
    GATE_LOG_MIN = 8,
    GATE_BITS_EACH = 16,
    FEW = 3, /* so many values of one name are looked for as texts: a name costs a look a record */
};

/* One rule's need of one value or text. Equal needs of many rules stand behind each other once
 * sorted. */
struct need {
    enum finder_kind kind;
    struct str name; /* NAME: of the member, without quotes */
    struct str text; /* folded; TEXT: with quotes where it is a whole string */
    uint32_t rule;
};

struct maker {
    struct prefilter *prefilter;
    struct need *needs;
    size_t count, capacity;
    bool is_full;
    /* How often windows and bytes stand in a typical record. */
    uint32_t common[WINDOW_SLOTS], common_bytes[256];
};

static void *take(struct maker *maker, size_t count, size_t size)
{
    void *p = arena_array(&maker->prefilter->arena, count, size);

    maker->is_full = maker->is_full || p == NULL;
    return p;
}

/* ---- needs ---------------------------------------------------------------------------------- */

static void need_add(struct maker *maker, struct need need)
{
    if (maker->count == maker->capacity) {
        maker->capacity = maker->capacity * 2 + 64;
        maker->needs = mem_resize(maker->needs, maker->capacity * sizeof *maker->needs);
    }
    maker->needs[maker->count++] = need;
}

/* JSON may also write it without quotes. */
static bool may_be_bare(struct str text)
{
    return str_eq(text, STR("true")) || str_eq(text, STR("false")) || text.p[0] == '-' ||
           (text.p[0] >= '0' && text.p[0] <= '9');
}

static bool is_plain_ascii(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') {
            return false;
        }
    }
    return text.n > 0;
}

static struct str quoted(struct maker *maker, struct str text)
{
    char *p = take(maker, text.n + 2, 1);

    if (p == NULL) {
        return (struct str){0};
    }
    p[0] = p[text.n + 1] = '"';
    memcpy(p + 1, text.p, text.n);
    return (struct str){p, text.n + 2};
}

/* False: nothing can be looked for, and the rule is open. */
static bool literal_need(struct maker *maker, const struct literal *literal, uint32_t rule)
{
    const struct event_path *path = literal->path;
    struct need need = {.kind = FINDER_TEXT, .text = literal->text, .rule = rule};

    if (!literal->is_whole) {
        need_add(maker, need);
        return literal->text.n >= NEEDLE_SIZE;
    }
    need.name = path->steps[path->step_count - 1].name;
    if (is_plain_ascii(need.name) && literal->text.n <= VALUE_SIZE_MAX) {
        need.kind = FINDER_NAME;
        need_add(maker, need);
        return true;
    }
    need.text = quoted(maker, literal->text);
    need_add(maker, need);
    return !may_be_bare(literal->text);
}

static bool rule_needs(struct maker *maker, const struct trail_rule *rule, uint32_t number)
{
    struct literals literals;
    size_t before = maker->count;
    bool ok = true;

    if (!literals_find(&maker->prefilter->arena, rule->program, &literals)) {
        maker->is_full = true;
        return false;
    }
    ok = !literals.is_open;
    for (size_t i = 0; ok && i < literals.count; i++) {
        ok = literal_need(maker, &literals.items[i], number);
    }
    maker->count = ok ? maker->count : before;
    return ok;
}

static int compare_needs(const void *left, const void *right)
{
    const struct need *a = left, *b = right;
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : str_cmp(a->name, b->name);
    order = order != 0 ? order : str_cmp(a->text, b->text);
    return order != 0 ? order : (a->rule > b->rule) - (a->rule < b->rule);
}

static bool same_value(const struct need *a, const struct need *b)
{
    return a->kind == b->kind && str_eq(a->name, b->name) && str_eq(a->text, b->text);
}

static size_t name_end(const struct maker *maker, size_t from)
{
    size_t to = from;

    while (to < maker->count && maker->needs[to].kind == FINDER_NAME &&
           str_eq(maker->needs[to].name, maker->needs[from].name)) {
        to++;
    }
    return to;
}

/* Names with few values become texts. */
static void spare_names(struct maker *maker)
{
    size_t to = 0;

    for (size_t from = 0; from < maker->count; from = to) {
        size_t values = 0;
        bool has_bare = false;
        to = name_end(maker, from);
        for (size_t i = from; i < to; i++) {
            values += i == from || !same_value(&maker->needs[i - 1], &maker->needs[i]);
            has_bare = has_bare || may_be_bare(maker->needs[i].text);
        }
        for (size_t i = from; i < to && values <= FEW && !has_bare; i++) {
            maker->needs[i] = (struct need){.kind = FINDER_TEXT,
                                            .text = quoted(maker, maker->needs[i].text),
                                            .rule = maker->needs[i].rule};
        }
        to += to == from;
    }
    if (maker->count > 0) {
        qsort(maker->needs, maker->count, sizeof *maker->needs, compare_needs);
    }
}

/* ---- finders and values --------------------------------------------------------------------- */

static void know_characters(struct prefilter *prefilter, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 128) {
            prefilter->is_ascii = false;
            continue;
        }
        prefilter->alphabet[c] = true;
        if (c >= 'a' && c <= 'z') {
            prefilter->alphabet[c - 'a' + 'A'] = true;
        }
    }
}

/* What most records are like. A window that stands in it would be hit in every record. */
static const struct str typical = STR_LIT(
    "{\"eventVersion\":\"1.10\",\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":"
    "\"AROAEXAMPLE:i-0\",\"arn\":\"arn:aws:sts::111111111111:assumed-role/role/i-0\",\"accountId\""
    ":\"1\",\"accessKeyId\":\"ASIAEXAMPLE\",\"userName\":\"AWSServiceRoleFor\",\"invokedBy\":"
    "\"AWS Internal\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"arn\":"
    "\"arn:aws:iam::1:role/role\"},\"webIdFederationData\":{},\"attributes\":{\"creationDate\":"
    "\"2026-01-01T00:00:00Z\",\"mfaAuthenticated\":\"false\"}}},\"eventTime\":\"2026\","
    "\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"DescribeInstances\",\"awsRegion\":"
    "\"us-east-1\",\"sourceIPAddress\":\"10.0.0.1\",\"userAgent\":\"Boto3/1.34 md/Botocore "
    "ua/2.0 os/linux md/arch lang/python aws-sdk-go api/s3 cfg/retry-mode\",\"requestParameters\":"
    "{\"bucketName\":\"bucket\",\"Host\":\"s3.us-east-1.amazonaws.com\",\"key\":\"k\",\"items\":"
    "[{\"name\":\"instance\",\"value\":\"running\"}]},\"responseElements\":null,\"requestID\":"
    "\"u\",\"eventID\":\"u\",\"readOnly\":true,\"resources\":[{\"ARN\":\"arn:aws:kms:1:key/u\"}],"
    "\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":\"1\","
    "\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"
    "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"h\"}}");

static void know_typical(struct maker *maker)
{
    for (size_t at = 0; at < typical.n; at++) {
        maker->common_bytes[(unsigned char)prefilter_fold(typical.p[at])]++;
        if (at + NEEDLE_SIZE <= typical.n) {
            maker->common[prefilter_window_slot(typical.p + at)]++;
        }
    }
}

/* How often the window stands in a typical record; of equal ones, how common its bytes are. */
static size_t commonness(const struct maker *maker, const char *window)
{
    size_t bytes = 0;

    for (size_t i = 0; i < NEEDLE_SIZE; i++) {
        bytes += maker->common_bytes[(unsigned char)prefilter_fold(window[i])];
    }
    return maker->common[prefilter_window_slot(window)] * typical.n * NEEDLE_SIZE + bytes;
}

static uint32_t best_window(const struct maker *maker, struct str text)
{
    size_t least = SIZE_MAX;
    uint32_t best = 0;

    for (uint32_t at = 0; at + NEEDLE_SIZE <= text.n; at++) {
        size_t common = commonness(maker, text.p + at);
        if (common < least) {
            best = at;
            least = common;
        }
    }
    return best;
}

static struct finder *finder_add(const struct maker *maker, enum finder_kind kind, struct str text)
{
    struct prefilter *prefilter = maker->prefilter;
    struct finder *finder = &prefilter->finders[prefilter->finder_count];
    uint32_t *slot = NULL;

    assert(text.p != NULL && text.n >= NEEDLE_SIZE);
    *finder = (struct finder){.kind = kind, .text = text, .window = best_window(maker, text)};
    slot = &prefilter->windows[prefilter_window_slot(text.p + finder->window)];
    finder->next = *slot;
    *slot = (uint32_t)prefilter->finder_count++;
    know_characters(prefilter, text);
    return finder;
}

static void value_add(struct prefilter *prefilter, struct name_value value)
{
    size_t slot = prefilter_value_hash(value.name, value.text) & prefilter->slot_mask;

    while (prefilter->slots[slot] != PREFILTER_NONE) {
        slot = (slot + 1) & prefilter->slot_mask;
    }
    prefilter->slots[slot] = (uint32_t)prefilter->value_count;
    prefilter->values[prefilter->value_count++] = value;
    know_characters(prefilter, value.text);
}

/* The values of a name stand in a row. */
static void gate_make(struct maker *maker, struct gate *gate, const struct name_value *values,
                      size_t count)
{
    size_t shortest = sizeof gate->mask;
    uint64_t *bits = NULL;

    for (size_t i = 0; i < count; i++) {
        shortest = values[i].text.n < shortest ? values[i].text.n : shortest;
    }
    memset(&gate->mask, 0xFF, shortest);
    gate->size_log = GATE_LOG_MIN;
    while ((size_t)1 << gate->size_log < GATE_BITS_EACH * count) {
        gate->size_log++;
    }
    gate->bits = bits = take(maker, ((size_t)1 << gate->size_log) / 64, sizeof *bits);
    for (size_t i = 0; bits != NULL && i < count; i++) {
        char first[sizeof gate->mask] = "";
        size_t bit = 0;
        memcpy(first, values[i].text.p,
               values[i].text.n < sizeof first ? values[i].text.n : sizeof first);
        bit = prefilter_gate_bit(gate, first);
        bits[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

/* A name and its values, from needs[from] on; returns what is behind them. */
static size_t make_name(struct maker *maker, size_t from)
{
    struct prefilter *prefilter = maker->prefilter;
    const struct need *needs = maker->needs;
    struct str text = quoted(maker, needs[from].name);
    size_t end = name_end(maker, from), first_value = prefilter->value_count;
    struct finder *finder = NULL;

    if (maker->is_full) {
        return end;
    }
    finder = finder_add(maker, FINDER_NAME, text);
    finder->name = (uint32_t)from;
    finder->rules = (struct rule_span){(uint32_t)from, (uint32_t)(end - from)};
    for (size_t to = from; from < end; from = to) {
        while (to < end && same_value(&needs[from], &needs[to])) {
            to++;
        }
        value_add(prefilter, (struct name_value){needs[from].text,
                                                 finder->name,
                                                 {(uint32_t)from, (uint32_t)(to - from)}});
    }
    gate_make(maker, &finder->gate, prefilter->values + first_value,
              prefilter->value_count - first_value);
    return end;
}

static size_t make_text(struct maker *maker, size_t from)
{
    const struct need *needs = maker->needs;
    size_t to = from;

    while (to < maker->count && same_value(&needs[from], &needs[to])) {
        to++;
    }
    finder_add(maker, FINDER_TEXT, needs[from].text)->rules =
        (struct rule_span){(uint32_t)from, (uint32_t)(to - from)};
    return to;
}

/* The needs, in order, are lists of rules: those of a value stand together, and so do those of all
 * values of a name. */
static void make_finders(struct maker *maker)
{
    for (size_t i = 0; i < maker->count; i++) {
        maker->prefilter->rule_lists[i] = maker->needs[i].rule;
    }
    for (size_t from = 0; from < maker->count && !maker->is_full;) {
        from = maker->needs[from].kind == FINDER_NAME ? make_name(maker, from)
                                                      : make_text(maker, from);
    }
}

/* ---- needles -------------------------------------------------------------------------------- */

struct window {
    const char *p;
    enum needle_case how;
};

static int compare_windows(const void *left, const void *right)
{
    const struct window *a = left, *b = right;

    return memcmp(a->p, b->p, NEEDLE_SIZE);
}

/* Escapes have a bucket to themselves; like windows share one. */
static void make_needles(struct maker *maker)
{
    struct prefilter *prefilter = maker->prefilter;
    size_t count = prefilter->finder_count;
    struct window *windows = take(maker, count, sizeof *windows);

    if (windows == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct finder *finder = &prefilter->finders[i];
        windows[i].p = finder->text.p + finder->window;
        windows[i].how = finder->kind == FINDER_TEXT ? NEEDLE_CASELESS : NEEDLE_EXACT;
    }
    qsort(windows, count, sizeof *windows, compare_windows);
    for (size_t i = 0; i < count; i++) {
        needles_add(&prefilter->needles, 1 + (unsigned)(i * (NEEDLE_BUCKETS - 1) / count),
                    windows[i].p, windows[i].how);
    }
    if (count > 0) {
        needles_add(&prefilter->needles, 0, prefilter->is_ascii ? "\\u0" : "\\u",
                    prefilter->is_ascii ? NEEDLE_EXACT : NEEDLE_TWO);
    }
    if (prefilter->alphabet['/']) {
        needles_add(&prefilter->needles, 0, "\\/", NEEDLE_TWO);
    }
    needles_finish(&prefilter->needles);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void make_open(struct maker *maker, const struct trail_rule *rules)
{
    struct prefilter *prefilter = maker->prefilter;
    uint64_t *open = take(maker, prefilter->words, sizeof *open);

    prefilter->open = open;
    for (size_t i = 0; open != NULL && i < prefilter->rule_count; i++) {
        if (!rule_needs(maker, &rules[i], (uint32_t)i)) {
            open[i / 64] |= UINT64_C(1) << i % 64;
            prefilter->open_count++;
        }
    }
}

static void make_tables(struct maker *maker, struct str watched)
{
    struct prefilter *prefilter = maker->prefilter;
    size_t slots = 64;

    while (slots < 2 * maker->count) {
        slots *= 2;
    }
    prefilter->slot_mask = slots - 1;
    prefilter->slots = take(maker, slots, sizeof *prefilter->slots);
    prefilter->windows = take(maker, WINDOW_SLOTS, sizeof *prefilter->windows);
    prefilter->finders = take(maker, maker->count + 1, sizeof *prefilter->finders);
    prefilter->values = take(maker, maker->count, sizeof *prefilter->values);
    prefilter->rule_lists = take(maker, maker->count, sizeof *prefilter->rule_lists);
    if (!maker->is_full) {
        memset(prefilter->slots, 0xFF, slots * sizeof *prefilter->slots);
        memset(prefilter->windows, 0xFF, WINDOW_SLOTS * sizeof *prefilter->windows);
        know_typical(maker);
        make_finders(maker);
    }
    if (watched.n > 0) {
        watched = quoted(maker, watched);
        if (!maker->is_full) {
            finder_add(maker, FINDER_WATCHED, watched);
        }
    }
    if (!maker->is_full) {
        make_needles(maker);
    }
}

struct prefilter *prefilter_new(const struct trail_rule *rules, size_t rule_count,
                                struct str watched, enum simd_level simd, struct err *err)
{
    struct prefilter *prefilter = mem_alloc(sizeof *prefilter);
    struct maker maker = {.prefilter = prefilter};

    arena_init(&prefilter->arena, ARENA_SIZE_MAX);
    prefilter->find = needles_choose(simd);
    prefilter->rule_count = rule_count;
    prefilter->words = rule_count / 64 + 1;
    prefilter->is_ascii = true;
    make_open(&maker, rules);
    if (!maker.is_full && maker.count > 0) {
        qsort(maker.needs, maker.count, sizeof *maker.needs, compare_needs);
    }
    if (!maker.is_full) {
        spare_names(&maker);
        make_tables(&maker, watched);
    }
    mem_free(maker.needs);
    if (maker.is_full) {
        (void)err_set(err, ERR_INPUT, "the rules need more than %d MiB", ARENA_SIZE_MAX >> 20);
        prefilter_free(prefilter);
        return NULL;
    }
    return prefilter;
}

void prefilter_free(struct prefilter *prefilter)
{
    if (prefilter != NULL) {
        arena_release(&prefilter->arena);
        mem_free(prefilter);
    }
}
