#include "cli/opt.h"

#include <limits.h>

#include "base/arena.h"

const struct opt common_opts[] = {
    {.name = "config", .arg = "FILE", .help = "read options from this file"},
    {.name = "no-config", .help = "read options from no file"},
    {0},
};

void args_release(struct args *args)
{
    mem_free(args->values);
    mem_free(args->operands);
    *args = (struct args){0};
}

static const struct opt *find_long(const struct opt *opts, struct str name)
{
    for (const struct opt *opt = opts; opt->name != NULL; opt++) {
        if (str_eq(str_from(opt->name), name)) {
            return opt;
        }
    }
    return NULL;
}

const struct opt *opt_find(const struct opt *opts, struct str name)
{
    const struct opt *opt = find_long(opts, name);

    return opt != NULL ? opt : find_long(common_opts, name);
}

bool opt_is_path(const struct opt *opt)
{
    return str_eq(str_from(opt->arg), STR("FILE")) || str_eq(str_from(opt->arg), STR("FOLDER"));
}

static const struct opt *find_letter(const struct opt *opts, char letter)
{
    for (const struct opt *opt = opts; opt->name != NULL; opt++) {
        if (opt->letter == letter) {
            return opt;
        }
    }
    return NULL;
}

static bool fail_unknown(const struct opt *opts, struct str word, struct err *err)
{
    struct str name = str_sub(word, 2, word.n), near = {0};
    const struct opt *const tables[] = {opts, common_opts};
    unsigned best = UINT_MAX;

    (void)err_set(err, ERR_USAGE, "there is no option '%.*s'", STR_ARG(word));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct opt *opt = tables[i]; opt->name != NULL; opt++) {
            if (str_is_near(name, str_from(opt->name), &best)) {
                near = str_from(opt->name);
            }
        }
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '--%.*s'?", STR_ARG(near));
    }
    return false;
}

static bool was_given(const struct args *args, const struct opt *opt)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (args->values[i].opt == opt) {
            return true;
        }
    }
    return false;
}

bool args_add(struct args *args, const struct opt *opt, struct str value, uint32_t line,
              struct err *err)
{
    bool may_stand_alone = opt->arg == NULL || opt->is_arg_optional;
    bool is_off = may_stand_alone && str_eq(value, STR("false"));
    bool is_on = may_stand_alone && str_eq(value, STR("true"));

    if (opt->arg == NULL && !is_on && !is_off) {
        return err_set(err, ERR_USAGE, "'--%s' takes true or false, not '%.*s'", opt->name,
                       STR_ARG(value));
    }
    if (!opt->is_repeatable && was_given(args, opt)) {
        return err_set(err, ERR_USAGE, "'--%s' is given twice", opt->name);
    }
    if (args->value_count == args->value_capacity) {
        args->value_capacity = args->value_capacity * 2 + 16;
        args->values = mem_resize(args->values, args->value_capacity * sizeof *args->values);
    }
    if (is_on || is_off) {
        value.n = 0;
    }
    args->values[args->value_count++] =
        (struct arg_value){.opt = opt, .value = value, .line = line, .is_off = is_off};
    return true;
}

/* One word that starts with '-'; *used is set when it took the next one as its value. */
static bool parse_option(struct args *args, struct str word, const char *next, bool *used,
                         struct err *err)
{
    struct str value = word, name;
    bool has_value = str_starts(word, STR("--")) && str_cut(&value, '=', &name);
    const struct opt *opt = NULL;

    *used = false;
    if (str_starts(word, STR("--"))) {
        name = str_sub(has_value ? name : word, 2, word.n);
        opt = opt_find(args->opts, name);
        if (opt == NULL) {
            return fail_unknown(args->opts, has_value ? (struct str){word.p, name.n + 2} : word,
                                err);
        }
    } else {
        opt = find_letter(args->opts, word.p[1]);
        if (opt == NULL) {
            return fail_unknown(args->opts, word, err);
        }
        value = str_sub(word, 2, word.n);
        has_value = value.n > 0;
        if (opt->arg == NULL && has_value) {
            return err_set(err, ERR_USAGE, "'--%s' takes no value", opt->name);
        }
    }
    if ((opt->arg == NULL || opt->is_arg_optional) && !has_value) {
        return args_add(args, opt, STR("true"), 0, err);
    }
    if (!has_value) {
        if (next == NULL) {
            return err_set(err, ERR_USAGE, "'--%s' needs a value: %s", opt->name, opt->arg);
        }
        value = str_from(next);
        *used = true;
    }
    return args_add(args, opt, value, 0, err);
}

bool args_parse(struct args *args, const struct opt *opts, int argc, char **argv, struct err *err)
{
    bool only_operands = false;

    *args = (struct args){.opts = opts};
    args->operands = mem_array((size_t)argc + 1, sizeof *args->operands);
    for (int i = 0; i < argc; i++) {
        struct str word = str_from(argv[i]);
        bool used = false;
        if (only_operands || word.n < 2 || word.p[0] != '-') {
            args->operands[args->operand_count++] = word;
        } else if (str_eq(word, STR("--"))) {
            only_operands = true;
        } else if (!parse_option(args, word, i + 1 < argc ? argv[i + 1] : NULL, &used, err)) {
            return false;
        }
        i += used ? 1 : 0;
    }
    return true;
}

bool args_nth(const struct args *args, const char *name, size_t index, struct str *value)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (args->values[i].is_off ||
            !str_eq(str_from(args->values[i].opt->name), str_from(name))) {
            continue;
        }
        if (index-- == 0) {
            *value = args->values[i].value;
            return true;
        }
    }
    return false;
}

bool args_has(const struct args *args, const char *name)
{
    struct str ignored;

    return args_nth(args, name, 0, &ignored);
}

struct str args_value(const struct args *args, const char *name, struct str otherwise)
{
    struct str value = otherwise;

    (void)args_nth(args, name, 0, &value);
    return value;
}
