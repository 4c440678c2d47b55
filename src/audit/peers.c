#include "audit/peers.h"

#include "audit/embedded.h"
#include "codec/yaml.h"

enum { PEERS_SIZE_MAX = 16 << 20, CHECKS_MAX = 1000 };

void peers_release(struct peers *peers)
{
    ruleset_release(&peers->catalogue);
    ruleset_release(&peers->rules);
    arena_release(&peers->arena);
    mem_free(peers->checks);
    mem_free(peers->pairs);
    *peers = (struct peers){0};
}

static bool too_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the checks are too large together");
}

/* ---- one file ------------------------------------------------------------------------------- */

struct loader {
    struct peers *peers;
    struct str system, source;
    struct err *err;
};

static bool fail_node(const struct loader *loader, const struct yaml_node *node, const char *text,
                      struct str name)
{
    (void)err_set(loader->err, ERR_INPUT, "%s '%.*s'", text, STR_ARG(name));
    err_place(loader->err, loader->system, node->line, node->col);
    return false;
}

/* The text of a member, empty when it is not there. */
static struct str text_of(const struct yaml_node *item, struct str key)
{
    const struct yaml_node *node = yaml_get(item, key);

    return node != NULL && node->kind == YAML_SCALAR ? node->text : (struct str){0};
}

static bool read_status(const struct loader *loader, const struct yaml_node *item, struct str key,
                        bool *has, enum status *out)
{
    const struct yaml_node *node = yaml_get(item, key);

    *has = node != NULL;
    for (unsigned status = 0; node != NULL && status < STATUS_COUNT; status++) {
        if (node->kind == YAML_SCALAR && str_eq(node->text, status_name((enum status)status))) {
            *out = (enum status)status;
            return true;
        }
    }
    return node == NULL || fail_node(loader, node, "no status is given by", key);
}

static bool read_reasons(const struct loader *loader, const struct yaml_node *item,
                         struct peer_check *check)
{
    const struct yaml_node *list = yaml_get(item, STR("why"));
    struct peer_reason *reasons = NULL;
    size_t count = 0;

    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE) {
        return fail_node(loader, list, "a list is wanted for", STR("why"));
    }
    reasons = arena_array(&loader->peers->arena, list->count, sizeof *reasons);
    if (reasons == NULL) {
        return too_large(loader->err);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        struct peer_reason *reason = &reasons[count++];
        *reason = (struct peer_reason){.text = text_of(node, STR("text"))};
        if (!read_status(loader, node, STR("ours"), &reason->has_ours, &reason->ours) ||
            !read_status(loader, node, STR("theirs"), &reason->has_theirs, &reason->theirs)) {
            return false;
        }
    }
    check->reasons = reasons;
    check->reason_count = count;
    return true;
}

/* `with` as the parameters of a control of ours, the others as the control has them. */
static bool read_with(const struct loader *loader, const struct yaml_node *item,
                      struct control *ours)
{
    const struct yaml_node *with = yaml_get(item, STR("with"));
    struct control_param *params =
        arena_array(&loader->peers->arena, ours->param_count, sizeof *params);

    if (params == NULL) {
        return too_large(loader->err);
    }
    for (size_t i = 0; i < ours->param_count; i++) {
        struct str text = text_of(with, ours->params[i].name);
        params[i] = ours->params[i];
        if (text.n > 0 && !str_to_i64(text, &params[i].value)) {
            return fail_node(loader, with, "no whole number is given by", params[i].name);
        }
    }
    for (const struct yaml_node *node = with == NULL ? NULL : with->first; node != NULL;
         node = node->next) {
        bool is_known = false;
        for (size_t i = 0; i < ours->param_count; i++) {
            is_known |= str_eq(node->key->text, params[i].name);
        }
        if (!is_known) {
            return fail_node(loader, node->key, "our control has no parameter", node->key->text);
        }
    }
    ours->params = params;
    return true;
}

