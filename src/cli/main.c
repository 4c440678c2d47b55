/* keywarden: finds the command in the table, parses its options, runs it. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/help.h"
#include "cli/message.h"
#include "os/file.h"

/* No half-written file stays behind; then the signal does what it always does. */
static void on_signal(int number)
{
    file_out_abandon_all(); // NOLINT(bugprone-signal-handler): it only calls unlink
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void set_signals(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, told by name */
    (void)signal(SIGXFSZ, SIG_IGN); /* so is a file that may not grow */
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGHUP, on_signal);
}

/* `sub` is what stands behind the name, of one word or two. */
static int fail_command(struct str name, struct str sub)
{
    struct err err = {0};
    struct str near = {0};
    unsigned best = UINT_MAX;
    bool has_parts = command_has_parts(name);
    struct str wanted = has_parts ? sub : name;

    for (const struct command *it = commands; it->name != NULL; it++) {
        if (has_parts && !str_eq(str_from(it->name), name)) {
            continue;
        }
        struct str candidate = str_from(has_parts ? it->sub : it->name);
        if (str_is_near(wanted, candidate, &best)) {
            near = candidate;
        }
    }
    (void)err_set(&err, ERR_USAGE, "there is no command '%.*s%s%.*s'", STR_ARG(name),
                  sub.n > 0 && has_parts ? " " : "", has_parts ? (int)sub.n : 0, sub.p);
    if (near.n > 0) {
        err_hint(&err, "did you mean '%.*s'?", STR_ARG(near));
    } else {
        err_hint(&err, "'keywarden help' lists the commands");
    }
    return message_fail(&err);
}

/* What has no options needs no configuration. A broken one stops every command but the one that
 * says what is wrong with it. */
static int run_configured(const struct command *command, struct args *args)
{
    struct config config = {0};
    struct err err = {0};
    int code = EXIT_OK;

    if (command->opts->name != NULL &&
        !(config_load(&config, args, &err) && config_apply(&config, command, args, &err)) &&
        command->run != cmd_doctor) {
        code = message_fail(&err);
    } else {
        code = command->run(command, args);
        if (code == EXIT_USAGE) {
            config_blame(&config, args);
        }
    }
    config_release(&config);
    return code;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct args args = {0};
    struct err err = {0};
    int code = EXIT_USAGE;

    for (int i = 0; i < argc; i++) {
        struct str word = str_from(argv[i]);
        if (str_eq(word, STR("--"))) {
            break;
        }
        if (str_eq(word, STR("-h"))) {
            return help_short(command);
        }
        if (str_eq(word, STR("--help"))) {
            return help_long(command);
        }
    }
    if (!args_parse(&args, command->opts, argc, argv, &err)) {
        if (err.hint[0] == '\0') {
            err_hint(&err, "'keywarden %s%s%s -h' lists the options", command->name,
                     command->sub == NULL ? "" : " ", command->sub == NULL ? "" : command->sub);
        }
        code = message_fail(&err);
    } else {
        code = run_configured(command, &args);
    }
    args_release(&args);
    return code;
}

/* Without the name of a part: helps, or says that one is needed. The words are those behind. */
static bool lacks_part(int argc, char **argv, struct str name, struct str sub, int *code)
{
    struct str word = argc > 0 ? str_from(argv[0]) : STR("");
    bool is_help = str_eq(word, STR("-h")) || str_eq(word, STR("--help"));
    struct buf page;
    bool is_shown = false;

    if (argc > 0 && !str_starts(word, STR("-"))) {
        return false;
    }
    buf_init(&page, 1 << 16);
    buf_printf(&page, "%.*s%s%.*s", STR_ARG(name), sub.n > 0 ? "-" : "", STR_ARG(sub));
    is_shown = str_eq(word, STR("--help")) && help_page(buf_text(&page), code);
    buf_release(&page);
    if (!is_shown) {
        *code = help_parts(name, sub, argc > 0 && !is_help);
    }
    return true;
}

static int fail_words(int words, char **argv)
{
    struct buf sub;
    int code = EXIT_USAGE;

    buf_init(&sub, 1 << 16);
    for (int i = 1; i < words; i++) {
        buf_printf(&sub, "%s%s", i > 1 ? " " : "", argv[i]);
    }
    code = fail_command(str_from(argv[0]), buf_text(&sub));
    buf_release(&sub);
    return code;
}

int main(int argc, char **argv)
{
    struct str name = argc > 1 ? str_from(argv[1]) : STR("");
    struct str sub = argc > 2 ? str_from(argv[2]) : STR("");
    const struct command *command = NULL;
    int words = 2, code = EXIT_OK;

    set_signals();
    if (argc < 2 || str_eq(name, STR("-h"))) {
        return help_overview();
    }
    if (str_eq(name, STR("--version"))) {
        name = STR("version");
    } else if (str_eq(name, STR("--help"))) {
        name = STR("help");
    }
    if (str_eq(name, STR("__complete"))) {
        return cmd_complete(argc - words, argv + words);
    }
    if (command_has_parts(name) && lacks_part(argc - 2, argv + 2, name, STR(""), &code)) {
        return code;
    }
    if (command_part_has_parts(name, sub) && lacks_part(argc - 3, argv + 3, name, sub, &code)) {
        return code;
    }
    if (command_has_parts(name)) {
        command = command_find_words(argc - 1, argv + 1, &words);
    } else {
        command = command_find(name, STR(""));
        words = 1;
    }
    return command == NULL ? fail_words(words, argv + 1)
                           : run(command, argc - 1 - words, argv + 1 + words);
}
