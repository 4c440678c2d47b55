#include "audit/pack.h"

#include <limits.h>
#include <string.h>

#include "audit/embedded.h"
#include "codec/yaml.h"
#include "report/command.h"
#include "rule/lex.h"

enum { RULESET_SIZE_MAX = 256 << 20, RULES_MAX = 100000 };

void ruleset_init(struct ruleset *rules)
{
    *rules = (struct ruleset){0};
    arena_init(&rules->arena, RULESET_SIZE_MAX);
}

void ruleset_release(struct ruleset *rules)
{
    arena_release(&rules->arena);
    mem_free(rules->controls);
    mem_free(rules->origins);
    mem_free(rules->programs);
    mem_free(rules->pointers);
    *rules = (struct ruleset){0};
}

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

static bool id_is_new(const struct ruleset *rules, struct str id)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (str_eq(rules->controls[i].id, id)) {
            return false;
        }
    }
    return true;
}

/* ---- YAML ----------------------------------------------------------------------------------- */

struct loader {
    struct ruleset *rules;
    struct str file, source;
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
    maps = arena_array(&loader->rules->arena, node->count, sizeof *maps);
    if (maps == NULL) {
        return too_large(loader->err);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (item->kind != YAML_SCALAR) {
            return fail_node(loader, item, "plain text is wanted for", item->key->text);
        }
        maps[count++] = (struct control_map){item->key->text, item->text};
    }
    control->maps = maps;
    control->map_count = count;
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
    params = arena_array(&loader->rules->arena, node->count, sizeof *params);
    if (params == NULL) {
        return too_large(loader->err);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        params[count].name = item->key->text;
        if (item->kind != YAML_SCALAR || !str_to_i64(item->text, &params[count].value)) {
            return fail_node(loader, item, "a whole number is wanted for", item->key->text);
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
    {STR_LIT("lookup"), offsetof(struct control, lookup), FIELD_TEXT},
    {STR_LIT("undo"), offsetof(struct control, undo), FIELD_TEXT},
    {STR_LIT("later"), offsetof(struct control, later), FIELD_LIST},
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
            origin->begin = node->begin;
            origin->end = node->end;
            return read_text(loader, node, &control->rule);
        case FIELD_PARAMS:
            return read_params(loader, node, control);
        case FIELD_MAPS:
            return read_maps(loader, node, control);
        }
    }
    return fail_field(loader, node);
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
    *origin = (struct rule_origin){loader->file, loader->source, 0, 0};
    for (const struct yaml_node *node = item->first; node != NULL; node = node->next) {
        if (!read_field(loader, node, control, origin)) {
            return false;
        }
    }
    if (control->id.n == 0 || str_trim(control->rule).n == 0) {
        return fail_node(loader, item, "a control needs",
                         control->id.n == 0 ? STR("id") : STR("rule"));
    }
    if (!id_is_new(rules, control->id)) {
        return fail_node(loader, item, "two controls are called", control->id);
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
    rules->origins[rules->count] = (struct rule_origin){loader->file, loader->source, begin, end};
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
    struct loader loader = {.rules = rules, .err = err};
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

bool ruleset_add_pack(struct ruleset *rules, struct str name, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        if (str_eq(pack->name, name)) {
            return ruleset_add_text(rules, pack->name, pack->text, err);
        }
        if (str_is_near(name, pack->name, &best)) {
            near = pack->name;
        }
    }
    (void)err_set(err, ERR_USAGE, "there is no pack '%.*s'", STR_ARG(name));
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'? 'keywarden rule list --packs' lists them",
                 STR_ARG(near));
    } else {
        err_hint(err, "'keywarden rule list --packs' lists them; a file is given with --rules");
    }
    return false;
}

/* ---- parameters and programs ---------------------------------------------------------------- */

