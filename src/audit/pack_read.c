/* Rule files into controls: YAML and plain text, and what a control takes over by `extends`. */
#include <limits.h>
#include <string.h>

#include "audit/pack.h"
#include "codec/yaml.h"
#include "rule/lex.h"

enum { RULES_MAX = 100000 };

static bool too_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the rules are too large together");
}

/* A new, empty control behind the others; NULL when there are too many. It counts once the caller
 * has filled it. */
static struct control *control_new(struct ruleset *rules, struct err *err)
{
    struct control *control = NULL;

    if (rules->count == RULES_MAX) {
        (void)err_set(err, ERR_INPUT, "more than %d rules", RULES_MAX);
        return NULL;
    }
    if (rules->count == rules->capacity) {
        rules->capacity = rules->capacity == 0 ? 32 : rules->capacity * 2;
        rules->controls = mem_resize(rules->controls, rules->capacity * sizeof *rules->controls);
        rules->origins = mem_resize(rules->origins, rules->capacity * sizeof *rules->origins);
    }
    control = &rules->controls[rules->count];
    *control = (struct control){.severity = SEVERITY_MEDIUM};
    rules->origins[rules->count] = (struct rule_origin){0};
    return control;
}

/* Index of the control of that id, or rules->count. */
static size_t id_find(const struct ruleset *rules, struct str id)
{
    size_t at = 0;

    while (at < rules->count && !str_eq(rules->controls[at].id, id)) {
        at++;
    }
    return at;
}

bool ruleset_add_control(struct ruleset *rules, const struct control *control,
                         const struct rule_origin *origin, struct err *err)
{
    struct control *copy = control_new(rules, err);

    if (copy == NULL) {
        return false;
    }
    *copy = *control;
    if (origin != NULL) {
        rules->origins[rules->count] = *origin;
    }
    rules->count++;
    return true;
}

/* ---- YAML ----------------------------------------------------------------------------------- */

struct loader {
    struct ruleset *rules;
    struct str file, source;
    size_t first;    /* index of the file's first control */
    bool keeps_rule; /* the control at hand has the rule of the one it extends */
    struct err *err;
};

static bool fail_node(struct loader *loader, const struct yaml_node *node, const char *format,
                      struct str name)
{
    if (loader->err->kind == ERR_NONE) {
        (void)err_set(loader->err, ERR_INPUT, "%s '%.*s'", format, STR_ARG(name));
        err_place(loader->err, loader->file, node->line, node->col);
    }
    return false;
}

static bool read_text(struct loader *loader, const struct yaml_node *node, struct str *out)
{
    if (node->kind != YAML_SCALAR) {
        return fail_node(loader, node, "text is wanted for", node->key->text);
    }
    *out = node->text;
    return true;
}

static bool read_list(struct loader *loader, const struct yaml_node *node, struct str_list *out)
{
    struct str *items = NULL;
    size_t count = 0;

    if (node->kind != YAML_SEQUENCE) {
        return fail_node(loader, node, "a list is wanted for", node->key->text);
    }
    items = arena_array(&loader->rules->arena, node->count, sizeof *items);
    if (items == NULL) {
        return too_large(loader->err);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (item->kind != YAML_SCALAR) {
            return fail_node(loader, item, "plain text is wanted in", node->key->text);
        }
        items[count++] = item->text;
    }
    *out = (struct str_list){items, count};
    return true;
}

static bool read_maps(struct loader *loader, const struct yaml_node *node, struct control *control)
{
    struct control_map *maps = NULL;
    size_t count = 0;

    if (node->kind != YAML_MAPPING) {
        return fail_node(loader, node, "a mapping is wanted for", node->key->text);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        count += item->kind == YAML_SEQUENCE ? item->count : 1;
    }
    maps = arena_array(&loader->rules->arena, count, sizeof *maps);
    if (maps == NULL) {
        return too_large(loader->err);
    }
    count = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        /* A system may split what is one control here: a list of its ids. */
        const struct yaml_node *id = item->kind == YAML_SEQUENCE ? item->first : item;
        for (; id != NULL; id = id == item ? NULL : id->next) {
            if (id->kind != YAML_SCALAR) {
                return fail_node(loader, id, "plain text is wanted for", item->key->text);
            }
            maps[count++] = (struct control_map){item->key->text, id->text};
        }
    }
    control->maps = maps;
    control->map_count = count;
    return true;
}

static bool read_param(struct loader *loader, const struct yaml_node *item, int64_t *out)
{
    if (item->kind != YAML_SCALAR || !str_to_i64(item->text, out)) {
        return fail_node(loader, item, "a whole number is wanted for", item->key->text);
    }
    return true;
}

