#include "cli/trail_rules.h"

#include "audit/embedded.h"
#include "cli/message.h"
#include "cli/rule_events.h"
#include "cli/rules.h"
#include "os/walk.h"

enum { NAMES_MAX = 1 << 20 };

void trail_rules_init(struct trail_rules *rules)
{
    *rules = (struct trail_rules){0};
    sigma_set_init(&rules->set);
    ruleset_init(&rules->others);
    buf_init(&rules->names, NAMES_MAX);
}

void trail_rules_release(struct trail_rules *rules)
{
    mem_free(rules->scanned);
    mem_free(rules->alerts);
    mem_free(rules->is_silent);
    sigma_set_release(&rules->set);
    ruleset_release(&rules->others);
    buf_release(&rules->names);
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool add_pack(struct trail_rules *rules, struct str name, struct err *err)
{
    struct str text, near = {0};
    unsigned best = UINT32_MAX;

    if (rule_events_pack(name, &text)) {
        return sigma_set_add(&rules->set, name, text, err);
    }
    for (const struct embedded_pack *pack = embedded_sigma; pack->name.n > 0; pack++) {
        near = str_is_near(name, pack->name, &best) || near.n == 0 ? pack->name : near;
    }
    (void)err_set(err, ERR_USAGE, "there is no pack '%.*s' of rules about events", STR_ARG(name));
    err_hint(err, "use %.*s, or name a file with --rules", STR_ARG(near));
    return false;
}

static bool add_file(struct trail_rules *rules, struct str path, struct err *err)
{
    struct buf text;
    bool ok = rules_read_file(path, &text, err);

    if (ok && sigma_is_text(buf_text(&text))) {
        ok = sigma_set_add(&rules->set, path, buf_text(&text), err);
    } else if (ok) {
        ok = ruleset_add_text(&rules->others, path, buf_text(&text), err);
    }
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

/* A file whatever its name, or the .yml and .yaml files of a folder. */
static bool add_path(struct trail_rules *rules, struct str path, struct err *err)
{
    static const struct str suffixes[] = {STR_LIT(".yml"), STR_LIT(".yaml")};
    struct walk *walk = walk_new(&path, 1, suffixes, sizeof suffixes / sizeof suffixes[0]);
    struct walk_entry entry;
    size_t count = 0;
    bool ok = true;

    while (ok && walk_next(walk, &entry)) {
        count++;
        ok = entry.err.kind == ERR_NONE && add_file(rules, entry.path, err);
        if (entry.err.kind != ERR_NONE) {
            *err = entry.err;
            err_place(err, entry.path, 0, 0);
        }
    }
    walk_free(walk);
    if (ok && count == 0) {
        ok = err_set(err, ERR_INPUT, "no rules are in the folder");
        err_hint(err, "folders are searched for *.yml and *.yaml");
        err_place(err, path, 0, 0);
    }
    return ok;
}

static bool read_all(struct trail_rules *rules, const struct args *args, struct err *err)
{
    struct str value;
    size_t at = 0;

    if (!rule_events_placeholders(&rules->set, args, err)) {
        return false;
    }
    while (rules_next_pack(args, &at, &value)) {
        if (!add_pack(rules, value, err)) {
            return false;
        }
        rules_name(&rules->names, value);
    }
    for (size_t i = 0; args_nth(args, "rules", i, &value); i++) {
        if (!add_path(rules, value, err)) {
            return false;
        }
        rules_name(&rules->names, value);
    }
    if (!args_has(args, "rules") && !args_has(args, "pack")) {
        if (!add_pack(rules, STR("root-activity"), err)) {
            return false;
        }
        rules_name(&rules->names, STR("root-activity"));
    }
    return sigma_set_resolve(&rules->set, err) && ruleset_compile(&rules->others, err);
}

/* ---- the tables ----------------------------------------------------------------------------- */

static bool add_others(struct trail_rules *rules, struct err *err)
{
    const struct ruleset *others = &rules->others;

    for (size_t i = 0; i < others->count; i++) {
        const struct control *control = &others->controls[i];
        size_t at = rules->set.rule_count + i;
        if (others->programs[i].dialect != DIALECT_FILTER_PATTERN &&
            others->programs[i].entity != &schema_cloudtrail_event) {
            (void)err_set(err, ERR_INPUT, "'%.*s' is not about CloudTrail's events",
                          STR_ARG(control->id));
            err_hint(err, "'keywarden audit' asks it of credential reports");
            err_place(err, others->origins[i].file, 0, 0);
            return false;
        }
        rules->scanned[at] = (struct trail_rule){.id = control->id,
                                                 .title = control->title,
                                                 .severity = control->severity,
                                                 .program = &others->programs[i]};
        rules->alerts[at] = (struct alert_rule){.id = control->id,
                                                .title = control->title,
                                                .description = control->description,
                                                .severity = control->severity,
                                                .references = control->references,
                                                .file = others->origins[i].file};
    }
    return true;
}

static void add_sigma(struct trail_rules *rules)
{
    for (size_t i = 0; i < rules->set.rule_count; i++) {
        const struct sigma_rule *rule = &rules->set.rules[i];
        rules->scanned[i] = (struct trail_rule){.id = rule->id,
                                                .title = rule->title,
                                                .severity = rule->severity,
                                                .program = &rule->program,
                                                .sigma = rule};
        rules->is_silent[i] = rule->is_silent;
        rules->alerts[i] = (struct alert_rule){.id = rule->id,
                                               .title = rule->title,
                                               .description = rule->description,
                                               .severity = rule->severity,
                                               .tags = rule->tags,
                                               .references = rule->references,
                                               .falsepositives = rule->falsepositives,
                                               .file = rule->file};
    }
    for (size_t i = 0; i < rules->set.correlation_count; i++) {
        const struct correlation *one = &rules->set.correlations[i];
        rules->is_silent[rules->count + i] = one->is_silent;
        rules->alerts[rules->count + i] = (struct alert_rule){.id = one->id,
                                                              .title = one->title,
                                                              .description = one->description,
                                                              .severity = one->severity,
                                                              .tags = one->tags,
                                                              .references = one->references,
                                                              .falsepositives = one->falsepositives,
                                                              .file = one->file,
                                                              .is_correlation = true};
    }
}

/* A rule without an id is known by its title. */
static void name_all(struct trail_rules *rules)
{
    for (size_t i = 0; i < rules->alert_count; i++) {
        struct alert_rule *rule = &rules->alerts[i];
        rule->id = rule->id.n > 0 ? rule->id : rule->title;
        rule->title = rule->title.n > 0 ? rule->title : rule->id;
    }
}

/* Below it a rule gives no alert; correlations still ask about it. */
static bool apply_least(struct trail_rules *rules, const struct args *args, struct err *err)
{
    struct str name = args_value(args, "min-level", STR("informational"));
    enum severity least = SEVERITY_INFO;

    if (!sigma_level_parse(name, &least)) {
        (void)err_set(err, ERR_USAGE, "--min-level takes no '%.*s'", STR_ARG(name));
        err_hint(err, "use informational, low, medium, high or critical");
        return false;
    }
    for (size_t i = 0; i < rules->alert_count; i++) {
        rules->is_silent[i] = rules->is_silent[i] || rules->alerts[i].severity < least;
    }
    for (size_t i = 0; i < rules->count; i++) {
        rules->scanned[i].is_silent = rules->is_silent[i];
    }
    return true;
}

bool trail_rules_load(struct trail_rules *rules, const struct args *args, struct err *err)
{
    if (!read_all(rules, args, err)) {
        return false;
    }
    rules->count = rules->set.rule_count + rules->others.count;
    rules->alert_count = rules->count + rules->set.correlation_count;
    rules->scanned = mem_array(rules->count + 1, sizeof *rules->scanned);
    rules->alerts = mem_array(rules->alert_count + 1, sizeof *rules->alerts);
    rules->is_silent = mem_array(rules->alert_count + 1, sizeof *rules->is_silent);
    if (rules->count == 0) {
        (void)err_set(err, ERR_INPUT, "there is no rule about CloudTrail to ask");
        err_hint(err, "'keywarden rule check' says what was left out, and why");
        return false;
    }
    add_sigma(rules);
    if (!add_others(rules, err)) {
        return false;
    }
    name_all(rules);
    return apply_least(rules, args, err);
}

void trail_rules_tell(const struct trail_rules *rules)
{
    for (size_t i = 0; i < rules->set.rule_count; i++) {
        const struct sigma_rule *rule = &rules->set.rules[i];
        for (size_t j = 0; rule->never_matches && j < rule->note_count; j++) {
            if (rule->notes[j].part.n == 0) {
                struct err note = {0};
                (void)err_set(&note, ERR_INPUT, "'%.*s' can never match: %.*s",
                              STR_ARG(rule->title), STR_ARG(rule->notes[j].text));
                err_place(&note, rule->file, rule->notes[j].line, rule->notes[j].col);
                message_note(&note);
            }
        }
    }
    for (size_t i = 0; i < rules->set.skip_count; i++) {
        const struct sigma_skip *skip = &rules->set.skips[i];
        struct err note = {0};
        (void)err_set(&note, ERR_INPUT, "left out: %.*s", STR_ARG(skip->reason));
        err_place(&note, skip->file, skip->line, 0);
        message_note(&note);
    }
}
