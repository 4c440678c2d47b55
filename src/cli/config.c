#include "cli/config.h"

#include <limits.h>

#include "cli/message.h"
#include "codec/ini.h"
#include "os/file.h"
#include "os/system.h"

enum { FILE_SIZE_MAX = 1 << 20, VALUE_COUNT_MAX = 1000, ARENA_SIZE_MAX = 64 << 20 };

void config_release(struct config *config)
{
    arena_release(&config->arena);
    buf_release(&config->text);
    mem_free(config->values);
    *config = (struct config){0};
}

/* ---- which file ----------------------------------------------------------------------------- */

static bool fail_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the configuration is too large");
}

static bool join(struct config *config, struct str head, struct str tail, struct str *out)
{
    struct buf text;
    bool ok = false;

    buf_init(&text, ARENA_SIZE_MAX);
    buf_str(&text, head);
    buf_str(&text, tail);
    ok = !text.overflowed && arena_str(&config->arena, buf_text(&text), out);
    buf_release(&text);
    return ok;
}

static bool find_home(struct config *config, struct err *err)
{
    struct str folder = system_env("XDG_CONFIG_HOME"), tail = STR("/keywarden/keywarden.conf");
    struct str path;

    /* The specification has relative values ignored. */
    if (!str_starts(folder, STR("/"))) {
        folder = system_env("HOME");
        tail = STR("/.config/keywarden/keywarden.conf");
    }
    if (!str_starts(folder, STR("/"))) {
        return true;
    }
    if (!join(config, folder, tail, &path)) {
        return fail_large(err);
    }
    if (file_exists(path)) {
        config->origin = CONFIG_HOME;
        config->path = path;
    }
    return true;
}

static bool find(struct config *config, const struct args *args, struct err *err)
{
    struct str path;
    bool is_named = args_nth(args, "config", 0, &path);

    if (args_has(args, "no-config")) {
        return !is_named || err_set(err, ERR_USAGE, "--no-config goes without --config");
    }
    if (is_named) {
        config->origin = CONFIG_OPTION;
        config->path = path;
        return path.n > 0 || err_set(err, ERR_USAGE, "--config names no file");
    }
    path = system_env("KEYWARDEN_CONFIG");
    if (path.n > 0) {
        config->origin = CONFIG_ENVIRONMENT;
        config->path = path;
        return true;
    }
    if (file_exists(STR("keywarden.conf"))) {
        config->origin = CONFIG_FOLDER;
        config->path = STR("keywarden.conf");
        return true;
    }
    return find_home(config, err);
}

/* Whoever can write into a folder could otherwise choose the options of those who work in it. */
static bool read_text(struct config *config, struct err *err)
{
    if (config->origin != CONFIG_FOLDER) {
        return file_read_all(config->path, FILE_SIZE_MAX, &config->text, err);
    }
    if (file_read_ours(config->path, FILE_SIZE_MAX, &config->text, err)) {
        return true;
    }
    err_hint(err, "make it yours alone, name it with --config if you trust it, or use --no-config");
    return false;
}

/* ---- what it says --------------------------------------------------------------------------- */

static bool fail_at(struct err *err, uint32_t line, uint32_t col)
{
    err_place(err, (struct str){0}, line, col);
    return false;
}

/* Offers the command whose name, in one or two words, is nearest to the section's. */
static void hint_section(struct str name, struct err *err)
{
    const struct command *near = NULL;
    unsigned best = UINT_MAX;

    for (const struct command *it = commands; it->name != NULL; it++) {
        struct buf text;
        buf_init(&text, 100);
        buf_printf(&text, "%s%s%s", it->name, it->sub == NULL ? "" : " ",
                   it->sub == NULL ? "" : it->sub);
        if (str_is_near(name, buf_text(&text), &best)) {
            near = it;
        }
        buf_release(&text);
    }
    if (near != NULL) {
        err_hint(err, "did you mean '[%s%s%s]'?", near->name, near->sub == NULL ? "" : " ",
                 near->sub == NULL ? "" : near->sub);
    } else {
        err_hint(err, "'keywarden help' lists the commands");
    }
}

static const struct command *find_section(const struct ini_token *token, struct err *err)
{
    struct str sub = token->name, name;
    const struct command *command = NULL;

    (void)str_cut(&sub, ' ', &name);
    command = command_find(name, sub);
    if (command == NULL && sub.n == 0 && command_has_parts(name)) {
        (void)err_set(err, ERR_INPUT, "section '%.*s' needs the name of a part behind it",
                      STR_ARG(name));
        err_hint(err, "'keywarden %.*s' lists the parts", STR_ARG(name));
        (void)fail_at(err, token->line, token->col);
    } else if (command == NULL) {
        (void)err_set(err, ERR_INPUT, "there is no command '%.*s'", STR_ARG(token->name));
        hint_section(token->name, err);
        (void)fail_at(err, token->line, token->col);
    }
    return command;
}

/* The option among a command's own, or that of any command; remembers the nearest name. */
static const struct opt *find_option(const struct command *only, struct str name, struct str *near)
{
    unsigned best = UINT_MAX;

    for (const struct command *it = commands; it->name != NULL; it++) {
        for (const struct opt *opt = it->opts; (only == NULL || only == it) && opt->name != NULL;
             opt++) {
            if (str_eq(str_from(opt->name), name)) {
                return opt;
            }
            if (str_is_near(name, str_from(opt->name), &best)) {
                *near = str_from(opt->name);
            }
        }
    }
    return NULL;
}