static bool is_same_rule(const struct control *a, const struct control *b)
{
    for (size_t i = 0; i < a->param_count; i++) {
        if (a->params[i].value != b->params[i].value) {
            return false;
        }
    }
    return a->param_count == b->param_count && str_eq(a->rule, b->rule);
}

/* The index of our control, with those parameters, added unless it is there. */
static bool add_ours(const struct loader *loader, const struct yaml_node *item, uint32_t *index)
{
    struct ruleset *rules = &loader->peers->rules;
    const struct ruleset *catalogue = &loader->peers->catalogue;
    struct str id = text_of(item, STR("compares"));
    const struct yaml_node *narrowed = yaml_get(item, STR("narrowed"));
    struct control ours = {0};
    struct rule_origin origin;
    size_t from = 0;

    while (from < catalogue->count && !str_eq(catalogue->controls[from].id, id)) {
        from++;
    }
    if (from == catalogue->count) {
        return fail_node(loader, item, "there is no control of ours called", id);
    }
    ours = catalogue->controls[from];
    origin = catalogue->origins[from];
    if (!read_with(loader, item, &ours)) {
        return false;
    }
    if (narrowed != NULL && narrowed->kind == YAML_SCALAR) {
        ours.rule = narrowed->text;
        origin = (struct rule_origin){loader->system, loader->source, narrowed->begin,
                                      narrowed->end, false};
    }
    for (size_t i = 0; i < rules->count; i++) {
        if (str_eq(rules->controls[i].id, id) && is_same_rule(&rules->controls[i], &ours)) {
            *index = (uint32_t)i;
            return true;
        }
    }
    *index = (uint32_t)rules->count;
    return ruleset_add_control(rules, &ours, &origin, loader->err);
}

static bool add_theirs(const struct loader *loader, const struct yaml_node *item, uint32_t *index)
{
    struct ruleset *rules = &loader->peers->rules;
    const struct yaml_node *rule = yaml_get(item, STR("rule"));
    struct control theirs = {.id = text_of(item, STR("id")), .rule = text_of(item, STR("rule"))};

    if (theirs.id.n == 0 || theirs.rule.n == 0) {
        return fail_node(loader, item, "a check needs", theirs.id.n == 0 ? STR("id") : STR("rule"));
    }
    struct rule_origin origin = {loader->system, loader->source, rule->begin, rule->end, false};
    theirs.title = theirs.id;
    *index = (uint32_t)rules->count;
    return ruleset_add_control(rules, &theirs, &origin, loader->err);
}

/* One check of all may join: users are kept for it as they pass. */
static bool read_joins(const struct loader *loader, const struct yaml_node *item,
                       struct peer_check *check)
{
    const struct yaml_node *joins = yaml_get(item, STR("joins"));

    if (joins == NULL) {
        return true;
    }
    if (!str_eq(joins->text, STR("namesakes"))) {
        return fail_node(loader, joins, "no checks can join", joins->text);
    }
    for (size_t i = 0; i < loader->peers->count; i++) {
        if (loader->peers->checks[i].joins_namesakes) {
            return fail_node(loader, joins, "another check joins", joins->text);
        }
    }
    check->joins_namesakes = true;
    return true;
}

