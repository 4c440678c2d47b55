/* opt.h: command lines from declarative tables: the one source of parsing, help and completion.
 *
 * Long options are --name, --name=value or --name value; `--` ends them; `-` alone is an operand.
 * No abbreviations. A repeatable option keeps all its values in order. A switch may be turned off
 * by --name=false. Values that a configuration file gives (config.h) join those of the command
 * line.
 *
 * Ownership: values point into argv, or into the configuration.
 * Threads:   one.
 *
 * Example:   static const struct opt opts[] = {
 *                {.name = "format", .letter = 'f', .arg = "NAME", .help = "how to print"}, {0}};
 *            if (!args_parse(&args, opts, argc, argv, &err)) { ... }
 *            struct str format = args_value(&args, "format", STR("table")); */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

struct opt {
    const char *name;
    const char *arg; /* NULL: a switch; "FILE" and "FOLDER": a path */
    const char *help;
    char letter;          /* 0: none */
    bool is_arg_optional; /* the value only with '=' */
    bool is_repeatable;
    /* Makes the command write or remove, or says who is called with somebody's credentials: not for
     * a configuration that nobody named. */
    bool is_written;
};

/* What every command understands beside its own: --config and --no-config. */
extern const struct opt common_opts[];

struct arg_value {
    const struct opt *opt;
    struct str value; /* empty for a switch */
    uint32_t line;    /* of the configuration file; 0: of the command line */
    bool is_off;      /* --name=false: as if it were not there, but said */
};

struct args {
    const struct opt *opts;
    struct arg_value *values;
    size_t value_count, value_capacity;
    struct str *operands;
    size_t operand_count;
};

/* argv[0] is the first word behind the command's name. Errors are ERR_USAGE. */
MUST_USE bool args_parse(struct args *args, const struct opt *opts, int argc, char **argv,
                         struct err *err);
void args_release(struct args *args);

/* The option of that name, among the command's own and then the common ones; or NULL. */
const struct opt *opt_find(const struct opt *opts, struct str name);
bool opt_is_path(const struct opt *opt);
/* Adds a value as --name=value would; `line` is where a configuration file has it, or 0. */
MUST_USE bool args_add(struct args *args, const struct opt *opt, struct str value, uint32_t line,
                       struct err *err);

bool args_has(const struct args *args, const char *name);
/* The last value given, or `otherwise`. */
struct str args_value(const struct args *args, const char *name, struct str otherwise);
/* Calls for each value of a repeatable option: index from 0; false when there is none. */
bool args_nth(const struct args *args, const char *name, size_t index, struct str *value);

#endif