static bool check_key(const struct config *config, const struct command *command,
                      const struct ini_token *token, struct err *err)
{
    struct str near = {0};
    const struct opt *opt = find_option(command, token->name, &near);

    if (opt == NULL && command == NULL) {
        (void)err_set(err, ERR_INPUT, "no command has an option '%.*s'", STR_ARG(token->name));
    } else if (opt == NULL) {
        (void)err_set(err, ERR_INPUT, "'%s%s%s' has no option '%.*s'", command->name,
                      command->sub == NULL ? "" : " ", command->sub == NULL ? "" : command->sub,
                      STR_ARG(token->name));
    } else if (opt->is_written && config->origin == CONFIG_FOLDER) {
        (void)err_set(err, ERR_INPUT, "'%s' is not for a file found in the working directory",
                      opt->name);
        err_hint(err, "it makes keywarden write: name the file with --config if you trust it");
    } else {
        return true;
    }
    if (near.n > 0) {
        err_hint(err, "did you mean '%.*s'?", STR_ARG(near));
    }
    return fail_at(err, token->line, token->col);
}

static bool add_value(struct config *config, const struct command *command,
                      const struct ini_token *token, struct err *err)
{
    if (!check_key(config, command, token, err)) {
        return false;
    }
    if (config->count == VALUE_COUNT_MAX) {
        (void)err_set(err, ERR_INPUT, "more than %d keys", VALUE_COUNT_MAX);
        return fail_at(err, token->line, token->col);
    }
    if (config->count == config->capacity) {
        config->capacity = config->capacity * 2 + 16;
        config->values = mem_resize(config->values, config->capacity * sizeof *config->values);
    }
    config->values[config->count++] =
        (struct config_value){command, token->name, token->value, token->line, token->col};
    return true;
}

static bool read_values(struct config *config, struct err *err)
{
    const struct command *command = NULL;
    struct ini_reader reader;
    struct ini_token token;

    ini_init(&reader, buf_text(&config->text));
    for (;;) {
        if (!ini_next(&reader, &token, err)) {
            return false;
        }
        if (token.kind == INI_END) {
            return true;
        }
        if (token.kind == INI_SECTION) {
            command = find_section(&token, err);
            if (command == NULL) {
                return false;
            }
        } else if (!add_value(config, command, &token, err)) {
            return false;
        }
    }
}

/* Values are right for every command, or the file is wrong for all: not only on the day on which
 * somebody uses the one. */
static bool check_values(struct config *config, struct err *err)
{
    bool ok = true;

    for (const struct command *it = commands; ok && it->name != NULL; it++) {
        struct args args = {.opts = it->opts};
        ok = config_apply(config, it, &args, err);
        args_release(&args);
    }
    return ok;
}

bool config_load(struct config *config, const struct args *args, struct err *err)
{
    bool ok = false;

    *config = (struct config){0};
    arena_init(&config->arena, ARENA_SIZE_MAX);
    buf_init(&config->text, FILE_SIZE_MAX + 1);
    if (!find(config, args, err)) {
        return false;
    }
    ok = config->origin == CONFIG_NONE ||
         (read_text(config, err) && read_values(config, err) && check_values(config, err));
    if (!ok) {
        err_place(err, config->path, 0, 0);
    }
    return ok;
}

/* ---- what becomes of it --------------------------------------------------------------------- */

static bool has_value(const struct config *config, const struct command *command, struct str name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (config->values[i].command == command && str_eq(config->values[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Paths are seen from the folder of the file that names them. */
bool config_path(struct config *config, const struct opt *opt, struct str *value)
{
    size_t folder = config->path.n;

    while (folder > 0 && config->path.p[folder - 1] != '/') {
        folder--;
    }
    if (!opt_is_path(opt) || folder == 0 || value->n == 0 || value->p[0] == '/' ||
        str_eq(*value, STR("-"))) {
        return true;
    }
    return join(config, str_sub(config->path, 0, folder), *value, value);
}

static bool apply_one(struct config *config, const struct config_value *from, struct args *args,
                      const struct opt *opt, struct err *err)
{
    struct str value = from->value;

    if (!config_path(config, opt, &value)) {
        return fail_large(err);
    }
    if (args_add(args, opt, value, from->line, err)) {
        return true;
    }
    err->kind = ERR_INPUT; /* the command line is not to blame */
    err_place(err, config->path, from->line, from->col);
    return false;
}

bool config_apply(struct config *config, const struct command *command, struct args *args,
                  struct err *err)
{
    const size_t given = args->value_count;

    for (size_t i = 0; i < config->count; i++) {
        const struct config_value *value = &config->values[i];
        const struct opt *opt = NULL;
        struct str near;
        bool is_given = false;

        if (value->command != command &&
            (value->command != NULL || has_value(config, command, value->name))) {
            continue;
        }
        opt = find_option(command, value->name, &near);
        for (size_t k = 0; k < given; k++) {
            is_given |= args->values[k].opt == opt;
        }
        if (opt != NULL && !is_given && !apply_one(config, value, args, opt, err)) {
            return false;
        }
    }
    return true;
}

void config_blame(const struct config *config, const struct args *args)
{
    enum { TEXT_SIZE_MAX = 400 };
    struct err err = {0};
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = 0; i < args->value_count; i++) {
        if (args->values[i].line > 0) {
            buf_printf(&text, "%s--%s (line %u)", text.n == 0 ? "" : ", ",
                       args->values[i].opt->name, args->values[i].line);
        }
    }
    if (text.n > 0) {
        (void)err_set(&err, ERR_USAGE, "some options are from this file: %.*s",
                      STR_ARG(buf_text(&text)));
        err_place(&err, config->path, 0, 0);
        message_note(&err);
    }
    buf_release(&text);
}
