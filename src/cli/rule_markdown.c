#include "cli/rule_markdown.h"

#include "render/markdown.h"

/* Whether a heading of this text has the text itself as its anchor, in any reader of Markdown. */
static bool is_anchor(struct str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return true;
}

/* The id, as a link to its heading if the page has one. */
static void link_write(struct buf *out, const struct ruleset *rules, struct str id)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct control *control = &rules->controls[i];
        if (str_eq(control->id, id) && control->extends.n == 0 && is_anchor(id)) {
            buf_char(out, '[');
            markdown_text(out, id);
            buf_str(out, STR("](#"));
            markdown_text(out, id);
            buf_char(out, ')');
            return;
        }
    }
    markdown_code(out, id);
}

static void params_write(struct buf *out, const struct control *control)
{
    for (size_t i = 0; i < control->param_count; i++) {
        buf_str(out, i > 0 ? STR(", ") : STR(""));
        markdown_text(out, control->params[i].name);
        buf_printf(out, " = %lld", (long long)control->params[i].value);
    }
}

static void paragraph_write(struct buf *out, struct str label, struct str text)
{
    if (text.n == 0) {
        return;
    }
    buf_char(out, '\n');
    buf_str(out, label);
    markdown_text(out, text);
    buf_char(out, '\n');
}

static void steps_write(struct buf *out, struct str label, const struct str_list *steps)
{
    if (steps->count == 0) {
        return;
    }
    buf_char(out, '\n');
    buf_str(out, label);
    buf_str(out, STR("\n\n"));
    for (size_t i = 0; i < steps->count; i++) {
        buf_printf(out, "%zu. ", i + 1);
        markdown_text(out, steps->items[i]);
        buf_char(out, '\n');
    }
}

static bool is_address(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= ' ' || text.p[i] == '<' || text.p[i] == '>' || text.p[i] >= 0x7f) {
            return false;
        }
    }
    return str_starts(text, STR("https://"));
}

static void references_write(struct buf *out, const struct control *control)
{
    if (control->references.count == 0) {
        return;
    }
    buf_str(out, STR("\n**References:**\n\n"));
    for (size_t i = 0; i < control->references.count; i++) {
        struct str text = control->references.items[i];
        buf_str(out, STR("- "));
        if (is_address(text)) {
            buf_char(out, '<');
            buf_str(out, text);
            buf_char(out, '>');
        } else {
            markdown_text(out, text);
        }
        buf_char(out, '\n');
    }
}

/* "security-hub IAM.8, IAM.22 · prowler ...": one system's ids together. */
static void maps_write(struct buf *out, const struct control *control)
{
    if (control->map_count == 0) {
        return;
    }
    buf_str(out, STR("\n**Elsewhere:** "));
    for (size_t i = 0; i < control->map_count; i++) {
        const struct control_map *map = &control->maps[i];
        bool is_same = i > 0 && str_eq(map->system, control->maps[i - 1].system);
        buf_str(out, i == 0 ? STR("") : is_same ? STR(", ") : STR(" · "));
        if (!is_same) {
            markdown_text(out, map->system);
            buf_char(out, ' ');
        }
        markdown_code(out, map->id);
    }
    buf_char(out, '\n');
}

static void rule_write(struct buf *out, const struct control *control)
{
    buf_char(out, '\n');
    markdown_block(out, STR("text"), str_trim(control->rule));
    if (control->param_count > 0) {
        buf_str(out, STR("\n**Parameters:** "));
        params_write(out, control);
        buf_char(out, '\n');
    }
}

static void control_write(struct buf *out, const struct control *control)
{
    buf_str(out, STR("\n### "));
    markdown_text(out, control->id);
    buf_str(out, STR("\n\n**"));
    markdown_text(out, control->title);
    buf_printf(out, "** · %.*s\n", STR_ARG(severity_name(control->severity)));
    paragraph_write(out, STR(""), control->description);
    paragraph_write(out, STR("**Impact:** "), control->impact);
    paragraph_write(out, STR("**Why:** "), control->rationale);
    rule_write(out, control);
    steps_write(out, STR("**How to see it:**"), &control->audit);
    steps_write(out, STR("**How to mend it:**"), &control->remediation);
    if (control->cli.n > 0) {
        buf_char(out, '\n');
        markdown_block(out, STR("sh"), control->cli);
    }
    references_write(out, control);
    maps_write(out, control);
}

/* Rows for the controls that extend another one, or for those that do not. */
static void table_write(struct buf *out, const struct ruleset *rules,
                        const struct rule_source *source, bool extending)
{
    buf_str(out, extending ? STR("\n| control | severity | title | extends | parameters |\n"
                                 "| --- | --- | --- | --- | --- |\n")
                           : STR("\n| control | severity | title | parameters |\n"
                                 "| --- | --- | --- | --- |\n"));
    for (size_t i = source->begin; i < source->end; i++) {
        const struct control *control = &rules->controls[i];
        if ((control->extends.n > 0) != extending) {
            continue;
        }
        buf_str(out, STR("| "));
        if (extending) {
            markdown_code(out, control->id);
        } else {
            link_write(out, rules, control->id);
        }
        buf_printf(out, " | %.*s | ", STR_ARG(severity_name(control->severity)));
        markdown_text(out, control->title);
        buf_str(out, STR(" | "));
        if (extending) {
            link_write(out, rules, control->extends);
            buf_str(out, rules->origins[i].is_inherited ? STR(" | ") : STR(", other rule | "));
        }
        params_write(out, control);
        buf_str(out, STR(" |\n"));
    }
}

/* What the table of a pack cannot say: rules of its own beside another control's texts. */
static void own_rules_write(struct buf *out, const struct ruleset *rules,
                            const struct rule_source *source)
{
    for (size_t i = source->begin; i < source->end; i++) {
        const struct control *control = &rules->controls[i];
        if (control->extends.n > 0 && !rules->origins[i].is_inherited) {
            buf_str(out, STR("\n### "));
            markdown_text(out, control->id);
            buf_char(out, '\n');
            rule_write(out, control);
        }
    }
}

void rule_markdown_write(struct buf *out, const struct ruleset *rules,
                         const struct rule_source *sources, size_t source_count)
{
    for (size_t s = 0; s < source_count; s++) {
        const struct rule_source *source = &sources[s];
        size_t extending = 0;
        for (size_t i = source->begin; i < source->end; i++) {
            extending += rules->controls[i].extends.n > 0;
        }
        buf_str(out, s > 0 ? STR("\n## ") : STR("## "));
        markdown_text(out, source->name);
        buf_char(out, '\n');
        if (source->end - source->begin > extending) {
            table_write(out, rules, source, false);
        }
        if (extending > 0) {
            table_write(out, rules, source, true);
        }
        for (size_t i = source->begin; i < source->end; i++) {
            if (rules->controls[i].extends.n == 0) {
                control_write(out, &rules->controls[i]);
            }
        }
        own_rules_write(out, rules, source);
    }
}
