/* keywarden rule fmt: rules in their canonical layout; everything around them stays. */
#include "audit/pack.h"
#include "cli/command.h"
#include "cli/message.h"
#include "os/file.h"
#include "rule/filter_pattern.h"
#include "rule/sigma.h"

enum { FILE_SIZE_MAX = 8 << 20, OUT_SIZE_MAX = 64 << 20, FORMAT_ARENA_MAX = 16 << 20 };

const struct opt rule_fmt_opts[] = {
    {.name = "write",
     .letter = 'w',
     .is_written = true,
     .help = "change the file instead of printing it"},
    {.name = "check", .help = "print nothing; exit 1 if the layout would change"},
    {0},
};

/* Comments inside a rule go before it: the tree does not know them. */
static void write_comments(struct buf *out, struct str text, size_t indent)
{
    bool in_string = false;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') {
            in_string = !in_string;
        } else if (text.p[i] == '\\' && in_string) {
            i++;
        } else if (text.p[i] == '#' && !in_string) {
            size_t end = i + str_find(str_sub(text, i, text.n), '\n');
            buf_fill(out, ' ', indent);
            buf_str(out, str_trim(str_sub(text, i, end)));
            buf_char(out, '\n');
            i = end;
        }
    }
}

static void write_indented(struct buf *out, struct str text, size_t indent)
{
    struct str line;

    while (text.n > 0) {
        (void)str_cut(&text, '\n', &line);
        buf_fill(out, ' ', indent);
        buf_str(out, line);
        buf_char(out, text.n > 0 ? '\n' : ' ');
    }
    if (out->n > 0) {
        out->n--; /* the blank behind the last line */
    }
}

static bool format_one(struct ruleset *rules, size_t index, struct buf *rule, struct err *err)
{
    struct arena arena;
    struct ast_rule ast;
    bool ok = false;

    arena_init(&arena, FORMAT_ARENA_MAX);
    ok = ruleset_check_one(rules, index, err);
    if (ok && filter_pattern_is_text(rules->controls[index].rule)) {
        buf_clear(rule); /* kept as it was published */
        buf_str(rule, str_trim(rules->controls[index].rule));
    } else if (ok && rule_parse(&arena, rules->controls[index].rule, &ast, err)) {
        buf_clear(rule);
        rule_format(rule, &ast);
    }
    arena_release(&arena);
    return ok && err->kind == ERR_NONE;
}

/* Column of the key that a YAML scalar belongs to. */
static size_t indent_of(struct str source, size_t at)
{
    size_t line = at;

    while (line > 0 && source.p[line - 1] != '\n') {
        line--;
    }
    size_t indent = 0;
    while (line + indent < at &&
           (source.p[line + indent] == ' ' || source.p[line + indent] == '-')) {
        indent++;
    }
    return indent;
}

/* Whether a rule of one line may stand behind "rule:" as it is. */
static bool is_plain_yaml(struct str rule)
{
    for (size_t i = 0; i < rule.n; i++) {
        bool is_mark = (rule.p[i] == ':' && (i + 1 == rule.n || rule.p[i + 1] == ' ')) ||
                       (rule.p[i] == '#' && i > 0 && rule.p[i - 1] == ' ');
        if (rule.p[i] == '\n' || is_mark) {
            return false;
        }
    }
    return true;
}

static void write_yaml_rule(struct buf *out, const struct rule_origin *origin, struct str text,
                            struct str rule)
{
    size_t indent = indent_of(origin->source, origin->begin) + 2;
    size_t before = 0;

    /* Comments in a rule need lines of their own, and so a block. */
    buf_str(out, STR("|\n"));
    before = out->n;
    write_comments(out, text, indent);
    if (out->n == before && is_plain_yaml(rule)) {
        out->n -= 2;
        buf_str(out, rule);
        buf_char(out, '\n');
        return;
    }
    write_indented(out, rule, indent);
    buf_char(out, '\n');
}

/* Rewrites each rule's own bytes and copies the rest. What a control inherits stands elsewhere. */
static bool format_all(struct ruleset *rules, struct str source, struct buf *out, struct err *err)
{
    struct buf rule;
    size_t at = 0;
    bool ok = true;

    buf_init(&rule, OUT_SIZE_MAX);
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule_origin *origin = &rules->origins[i];
        struct str text = rules->controls[i].rule;
        bool is_text = origin->source.p + origin->begin == text.p;
        ok = format_one(rules, i, &rule, err);
        if (!ok) {
            break;
        }
        if (origin->is_inherited) {
            continue;
        }
        buf_str(out, str_sub(source, at, origin->begin));
        if (is_text) {
            write_comments(out, text, 0);
            write_indented(out, buf_text(&rule), 0);
            buf_char(out, '\n');
            at = origin->end;
        } else {
            write_yaml_rule(out, origin, text, buf_text(&rule));
            at = origin->end;
            while (at < source.n && source.p[at - 1] != '\n' &&
                   (source.p[at] == ' ' || source.p[at] == '\n')) {
                at++;
            }
        }
    }
    if (ok) {
        buf_str(out, str_sub(source, at, source.n));
    }
    buf_release(&rule);
    return ok;
}

static bool write_file(struct str path, struct str text, struct err *err)
{
    struct file_out out = {0};
    bool ok = file_out_open(&out, path, err) && file_out_write(&out, text, err) &&
              file_out_commit(&out, err);

    file_out_abandon(&out);
    return ok;
}

static bool refuse_sigma(struct str text, struct err *err)
{
    if (!sigma_is_text(text)) {
        return true;
    }
    (void)err_set(err, ERR_INPUT, "Sigma rules have no layout of ours");
    err_hint(err, "'keywarden rule check' says whether they are right");
    return false;
}

int cmd_rule_fmt(const struct command *command, const struct args *args)
{
    struct ruleset rules;
    struct buf source, out;
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    if (args->operand_count != 1) {
        (void)err_set(&err, ERR_USAGE, "one rule file is wanted");
        err_hint(&err, "keywarden rule fmt my-rules.yaml");
        return message_fail(&err);
    }
    ruleset_init(&rules);
    buf_init(&source, FILE_SIZE_MAX);
    buf_init(&out, OUT_SIZE_MAX);
    struct str path = args->operands[0];
    if (!file_read_all(path, FILE_SIZE_MAX, &source, &err) ||
        !refuse_sigma(buf_text(&source), &err) ||
        !ruleset_add_text(&rules, path, buf_text(&source), &err) ||
        !format_all(&rules, buf_text(&source), &out, &err)) {
        err_place(&err, path, 0, 0);
        code = message_fail(&err);
    } else if (args_has(args, "check") || args_has(args, "write")) {
        bool changes = !str_eq(buf_text(&out), buf_text(&source));
        if (changes && args_has(args, "check")) {
            code = EXIT_FINDINGS;
        } else if (changes && !write_file(path, buf_text(&out), &err)) {
            code = message_fail(&err);
        }
    } else {
        code = output_write(buf_text(&out));
    }
    buf_release(&source);
    buf_release(&out);
    ruleset_release(&rules);
    return code;
}