/* Parameters belong to the rule: beside a rule that is taken over they give its own other values,
 * and a name that it does not declare would do nothing. */
static bool override_params(struct loader *loader, const struct yaml_node *node,
                            struct control *control)
{
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        struct control_param *param = control->params;
        struct control_param *end = control->params + control->param_count;
        while (param < end && !str_eq(param->name, item->key->text)) {
            param++;
        }
        if (param == end) {
            (void)fail_node(loader, item->key, "the rule it extends has no parameter",
                            item->key->text);
            if (control->param_count > 0) {
                err_hint(loader->err, "it has '%.*s'", STR_ARG(control->params[0].name));
            }
            return false;
        }
        if (!read_param(loader, item, &param->value)) {
            return false;
        }
    }
    return true;
}

static bool read_params(struct loader *loader, const struct yaml_node *node,
                        struct control *control)
{
    struct control_param *params = NULL;
    size_t count = 0;

    if (node->kind != YAML_MAPPING) {
        return fail_node(loader, node, "a mapping is wanted for", node->key->text);
    }
    if (loader->keeps_rule) {
        return override_params(loader, node, control);
    }
    params = arena_array(&loader->rules->arena, node->count, sizeof *params);
    if (params == NULL) {
        return too_large(loader->err);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        params[count].name = item->key->text;
        if (!read_param(loader, item, &params[count].value)) {
            return false;
        }
        count++;
    }
    control->params = params;
    control->param_count = count;
    return true;
}

/* The keys of a control, and where their text or list goes. */
static const struct field {
    struct str name;
    size_t offset;
    enum { FIELD_TEXT, FIELD_LIST, FIELD_SEVERITY, FIELD_RULE, FIELD_PARAMS, FIELD_MAPS } kind;
} fields[] = {
    {STR_LIT("id"), offsetof(struct control, id), FIELD_TEXT},
    {STR_LIT("extends"), offsetof(struct control, extends), FIELD_TEXT},
    {STR_LIT("title"), offsetof(struct control, title), FIELD_TEXT},
    {STR_LIT("severity"), 0, FIELD_SEVERITY},
    {STR_LIT("rule"), 0, FIELD_RULE},
    {STR_LIT("params"), 0, FIELD_PARAMS},
    {STR_LIT("description"), offsetof(struct control, description), FIELD_TEXT},
    {STR_LIT("impact"), offsetof(struct control, impact), FIELD_TEXT},
    {STR_LIT("rationale"), offsetof(struct control, rationale), FIELD_TEXT},
    {STR_LIT("audit"), offsetof(struct control, audit), FIELD_LIST},
    {STR_LIT("remediation"), offsetof(struct control, remediation), FIELD_LIST},
    {STR_LIT("cli"), offsetof(struct control, cli), FIELD_TEXT},
    {STR_LIT("references"), offsetof(struct control, references), FIELD_LIST},
    {STR_LIT("maps"), 0, FIELD_MAPS},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static bool fail_field(struct loader *loader, const struct yaml_node *node)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    (void)fail_node(loader, node->key, "unknown field", node->key->text);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (str_is_near(node->key->text, fields[i].name, &best)) {
            near = fields[i].name;
        }
    }
    if (near.n > 0) {
        err_hint(loader->err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return false;
}

static bool read_field(struct loader *loader, const struct yaml_node *node, struct control *control,
                       struct rule_origin *origin)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!str_eq(fields[i].name, node->key->text)) {
            continue;
        }
        void *to = (char *)control + fields[i].offset;
        switch (fields[i].kind) {
        case FIELD_TEXT:
            return read_text(loader, node, to);
        case FIELD_LIST:
            return read_list(loader, node, to);
        case FIELD_SEVERITY:
            if (node->kind == YAML_SCALAR && severity_parse(node->text, &control->severity)) {
                return true;
            }
            (void)fail_node(loader, node, "no severity is called", node->text);
            err_hint(loader->err, "use critical, high, medium, low or info");
            return false;
        case FIELD_RULE:
            *origin =
                (struct rule_origin){loader->file, loader->source, node->begin, node->end, false};
            return read_text(loader, node, &control->rule);
        case FIELD_PARAMS:
            return read_params(loader, node, control);
        case FIELD_MAPS:
            return read_maps(loader, node, control);
        }
    }
    return fail_field(loader, node);
}

/* ---- extends -------------------------------------------------------------------------------- */

/* The controls that come with the program and that other packs are made of; loaded when a file
 * first names one that it does not hold itself. NULL when they cannot be. */
