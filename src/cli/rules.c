#include "cli/rules.h"

#include <stdio.h>

#include "os/file.h"
#include "render/terminal.h"
#include "rule/sigma.h"

enum { RULE_FILE_SIZE_MAX = 8 << 20 };

bool rules_read_file(struct str path, struct buf *text, struct err *err)
{
    buf_init(text, RULE_FILE_SIZE_MAX);
    if (!file_read_all(path, RULE_FILE_SIZE_MAX, text, err)) {
        err_place(err, path, 0, 0);
        return false;
    }
    return true;
}

bool rules_add_file(struct ruleset *rules, struct str path, struct err *err)
{
    struct buf text;
    bool ok = false;

    ok = rules_read_file(path, &text, err);
    if (ok && sigma_is_text(buf_text(&text))) {
        ok = err_set(err, ERR_INPUT, "these are Sigma rules: they are about CloudTrail's events");
        err_hint(err, "the 'rule' commands read them");
    }
    ok = ok && ruleset_add_text(rules, path, buf_text(&text), err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

void rules_name(struct buf *names, struct str name)
{
    buf_str(names, names->n == 0 ? STR("") : STR(", "));
    buf_str(names, name);
}

bool rules_next_pack(const struct args *args, size_t *at, struct str *name)
{
    struct str earlier;

    while (args_nth(args, "pack", *at, name)) {
        size_t same = 0;
        while (args_nth(args, "pack", same, &earlier) && !str_eq(earlier, *name)) {
            same++;
        }
        if (same == (*at)++) {
            return true;
        }
    }
    return false;
}

bool rules_add_packs(struct ruleset *rules, const struct args *args, struct buf *names,
                     struct err *err)
{
    struct str value;
    size_t at = 0;

    while (rules_next_pack(args, &at, &value)) {
        if (!ruleset_add_pack(rules, value, err)) {
            return false;
        }
        rules_name(names, value);
    }
    return true;
}

static bool refuse_events(const struct ruleset *rules, struct err *err)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->programs[i].entity == &schema_cloudtrail_event) {
            (void)err_set(err, ERR_INPUT, "'%.*s' is about CloudTrail's events, not about reports",
                          STR_ARG(rules->controls[i].id));
            err_place(err, rules->origins[i].file, 0, 0);
            return false;
        }
    }
    return true;
}

bool rules_load(struct ruleset *rules, const struct args *args, struct buf *names, struct err *err)
{
    struct str value;
    size_t files = 0;

    if (!rules_add_packs(rules, args, names, err)) {
        return false;
    }
    for (; args_nth(args, "rules", files, &value); files++) {
        if (!rules_add_file(rules, value, err)) {
            return false;
        }
        rules_name(names, value);
    }
    if (files == 0 && !args_has(args, "pack")) {
        if (!ruleset_add_pack(rules, STR("keywarden"), err)) {
            return false;
        }
        rules_name(names, STR("keywarden"));
    }
    for (size_t i = 0; args_nth(args, "param", i, &value); i++) {
        if (!ruleset_set_param(rules, value, err)) {
            return false;
        }
    }
    return ruleset_compile(rules, err) && refuse_events(rules, err);
}

void rule_caret(struct str source, uint32_t line, uint32_t col)
{
    enum { CONTEXT = 60 };
    struct str text = source, shown;
    struct buf out;

    for (uint32_t i = 0; i < line; i++) {
        (void)str_cut(&text, '\n', &shown);
    }
    if (line == 0 || col == 0 || shown.n == 0) {
        return;
    }
    /* Of a long line only what is around the fault. */
    size_t at = col - 1 < shown.n ? col - 1 : shown.n;
    size_t from = at > CONTEXT ? at - CONTEXT : 0;
    buf_init(&out, 1 << 16);
    buf_str(&out, STR("    "));
    size_t begin = out.n;
    terminal_text(&out, str_sub(shown, from, at));
    size_t width = terminal_width(str_sub(buf_text(&out), begin, out.n));
    terminal_text(&out, str_sub(shown, at, from + 2 * (size_t)CONTEXT));
    buf_str(&out, STR("\n    "));
    buf_fill(&out, ' ', width);
    buf_str(&out, STR("^\n"));
    (void)fwrite(out.p, 1, out.n, stderr);
    buf_release(&out);
}
