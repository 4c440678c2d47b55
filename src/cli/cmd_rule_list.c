/* keywarden rule list: which controls there are, in a line each or in full. */
#include "audit/embedded.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/rule_events.h"
#include "cli/rule_markdown.h"
#include "cli/rules.h"

enum { OUT_SIZE_MAX = 64 << 20 };

const struct opt rule_list_opts[] = {
    {.name = "pack", .arg = "NAME", .is_repeatable = true, .help = "controls of this pack"},
    {.name = "placeholders",
     .arg = "FILE",
     .is_repeatable = true,
     .help = "values for Sigma's expand: a mapping of names to texts"},
    {.name = "packs", .help = "the names of the built-in packs"},
    {.name = "markdown", .help = "the controls in full, as a Markdown page"},
    {0},
};

static void list_packs(struct buf *out)
{
    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        struct ruleset rules;
        struct err err = {0};
        ruleset_init(&rules);
        if (ruleset_add_text(&rules, pack->name, pack->text, &err)) {
            buf_printf(out, "%-24.*s %zu control%s\n", STR_ARG(pack->name), rules.count,
                       rules.count == 1 ? "" : "s");
        }
        ruleset_release(&rules);
    }
    for (const struct embedded_pack *pack = embedded_sigma; pack->name.n > 0; pack++) {
        struct sigma_set set;
        struct err err = {0};
        sigma_set_init(&set);
        if (sigma_set_add(&set, pack->name, pack->text, &err)) {
            size_t count = set.rule_count + set.correlation_count;
            buf_printf(out, "%-24.*s %zu rule%s of Sigma\n", STR_ARG(pack->name), count,
                       count == 1 ? "" : "s");
        }
        sigma_set_release(&set);
    }
}

static void control_line(struct buf *out, const struct control *control, size_t indent,
                         size_t width)
{
    buf_fill(out, ' ', indent);
    buf_str(out, control->id);
    buf_fill(out, ' ', width + 2 - control->id.n);
    buf_printf(out, "%-8.*s  %.*s", STR_ARG(severity_name(control->severity)),
               STR_ARG(control->title));
    for (size_t j = 0; j < control->param_count; j++) {
        buf_printf(out, "%s%.*s=%lld", j == 0 ? "  (" : ", ", STR_ARG(control->params[j].name),
                   (long long)control->params[j].value);
    }
    buf_str(out, control->param_count > 0 ? STR(")\n") : STR("\n"));
}

/* One list; several under their names. */
static void list_controls(struct buf *out, const struct ruleset *rules,
                          const struct rule_source *sources, size_t source_count)
{
    size_t width = 0;

    for (size_t i = 0; i < rules->count; i++) {
        width = rules->controls[i].id.n > width ? rules->controls[i].id.n : width;
    }
    for (size_t s = 0; s < source_count; s++) {
        if (source_count > 1) {
            buf_printf(out, "%s%.*s\n", s == 0 ? "" : "\n", STR_ARG(sources[s].name));
        }
        for (size_t i = sources[s].begin; i < sources[s].end; i++) {
            control_line(out, &rules->controls[i], source_count > 1 ? 2 : 0, width);
        }
    }
}

static bool is_listed(const struct rule_source *sources, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(sources[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Sigma rules are listed by themselves. True with *is_sigma when the file or pack holds them. */
static bool add_sigma(struct sigma_set *set, struct str path, bool is_pack, bool *is_sigma,
                      struct err *err)
{
    struct buf text = {0};
    struct str pack;
    bool ok = true;

    *is_sigma = is_pack && rule_events_pack(path, &pack);
    if (*is_sigma) {
        return sigma_set_add(set, path, pack, err);
    }
    if (!is_pack) {
        ok = rules_read_file(path, &text, err);
        *is_sigma = ok && sigma_is_text(buf_text(&text));
        ok = ok && (!*is_sigma || sigma_set_add(set, path, buf_text(&text), err));
        buf_release(&text);
    }
    return ok;
}

/* Loads what the options and operands name, each pack once; the pack keywarden if
 * nothing is. */
static bool load(struct ruleset *rules, struct sigma_set *set, const struct args *args,
                 struct rule_source *sources, size_t *source_count, struct err *err)
{
    size_t count = 0, packs = 0;
    struct str name;
    bool is_sigma = false, any_sigma = false;

    for (; args_nth(args, "pack", packs, &name); packs++) {
        if (is_listed(sources, count, name)) {
            continue;
        }
        if (!add_sigma(set, name, true, &is_sigma, err)) {
            return false;
        }
        if (is_sigma) {
            any_sigma = true;
            continue;
        }
        sources[count] = (struct rule_source){name, rules->count, 0};
        if (!ruleset_add_pack(rules, name, err)) {
            return false;
        }
        sources[count++].end = rules->count;
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        if (!add_sigma(set, args->operands[i], false, &is_sigma, err)) {
            return false;
        }
        if (is_sigma) {
            any_sigma = true;
            continue;
        }
        sources[count] = (struct rule_source){args->operands[i], rules->count, 0};
        if (!rules_add_file(rules, args->operands[i], err)) {
            return false;
        }
        sources[count++].end = rules->count;
    }
    if (count == 0 && !any_sigma) {
        sources[count] = (struct rule_source){STR("keywarden"), 0, 0};
        if (!ruleset_add_pack(rules, STR("keywarden"), err)) {
            return false;
        }
        sources[count++].end = rules->count;
    }
    *source_count = count;
    return true;
}

int cmd_rule_list(const struct command *command, const struct args *args)
{
    struct ruleset rules;
    struct sigma_set set;
    struct rule_source *sources = NULL;
    struct err err = {0};
    struct buf out;
    size_t source_count = 0;
    int code = EXIT_OK;

    (void)command;
    ruleset_init(&rules);
    sigma_set_init(&set);
    buf_init(&out, OUT_SIZE_MAX);
    sources = mem_array(args->value_count + args->operand_count + 1, sizeof *sources);
    if (args_has(args, "packs")) {
        list_packs(&out);
    } else if (!rule_events_placeholders(&set, args, &err) ||
               !load(&rules, &set, args, sources, &source_count, &err) ||
               !sigma_set_resolve(&set, &err)) {
        code = message_fail(&err);
    } else if (args_has(args, "markdown")) {
        rule_markdown_write(&out, &rules, sources, source_count);
    } else {
        list_controls(&out, &rules, sources, source_count);
        rule_events_list(&out, &set);
    }
    if (code == EXIT_OK) {
        code = output_write(buf_text(&out));
    }
    buf_release(&out);
    mem_free(sources);
    ruleset_release(&rules);
    sigma_set_release(&set);
    return code;
}