static const struct ruleset *catalogue_load(struct ruleset *rules, struct err *err)
{
    if (rules->catalogue == NULL && !rules->is_catalogue) {
        rules->catalogue = mem_alloc(sizeof *rules->catalogue);
        ruleset_init(rules->catalogue);
        rules->catalogue->is_catalogue = true;
        if (!ruleset_add_pack(rules->catalogue, STR("keywarden"), err) ||
            !ruleset_add_pack(rules->catalogue, STR("account"), err)) {
            return NULL;
        }
    }
    return rules->catalogue;
}

/* Finds a control by its id among those from `first` on, and notes the nearest id. */
static bool find_control(const struct ruleset *rules, size_t first, struct str id, size_t *out,
                         struct str *near, unsigned *best)
{
    for (size_t i = first; i < rules->count; i++) {
        if (str_eq(rules->controls[i].id, id)) {
            *out = i;
            return true;
        }
        if (str_is_near(id, rules->controls[i].id, best)) {
            *near = rules->controls[i].id;
        }
    }
    return false;
}

/* The control that `node` names: an earlier one of the same file, else one of the catalogue. Only
 * what stands before can be named, so no control extends itself by any way round. */
static bool find_base(struct loader *loader, const struct yaml_node *node,
                      const struct ruleset **rules, size_t *index)
{
    struct str near = {0};
    unsigned best = UINT_MAX;
    /* The catalogue is one file in two. */
    size_t first = loader->rules->is_catalogue ? 0 : loader->first;

    *rules = loader->rules;
    if (find_control(*rules, first, node->text, index, &near, &best)) {
        return true;
    }
    if (!loader->rules->is_catalogue) {
        *rules = catalogue_load(loader->rules, loader->err);
        if (*rules == NULL) {
            return false;
        }
        if (find_control(*rules, 0, node->text, index, &near, &best)) {
            return true;
        }
    }
    (void)fail_node(loader, node, "no control before this one, and none built in, is called",
                    node->text);
    if (near.n > 0) {
        err_hint(loader->err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return false;
}

/* Begins a control with all that another one has; what its own fields say replaces it. */
static bool take_over(struct loader *loader, const struct yaml_node *item, struct control *control,
                      struct rule_origin *origin)
{
    const struct yaml_node *node = yaml_get(item, STR("extends"));
    const struct ruleset *rules = NULL;
    struct control_param *params = NULL;
    size_t index = 0;

    loader->keeps_rule = node != NULL && yaml_get(item, STR("rule")) == NULL;
    if (node == NULL) {
        return true;
    }
    if (node->kind != YAML_SCALAR) {
        return fail_node(loader, node, "text is wanted for", node->key->text);
    }
    if (!find_base(loader, node, &rules, &index)) {
        return false;
    }
    *control = rules->controls[index];
    control->id = (struct str){0};
    *origin = rules->origins[index];
    origin->is_inherited = true;
    if (!loader->keeps_rule) {
        control->params = NULL;
        control->param_count = 0;
        return true;
    }
    /* Values are set per control. */
    params = arena_array(&loader->rules->arena, control->param_count, sizeof *params);
    if (params == NULL) {
        return too_large(loader->err);
    }
    for (size_t i = 0; i < control->param_count; i++) {
        params[i] = control->params[i];
    }
    control->params = params;
    return true;
}

static bool load_control(struct loader *loader, const struct yaml_node *item)
{
    struct ruleset *rules = loader->rules;
    struct control *control = control_new(rules, loader->err);

    if (control == NULL) {
        return false;
    }
    if (item->kind != YAML_MAPPING) {
        return fail_node(loader, item, "a control is a mapping with id and rule, not",
                         item->kind == YAML_SCALAR ? str_sub(item->text, 0, 40) : STR("a list"));
    }
    struct rule_origin *origin = &rules->origins[rules->count];
    *origin = (struct rule_origin){loader->file, loader->source, 0, 0, false};
    if (!take_over(loader, item, control, origin)) {
        return false;
    }
    for (const struct yaml_node *node = item->first; node != NULL; node = node->next) {
        if (!read_field(loader, node, control, origin)) {
            return false;
        }
    }
    if (control->id.n == 0 || str_trim(control->rule).n == 0) {
        return fail_node(loader, item, "a control needs",
                         control->id.n == 0 ? STR("id") : STR("rule"));
    }
    size_t other = id_find(rules, control->id);
    if (other < rules->count) {
        const struct rule_origin *first = &rules->origins[other];
        uint64_t line = 0, col = 0;
        text_place(first->source, first->begin, &line, &col);
        (void)fail_node(loader, item, "two controls are called", control->id);
        err_hint(loader->err, "the rule of the other is at %.*s:%llu:%llu", STR_ARG(first->file),
                 (unsigned long long)line, (unsigned long long)col);
        return false;
    }
    if (control->title.n == 0) {
        control->title = control->id;
    }
    rules->count++;
    return true;
}

static bool load_yaml(struct loader *loader)
{
    const struct yaml_node *root = NULL;

    if (!yaml_parse(&loader->rules->arena, loader->source, &root, loader->err)) {
        err_place(loader->err, loader->file, 0, 0);
        return false;
    }
    if (root == NULL || root->kind != YAML_SEQUENCE) {
        (void)err_set(loader->err, ERR_INPUT, "a rule file is a list of controls");
        err_hint(loader->err, "start each with '- id: NAME' and give it a 'rule:'");
        err_place(loader->err, loader->file, 1, 1);
        return false;
    }
    for (const struct yaml_node *item = root->first; item != NULL; item = item->next) {
        if (!load_control(loader, item)) {
            return false;
        }
    }
    return true;
}

/* ---- plain text ----------------------------------------------------------------------------- */

static bool is_indented(struct str line)
{
    return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
}

static bool is_empty(struct str line)
{
    struct str text = str_trim(line);

    return text.n == 0 || text.p[0] == '#';
}

static bool begins_let(struct str line)
{
    return line.n > 4 && str_eq_nocase(str_sub(line, 0, 4), STR("let "));
}

/* "netskope.txt" and line 7: netskope:7. */
static bool text_rule_id(struct loader *loader, size_t line, struct str *out)
{
    char digits[24];
    struct buf number = {.p = digits, .capacity = sizeof digits, .size_max = sizeof digits};
    struct str name = loader->file;
    struct buf id;
    bool ok = false;

    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == '/') {
            name = str_sub(name, i, name.n);
            break;
        }
    }
    if (str_ends(name, STR(".txt"))) {
        name.n -= 4;
    }
    buf_u64(&number, line);
    buf_init(&id, 4096);
    buf_str(&id, name);
    buf_char(&id, ':');
    buf_str(&id, buf_text(&number));
    ok = arena_str(&loader->rules->arena, buf_text(&id), out);
    buf_release(&id);
    return ok || too_large(loader->err);
}

