#include "cli/help.h"
#include "cli/message.h"

const struct opt help_opts[] = {{0}};

int cmd_help(const struct command *command, const struct args *args)
{
    const struct command *wanted = NULL;
    struct err err = {0};
    int code = EXIT_OK;

    (void)command;
    if (args->operand_count == 0) {
        return help_overview();
    }
    struct str name = args->operands[0];
    struct str sub = args->operand_count > 1 ? args->operands[1] : STR("");
    if (sub.n == 0 && help_page(name, &code)) {
        return code;
    }
    if (sub.n == 0 && command_has_parts(name)) {
        return help_parts(name, false);
    }
    wanted = command_find(name, sub);
    if (wanted == NULL) {
        (void)err_set(&err, ERR_USAGE, "there is no command or subject '%.*s%s%.*s'", STR_ARG(name),
                      sub.n > 0 ? " " : "", STR_ARG(sub));
        err_hint(&err, "'keywarden help' lists the commands");
        return message_fail(&err);
    }
    return help_long(wanted);
}
