#include "base/buf.h"
#include "cli/help.h"
#include "cli/message.h"

const struct opt help_opts[] = {{0}};

int cmd_help(const struct command *command, const struct args *args)
{
    const struct command *wanted = NULL;
    struct err err = {0};
    struct buf sub, page;
    int code = EXIT_OK;

    (void)command;
    if (args->operand_count == 0) {
        return help_overview();
    }
    struct str name = args->operands[0];
    if (args->operand_count == 1 && help_page(name, &code)) {
        return code;
    }
    buf_init(&sub, 1 << 16);
    buf_init(&page, 1 << 16);
    for (size_t i = 1; i < args->operand_count; i++) {
        buf_printf(&sub, "%s%.*s", i > 1 ? " " : "", STR_ARG(args->operands[i]));
    }
    buf_printf(&page, "%.*s-%.*s", STR_ARG(name), STR_ARG(buf_text(&sub)));
    wanted = command_find(name, buf_text(&sub));
    if (wanted != NULL) {
        code = help_long(wanted);
    } else if (sub.n == 0 && command_has_parts(name)) {
        code = help_parts(name, STR(""), false);
    } else if (sub.n == 0 || !help_page(buf_text(&page), &code)) {
        (void)err_set(&err, ERR_USAGE, "there is no command or subject '%.*s%s%.*s'", STR_ARG(name),
                      sub.n > 0 ? " " : "", STR_ARG(buf_text(&sub)));
        err_hint(&err, "'keywarden help' lists the commands");
        code = message_fail(&err);
    }
    buf_release(&sub);
    buf_release(&page);
    return code;
}