static bool add_text_rule(struct loader *loader, size_t begin, size_t end, size_t line)
{
    struct ruleset *rules = loader->rules;
    struct control *control = control_new(rules, loader->err);

    if (control == NULL || !text_rule_id(loader, line, &control->id)) {
        return false;
    }
    control->title = control->id;
    control->rule = str_sub(loader->source, begin, end);
    rules->origins[rules->count] =
        (struct rule_origin){loader->file, loader->source, begin, end, false};
    rules->count++;
    return true;
}

/* A rule begins at a line that is not indented (the first one may be) and ends with its last line
 * that is more than a remark; let lines belong to the rule after them. */
static bool load_text(struct loader *loader)
{
    struct str rest = loader->source, line;
    size_t begin = 0, end = 0, rule_line = 0, number = 0;
    bool in_rule = false, only_lets = false;

    while (rest.n > 0) {
        size_t at = (size_t)(rest.p - loader->source.p);
        (void)str_cut(&rest, '\n', &line);
        number++;
        bool starts = !is_empty(line) && !(in_rule && (only_lets || is_indented(line)));
        if (starts && in_rule && !add_text_rule(loader, begin, end, rule_line)) {
            return false;
        }
        if (starts) {
            begin = at;
            in_rule = true;
            rule_line = number;
        }
        if (starts || (!is_empty(line) && !is_indented(line))) {
            only_lets = begins_let(str_trim(line));
        }
        if (!is_empty(line)) {
            end = loader->source.n - rest.n;
        }
    }
    return !in_rule || add_text_rule(loader, begin, end, rule_line);
}

bool ruleset_add_text(struct ruleset *rules, struct str file, struct str text, struct err *err)
{
    struct loader loader = {.rules = rules, .first = rules->count, .err = err};
    struct str first = text, line;
    bool is_yaml = str_ends(file, STR(".yaml")) || str_ends(file, STR(".yml"));

    if (!arena_str(&rules->arena, text, &loader.source) ||
        !arena_str(&rules->arena, file, &loader.file)) {
        return too_large(err);
    }
    while (!is_yaml && first.n > 0) {
        (void)str_cut(&first, '\n', &line);
        if (!is_empty(line)) {
            is_yaml = str_starts(line, STR("- ")) || str_starts(line, STR("---")) ||
                      str_starts(line, STR("-\n")) || str_eq(str_trim(line), STR("[]"));
            break;
        }
    }
    return is_yaml ? load_yaml(&loader) : load_text(&loader);
}
