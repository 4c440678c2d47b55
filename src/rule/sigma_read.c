/* Documents into rules and correlations: what stands around the detections. */
#include "rule/sigma_parts.h"

#include <limits.h>
#include <stdio.h>

enum { SET_ARENA_MAX = 512 << 20, ITEMS_FIRST = 64, LIST_MAX = 4096 };

/* ---- errors --------------------------------------------------------------------------------- */

bool sigma_fail(struct sigma_reader *reader, const struct yaml_node *at, size_t offset,
                const char *format, ...)
{
    va_list args;
    char text[512];

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)err_set(reader->err, ERR_INPUT, "%s", text);
    err_place(reader->err, reader->file, at->line, at->is_block ? at->col : at->col + offset);
    return false;
}

bool sigma_too_large(struct sigma_reader *reader, const struct yaml_node *at)
{
    return sigma_fail(reader, at, 0, "these rules are too large");
}

/* ---- scalars -------------------------------------------------------------------------------- */

static bool is_one_of(struct str text, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(text, words[i])) {
            return true;
        }
    }
    return false;
}

static bool hex_number(struct str text, double *number)
{
    double value = 0;

    if (text.n < 3 || text.n > 14 || text.p[0] != '0' || text.p[1] != 'x') {
        return false;
    }
    for (size_t i = 2; i < text.n; i++) {
        int digit = str_hex_digit(text.p[i]);
        if (digit < 0) {
            return false;
        }
        value = value * 16 + digit;
    }
    *number = value;
    return true;
}

enum sigma_scalar sigma_scalar_kind(const struct yaml_node *node, double *number, bool *boolean)
{
    static const struct str nulls[] = {STR_LIT(""), STR_LIT("~"), STR_LIT("null"), STR_LIT("Null"),
                                       STR_LIT("NULL")};
    static const struct str trues[] = {STR_LIT("true"), STR_LIT("True"), STR_LIT("TRUE")};
    static const struct str falses[] = {STR_LIT("false"), STR_LIT("False"), STR_LIT("FALSE")};
    struct str digits = node->text;

    if (!node->is_plain) {
        return SCALAR_TEXT;
    }
    if (is_one_of(node->text, nulls, sizeof nulls / sizeof nulls[0])) {
        return SCALAR_NULL;
    }
    *boolean = is_one_of(node->text, trues, sizeof trues / sizeof trues[0]);
    if (*boolean || is_one_of(node->text, falses, sizeof falses / sizeof falses[0])) {
        return SCALAR_BOOL;
    }
    if (digits.n > 1 && digits.p[0] == '+' && digits.p[1] != '-') {
        digits = str_sub(digits, 1, digits.n);
    }
    return event_number(digits, number) || hex_number(digits, number) ? SCALAR_NUMBER : SCALAR_TEXT;
}

bool sigma_texts(struct sigma_reader *reader, const struct yaml_node *node, struct str_list *out)
{
    size_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
    struct str *items = count > LIST_MAX ? NULL : arena_array(reader->arena, count, sizeof *items);
    const struct yaml_node *one = node->kind == YAML_SEQUENCE ? node->first : node;

    if (items == NULL) {
        return sigma_too_large(reader, node);
    }
    for (size_t i = 0; i < count; i++, one = one->next) {
        if (one->kind != YAML_SCALAR) {
            return sigma_fail(reader, one, 0, "expected a text or a list of texts");
        }
        items[i] = one->text;
    }
    *out = (struct str_list){items, count};
    return true;
}

/* ---- sets ----------------------------------------------------------------------------------- */

void sigma_set_init(struct sigma_set *set)
{
    *set = (struct sigma_set){0};
    arena_init(&set->arena, SET_ARENA_MAX);
}

void sigma_set_release(struct sigma_set *set)
{
    mem_free(set->rules);
    mem_free(set->correlations);
    mem_free(set->skips);
    arena_release(&set->arena);
    *set = (struct sigma_set){0};
}

static void *grown(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? ITEMS_FIRST : *capacity * 2;
    return mem_resize(items, *capacity * size);
}