static bool fail_param(struct ruleset *rules, struct str id, struct err *err)
{
    struct str near = {0};
    unsigned best = UINT_MAX;

    (void)err_set(err, ERR_USAGE, "no loaded control is called '%.*s'", STR_ARG(id));
    for (size_t i = 0; i < rules->count; i++) {
        if (str_is_near(id, rules->controls[i].id, &best)) {
            near = rules->controls[i].id;
        }
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return false;
}

bool ruleset_set_param(struct ruleset *rules, struct str assignment, struct err *err)
{
    struct str value = assignment, target;
    int64_t number = 0;
    size_t dot = 0;

    if (!str_cut(&value, '=', &target) || str_find(target, '.') == target.n ||
        !str_to_i64(value, &number)) {
        (void)err_set(err, ERR_USAGE, "--param wants ID.NAME=NUMBER, not '%.*s'",
                      STR_ARG(assignment));
        err_hint(err, "for example --param access-key-rotated.days=30");
        return false;
    }
    for (dot = target.n; dot > 0 && target.p[dot - 1] != '.'; dot--) {
    }
    struct str id = dot == 0 ? target : str_sub(target, 0, dot - 1);
    struct str name = str_sub(target, dot, target.n);
    for (size_t i = 0; i < rules->count; i++) {
        struct control *control = &rules->controls[i];
        if (!str_eq(control->id, id)) {
            continue;
        }
        for (size_t j = 0; j < control->param_count; j++) {
            if (str_eq(control->params[j].name, name)) {
                control->params[j].value = number;
                return true;
            }
        }
        (void)err_set(err, ERR_USAGE, "control '%.*s' has no parameter '%.*s'", STR_ARG(id),
                      STR_ARG(name));
        if (control->param_count > 0) {
            err_hint(err, "it has '%.*s'", STR_ARG(control->params[0].name));
        }
        return false;
    }
    return fail_param(rules, id, err);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Where byte `offset` of a rule's text stands in its file: text and source are walked together,
 * blanks of either skipped where the other has none (indentation, folded lines, quotes). */
static size_t source_offset(const struct rule_origin *origin, struct str text, size_t offset)
{
    size_t at = origin->begin;
    struct str source = origin->source;

    while (at < origin->end && text.n > 0 && source.p[at] != text.p[0]) {
        at++;
    }
    /* A block scalar's indicator line may hold the text's first letter: start behind it. */
    if (origin->begin < origin->end &&
        (source.p[origin->begin] == '|' || source.p[origin->begin] == '>')) {
        at = origin->begin + str_find(str_sub(source, origin->begin, origin->end), '\n');
    }
    for (size_t i = 0; i < offset && i < text.n && at < origin->end; i++) {
        if (is_space(text.p[i])) {
            at += is_space(source.p[at]) ? 1 : 0;
            continue;
        }
        while (at < origin->end && source.p[at] != text.p[i]) {
            at++;
        }
        at++;
    }
    while (at < origin->end && offset < text.n && !is_space(text.p[offset]) &&
           source.p[at] != text.p[offset]) {
        at++;
    }
    return at;
}

static size_t text_offset(struct str text, uint32_t line, uint32_t col)
{
    size_t at = 0;

    for (uint32_t i = 1; i < line && at < text.n; i++) {
        at += str_find(str_sub(text, at, text.n), '\n') + 1;
    }
    return at + (col > 0 ? col - 1 : 0);
}

static void place_rule_error(const struct ruleset *rules, size_t index, struct err *err)
{
    const struct rule_origin *origin = &rules->origins[index];
    struct str text = rules->controls[index].rule;
    uint64_t line = 0, col = 0;

    if (err->line > 0) {
        size_t at = source_offset(origin, text, text_offset(text, err->line, err->col));
        text_place(origin->source, at, &line, &col);
    } else {
        text_place(origin->source, origin->begin, &line, &col);
    }
    err->line = (uint32_t)line;
    err->col = (uint32_t)col;
    err_place(err, origin->file, 0, 0);
}

static bool check_into(struct ruleset *rules, size_t index, struct rule_program *program,
                       struct err *err)
{
    const struct control *control = &rules->controls[index];

    if (!command_check(control, err)) {
        err_place(err, rules->origins[index].file, 0, 0);
        return false;
    }
    if (rule_compile(&rules->arena, control->rule, control->params, control->param_count, program,
                     err)) {
        return true;
    }
    place_rule_error(rules, index, err);
    return false;
}

bool ruleset_check_one(struct ruleset *rules, size_t index, struct err *err)
{
    struct rule_program program;

    return check_into(rules, index, &program, err);
}

bool ruleset_compile(struct ruleset *rules, struct err *err)
{
    rules->programs = mem_array(rules->count, sizeof *rules->programs);
    rules->pointers = mem_array(rules->count, sizeof(struct control *));
    batch_plan_init(&rules->plan, &rules->arena);
    for (size_t i = 0; i < rules->count; i++) {
        rules->pointers[i] = &rules->controls[i];
        if (!check_into(rules, i, &rules->programs[i], err) ||
            !batch_plan_add(&rules->plan, &rules->programs[i], err)) {
            return false;
        }
    }
    return true;
}