static bool load_check(const struct loader *loader, const struct yaml_node *item)
{
    static const struct str fields[] = {
        STR_LIT("id"),  STR_LIT("narrowed"), STR_LIT("compares"), STR_LIT("with"),  STR_LIT("rule"),
        STR_LIT("why"), STR_LIT("source"),   STR_LIT("version"),  STR_LIT("joins"),
    };
    struct peers *peers = loader->peers;
    struct peer_check check = {.system = loader->system,
                               .version = text_of(item, STR("version")),
                               .source = text_of(item, STR("source"))};
    struct audit_pair pair = {0};

    if (item->kind != YAML_MAPPING) {
        return fail_node(loader, item, "a check is a mapping, not", item->text);
    }
    for (const struct yaml_node *node = item->first; node != NULL; node = node->next) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            is_known |= str_eq(fields[i], node->key->text);
        }
        if (!is_known) {
            return fail_node(loader, node->key, "unknown field", node->key->text);
        }
    }
    if (!read_joins(loader, item, &check) || !read_reasons(loader, item, &check) ||
        !add_ours(loader, item, &pair.ours) || !add_theirs(loader, item, &pair.theirs)) {
        return false;
    }
    if (peers->count == peers->capacity) {
        peers->capacity = peers->capacity == 0 ? 32 : peers->capacity * 2;
        peers->checks = mem_resize(peers->checks, peers->capacity * sizeof *peers->checks);
        peers->pairs = mem_resize(peers->pairs, peers->capacity * sizeof *peers->pairs);
    }
    peers->checks[peers->count] = check;
    peers->pairs[peers->count++] = pair;
    return peers->count < CHECKS_MAX || too_large(loader->err);
}

static bool load_system(struct peers *peers, const struct embedded_pack *pack, struct err *err)
{
    struct loader loader = {.peers = peers, .system = pack->name, .source = pack->text, .err = err};
    const struct yaml_node *root = NULL;

    if (!yaml_parse(&peers->arena, pack->text, &root, err)) {
        err_place(err, pack->name, 0, 0);
        return false;
    }
    if (root == NULL || root->kind != YAML_SEQUENCE) {
        return err_set(err, ERR_INPUT, "the checks of a tool are a list");
    }
    for (const struct yaml_node *item = root->first; item != NULL; item = item->next) {
        if (!load_check(&loader, item)) {
            return false;
        }
    }
    return true;
}

/* ---- systems -------------------------------------------------------------------------------- */

static const struct embedded_pack *system_find(struct str name, struct err *err)
{
    struct buf names;

    for (const struct embedded_pack *pack = embedded_peers; pack->name.n > 0; pack++) {
        if (str_eq(pack->name, name)) {
            return pack;
        }
    }
    buf_init(&names, 4096);
    for (const struct embedded_pack *pack = embedded_peers; pack->name.n > 0; pack++) {
        buf_str(&names, pack == embedded_peers ? STR("") : STR(","));
        buf_str(&names, pack->name);
    }
    (void)err_set(err, ERR_USAGE, "--compare knows no '%.*s'", STR_ARG(name));
    err_hint(err, "use one or more of %.*s", STR_ARG(buf_text(&names)));
    buf_release(&names);
    return NULL;
}

bool peers_load(struct peers *peers, struct str systems, struct err *err)
{
    struct str rest = systems, name;

    *peers = (struct peers){0};
    ruleset_init(&peers->catalogue);
    ruleset_init(&peers->rules);
    arena_init(&peers->arena, PEERS_SIZE_MAX);
    if (!ruleset_add_pack(&peers->catalogue, STR("keywarden"), err)) {
        return false;
    }
    do {
        bool is_again = false;
        (void)str_cut(&rest, ',', &name);
        const struct embedded_pack *pack = system_find(str_trim(name), err);
        for (size_t i = 0; pack != NULL && i < peers->count; i++) {
            is_again |= str_eq(peers->checks[i].system, pack->name);
        }
        if (pack == NULL || (!is_again && !load_system(peers, pack, err))) {
            return false;
        }
    } while (rest.n > 0);
    if (!ruleset_compile(&peers->rules, err)) {
        return false;
    }
    /* Controls stay where they are from here on. */
    peers->joining = peers->count;
    for (size_t i = 0; i < peers->count; i++) {
        peers->joining = peers->checks[i].joins_namesakes ? i : peers->joining;
        peers->checks[i].ours = &peers->rules.controls[peers->pairs[i].ours];
        peers->checks[i].check = &peers->rules.controls[peers->pairs[i].theirs];
    }
    return true;
}