size_t sigma_rule_find(const struct sigma_set *set, struct str reference)
{
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = &set->rules[i];
        if (str_eq(rule->id, reference) || (rule->name.n > 0 && str_eq(rule->name, reference))) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t sigma_correlation_find(const struct sigma_set *set, struct str reference)
{
    for (size_t i = 0; i < set->correlation_count; i++) {
        const struct correlation *one = &set->correlations[i];
        if (str_eq(one->id, reference) || (one->name.n > 0 && str_eq(one->name, reference))) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool sigma_level_parse(struct str name, enum severity *out)
{
    if (str_eq(name, STR("informational"))) {
        *out = SEVERITY_INFO;
        return true;
    }
    return !str_eq(name, STR("info")) && severity_parse(name, out);
}

static const struct str sigma_keys[] = {STR_LIT("logsource:"), STR_LIT("detection:"),
                                        STR_LIT("correlation:")};

/* A pack's top level is a list, and no rule of the language begins a line with these words. */
bool sigma_is_text(struct str text)
{
    struct str line;

    while (text.n > 0) {
        (void)str_cut(&text, '\n', &line);
        for (size_t i = 0; i < sizeof sigma_keys / sizeof sigma_keys[0]; i++) {
            if (str_starts(line, sigma_keys[i])) {
                return true;
            }
        }
    }
    return false;
}

/* ---- documents ------------------------------------------------------------------------------ */

static struct str text_of(const struct yaml_node *document, struct str key)
{
    const struct yaml_node *value = yaml_get(document, key);

    return value != NULL && value->kind == YAML_SCALAR ? value->text : (struct str){0};
}

static bool list_of(struct sigma_reader *reader, const struct yaml_node *document, struct str key,
                    struct str_list *out)
{
    const struct yaml_node *value = yaml_get(document, key);

    return value == NULL || sigma_texts(reader, value, out);
}

static bool level_of(struct sigma_reader *reader, const struct yaml_node *document,
                     enum severity *severity, bool *has_level)
{
    const struct yaml_node *value = yaml_get(document, STR("level"));

    *severity = SEVERITY_MEDIUM;
    *has_level = value != NULL;
    if (value == NULL || (value->kind == YAML_SCALAR && sigma_level_parse(value->text, severity))) {
        return true;
    }
    (void)sigma_fail(reader, value, 0, "there is no such level");
    err_hint(reader->err, "informational, low, medium, high or critical");
    return false;
}

/* An id, or else the name or the title, must tell the rule from the others. */
static bool identify(struct sigma_reader *reader, const struct yaml_node *document, struct str *id,
                     struct str title, struct str name)
{
    const struct yaml_node *at = yaml_get(document, STR("id"));

    *id = text_of(document, STR("id"));
    if (id->n == 0) {
        *id = name.n > 0 ? name : title;
    }
    if (id->n == 0) {
        return sigma_fail(reader, document, 0, "a rule has a title and an id");
    }
    if (sigma_rule_find(reader->set, *id) != SIZE_MAX ||
        sigma_correlation_find(reader->set, *id) != SIZE_MAX) {
        return sigma_fail(reader, at == NULL ? document : at, 0, "there is a second rule '%.*s'",
                          STR_ARG(*id));
    }
    return true;
}

/* Why a log source is not CloudTrail's; empty when it is. */
static struct str source_mismatch(struct sigma_reader *reader, const struct yaml_node *logsource)
{
    struct str product = text_of(logsource, STR("product"));
    struct str service = text_of(logsource, STR("service"));
    struct str category = text_of(logsource, STR("category"));
    bool fits = (product.n == 0 || str_eq_nocase(product, STR("aws"))) &&
                (service.n == 0 || str_eq_nocase(service, STR("cloudtrail"))) && category.n == 0 &&
                product.n + service.n > 0;
    struct str reason = {0};
    struct buf text;

    if (fits) {
        return reason;
    }
    buf_init(&text, 1024);
    buf_str(&text, STR("its log source is"));
    if (product.n > 0) {
        buf_printf(&text, " product %.*s", STR_ARG(str_sub(product, 0, 100)));
    }
    if (service.n > 0) {
        buf_printf(&text, " service %.*s", STR_ARG(str_sub(service, 0, 100)));
    }
    if (category.n > 0) {
        buf_printf(&text, " category %.*s", STR_ARG(str_sub(category, 0, 100)));
    }
    buf_str(&text, STR(", not product aws service cloudtrail"));
    if (!arena_str(reader->arena, buf_text(&text), &reason)) {
        reason = STR("its log source is not CloudTrail");
    }
    buf_release(&text);
    return reason;
}

static bool collect_detections(struct sigma_reader *reader, const struct yaml_node *detection,
                               const struct yaml_node **condition)
{
    reader->detection_count = 0;
    for (const struct yaml_node *value = detection->first; value != NULL; value = value->next) {
        if (str_eq(value->key->text, STR("condition"))) {
            *condition = value;
            continue;
        }
        if (str_eq(value->key->text, STR("timeframe"))) {
            (void)sigma_fail(reader, value->key, 0, "'timeframe' is no longer part of Sigma");
            err_hint(reader->err, "write a correlation rule");
            return false;
        }
        if (reader->detection_count == SIGMA_DETECTIONS_MAX) {
            return sigma_fail(reader, value, 0, "a rule has at most %d detections",
                              SIGMA_DETECTIONS_MAX);
        }
        reader->detections[reader->detection_count++] = (struct sigma_detection){.yaml = value};
    }
    return *condition != NULL || sigma_fail(reader, detection, 0, "a detection has a condition");
}

static struct str slice_of(const struct sigma_reader *reader, const struct yaml_node *node)
{
    return str_sub(reader->source, node->begin, node->end);
}

static bool read_detection(struct sigma_reader *reader, const struct yaml_node *document,
                           struct sigma_rule *rule)
{
    const struct yaml_node *detection = yaml_get(document, STR("detection"));
    const struct yaml_node *condition = NULL;
    const struct node *node = NULL;

    if (detection == NULL || detection->kind != YAML_MAPPING) {
        return sigma_fail(reader, detection == NULL ? document : detection, 0,
                          "a rule has a detection, a mapping");
    }
    if (!collect_detections(reader, detection, &condition)) {
        return false;
    }
    node = sigma_condition(reader, condition);
    if (node == NULL) {
        return reader->err->kind != ERR_NONE ? false : sigma_too_large(reader, detection);
    }
    /* What the condition does not name is read all the same, so that it is known to be right. */
    for (size_t i = 0; i < reader->detection_count; i++) {
        bool was_used = reader->detections[i].is_used;
        if (sigma_detection_node(reader, &reader->detections[i]) == NULL) {
            return false;
        }
        reader->detections[i].is_used = was_used;
    }
    rule->program = match_program(slice_of(reader, detection), DIALECT_SIGMA, node);
    return true;
}

static bool read_rule(struct sigma_reader *reader, const struct yaml_node *document)
{
    struct sigma_set *set = reader->set;
    struct sigma_rule rule = {
        .name = text_of(document, STR("name")),
        .title = text_of(document, STR("title")),
        .status = text_of(document, STR("status")),
        .description = text_of(document, STR("description")),
        .author = text_of(document, STR("author")),
        .file = reader->file,
        .source = reader->source,
        .line = document->line,
    };

    if (!identify(reader, document, &rule.id, rule.title, rule.name) ||
        !level_of(reader, document, &rule.severity, &rule.has_level) ||
        !list_of(reader, document, STR("tags"), &rule.tags) ||
        !list_of(reader, document, STR("references"), &rule.references) ||
        !list_of(reader, document, STR("fields"), &rule.fields) ||
        !list_of(reader, document, STR("falsepositives"), &rule.falsepositives) ||
        !read_detection(reader, document, &rule) || !sigma_lint(reader, document, &rule)) {
        return false;
    }
    rule.title = rule.title.n == 0 ? rule.id : rule.title;
    set->rules = grown(set->rules, set->rule_count, &set->rule_capacity, sizeof *set->rules);
    set->rules[set->rule_count++] = rule;
    return true;
}

static bool read_correlation(struct sigma_reader *reader, const struct yaml_node *document,
                             const struct yaml_node *body)
{
    struct sigma_set *set = reader->set;
    struct correlation one = {
        .name = text_of(document, STR("name")),
        .title = text_of(document, STR("title")),
        .status = text_of(document, STR("status")),
        .description = text_of(document, STR("description")),
        .author = text_of(document, STR("author")),
        .file = reader->file,
        .source = reader->source,
        .line = document->line,
    };

    if (!identify(reader, document, &one.id, one.title, one.name) ||
        !level_of(reader, document, &one.severity, &one.has_level) ||
        !list_of(reader, document, STR("tags"), &one.tags) ||
        !list_of(reader, document, STR("references"), &one.references) ||
        !list_of(reader, document, STR("falsepositives"), &one.falsepositives) ||
        !sigma_correlation_read(reader, document, body, &one)) {
        return false;
    }
    one.title = one.title.n == 0 ? one.id : one.title;
    set->correlations = grown(set->correlations, set->correlation_count, &set->correlation_capacity,
                              sizeof *set->correlations);
    set->correlations[set->correlation_count++] = one;
    return true;
}

static void add_skip(struct sigma_reader *reader, const struct yaml_node *document,
                     struct str reason)
{
    struct sigma_set *set = reader->set;

    set->skips = grown(set->skips, set->skip_count, &set->skip_capacity, sizeof *set->skips);
    set->skips[set->skip_count++] = (struct sigma_skip){
        .title = text_of(document, STR("title")),
        .reason = reason,
        .file = reader->file,
        .line = document->line,
    };
}

bool sigma_set_add_document(struct sigma_set *set, struct str file, struct str text,
                            const struct yaml_node *document, struct err *err)
{
    struct sigma_reader *reader = mem_alloc(sizeof *reader);
    const struct yaml_node *correlation = yaml_get(document, STR("correlation"));
    const struct yaml_node *logsource = yaml_get(document, STR("logsource"));
    const struct yaml_node *action = yaml_get(document, STR("action"));
    const struct yaml_node *filter = yaml_get(document, STR("filter"));
    struct str mismatch;
    bool ok = false;

    *reader = (struct sigma_reader){
        .set = set, .arena = &set->arena, .file = file, .source = text, .err = err};
    if (document->kind != YAML_MAPPING) {
        ok = sigma_fail(reader, document, 0, "a Sigma rule is a mapping");
    } else if (action != NULL) {
        ok = sigma_fail(reader, action->key, 0, "'action' was of Sigma 1: write each rule out");
    } else if (filter != NULL) {
        ok = sigma_fail(reader, filter->key, 0, "Sigma filters are not supported");
        err_hint(err, "put the exclusion into the rule's condition");
    } else if (correlation != NULL) {
        ok = read_correlation(reader, document, correlation);
    } else if (logsource == NULL || logsource->kind != YAML_MAPPING) {
        ok = sigma_fail(reader, logsource == NULL ? document : logsource, 0,
                        "a rule has a logsource, a mapping");
    } else if (mismatch = source_mismatch(reader, logsource), mismatch.n > 0) {
        add_skip(reader, document, mismatch);
        ok = true;
    } else {
        ok = read_rule(reader, document);
    }
    mem_free(reader);
    return ok;
}

bool sigma_set_read(struct sigma_set *set, struct str *file, struct str *text,
                    const struct yaml_node **first, struct err *err)
{
    if (!arena_str(&set->arena, *file, file) || !arena_str(&set->arena, *text, text)) {
        return err_set(err, ERR_INPUT, "these rules are too large");
    }
    if (!yaml_parse_all(&set->arena, *text, first, err)) {
        err_place(err, *file, 0, 0);
        return false;
    }
    return true;
}

bool sigma_set_add(struct sigma_set *set, struct str file, struct str text, struct err *err)
{
    const struct yaml_node *document = NULL;

    if (!sigma_set_read(set, &file, &text, &document, err)) {
        return false;
    }
    for (; document != NULL; document = document->next) {
        if (!sigma_set_add_document(set, file, text, document, err)) {
            return false;
        }
    }
    return true;
}

static bool read_placeholders(struct sigma_reader *reader, const struct yaml_node *root)
{
    struct sigma_set *set = reader->set;
    size_t count = set->placeholder_count;
    struct sigma_placeholder *placeholders = NULL;

    if (root->kind != YAML_MAPPING) {
        return sigma_fail(reader, root, 0, "placeholders are a mapping of names to texts");
    }
    placeholders = arena_array(&set->arena, count + root->count, sizeof *placeholders);
    if (placeholders == NULL) {
        return sigma_too_large(reader, root);
    }
    for (size_t i = 0; i < count; i++) {
        placeholders[i] = set->placeholders[i];
    }
    for (const struct yaml_node *value = root->first; value != NULL; value = value->next) {
        placeholders[count].name = value->key->text;
        if (!sigma_texts(reader, value, &placeholders[count++].values)) {
            return false;
        }
    }
    set->placeholders = placeholders;
    set->placeholder_count = count;
    return true;
}

bool sigma_set_add_placeholders(struct sigma_set *set, struct str file, struct str text,
                                struct err *err)
{
    struct sigma_reader *reader = mem_alloc(sizeof *reader);
    const struct yaml_node *root = NULL;
    bool ok = yaml_parse(&set->arena, text, &root, err);

    *reader = (struct sigma_reader){.set = set, .arena = &set->arena, .file = file, .err = err};
    if (!ok) {
        err_place(err, file, 0, 0);
    }
    ok = ok && read_placeholders(reader, root);
    mem_free(reader);
    return ok;
}

/* ---- joining -------------------------------------------------------------------------------- */

bool sigma_set_resolve(struct sigma_set *set, struct err *err)
{
    return sigma_correlations_resolve(set, err);
}
